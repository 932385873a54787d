/**
 * Input dropout (Vincent et al., 2008): the encoder sees a part of each user's interactions, the target stays whole.
 * A linear autoencoder that may look at everything learns to copy; one that must predict what it did not see learns
 * what goes together.
 */
import type { Csr } from "../base/csr.js";
import type { Random } from "../base/random.js";

export interface Dropped {
  /** What the encoder sees. */
  seen: Csr;
  /** The rest. */
  hidden: Csr;
}

/**
 * The given rows of a binary matrix, each entry hidden with probability p; a user keeps at least one.
 * @param varied p is drawn for each user anew, uniformly from 0 … p: short and nearly whole histories both occur.
 */
export function dropEntries(x: Csr, rows: ArrayLike<number>, p: number, random: Random, varied = false): Dropped {
  const seen: number[] = [];
  const hidden: number[] = [];
  const seenEnds = new Int32Array(rows.length + 1);
  const hiddenEnds = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [x.indptr[rows[i]], x.indptr[rows[i] + 1]];
    const share = varied ? p * random.uniform() : p;
    for (let q = from; q < to; q++) (random.uniform() < share ? hidden : seen).push(x.indices[q]);
    if (seen.length === seenEnds[i] && to > from) {
      seen.push(...hidden.splice(hiddenEnds[i] + random.below(to - from), 1));
    }
    seenEnds[i + 1] = seen.length;
    hiddenEnds[i + 1] = hidden.length;
  }
  const csr = (indptr: Int32Array, indices: number[]): Csr =>
    ({ rows: rows.length, cols: x.cols, indptr, indices: Int32Array.from(indices), values: null });
  return { seen: csr(seenEnds, seen), hidden: csr(hiddenEnds, hidden) };
}
