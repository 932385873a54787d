/**
 * What each held-out user is steered towards (docs/method.md §5): the tag whose count rises most from the user's input
 * items to the target items, and the items that carry it, the segment.
 *
 * Counts are plain counts in the binary item–tag matrix. The input is four times as large as the targets, so tags that
 * all of a user's items share fall, and what rises is a specific tag that is new in the targets. Several tags often
 * rise equally (on ml-1m six on average): the first by name is taken. Of the readings tried, plain counts and this
 * order come nearest to the published reference figures on ml-1m; shares of items instead of counts would double the
 * segment's.
 */
import type { HeldOut, TagCounts } from "../data/dataset.js";
import { csrRow, csrTranspose, type Csr } from "../base/csr.js";

/** The tag that each held-out user is steered towards, and the items that carry it. */
export interface SteeringGoals {
  /** (n) the desired tag of each user, −1 where no tag's count rises. */
  readonly tag: Int32Array;
  /** (T, I) the items of each tag: C without zero counts, binary. */
  readonly segments: Csr;
}

/** For each user the tag whose count rises most from input to targets (docs/method.md §5). */
export function steeringGoals(heldOut: HeldOut, tags: TagCounts): SteeringGoals {
  const segments = presence(tags.counts);
  const tagsOfItem = csrTranspose(segments);
  const alphabetical = Array.from(tags.names.keys()).sort((s, t) => (tags.names[s] < tags.names[t] ? -1 : 1));
  const rise = new Int32Array(tags.names.length);
  const tag = new Int32Array(heldOut.input.rows).fill(-1);
  for (let r = 0; r < tag.length; r++) {
    rise.fill(0);
    for (const item of csrRow(heldOut.target, r)) for (const t of csrRow(tagsOfItem, item)) rise[t]++;
    for (const item of csrRow(heldOut.input, r)) for (const t of csrRow(tagsOfItem, item)) rise[t]--;
    let most = 0;
    for (const t of alphabetical) {
      if (rise[t] > most) {
        most = rise[t];
        tag[r] = t;
      }
    }
  }
  return { tag, segments };
}

/** The entries that are not 0, each as 1. */
function presence(counts: Csr): Csr {
  const { rows, cols, indptr, indices, values } = counts;
  if (!values) return counts;
  const starts = new Int32Array(rows + 1);
  const kept = indices.filter((_, q) => values[q] !== 0);
  for (let r = 0; r < rows; r++) {
    starts[r + 1] = starts[r];
    for (let q = indptr[r]; q < indptr[r + 1]; q++) if (values[q] !== 0) starts[r + 1]++;
  }
  return { rows, cols, indptr: starts, indices: kept, values: null };
}
