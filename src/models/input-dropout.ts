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
 * The given rows of a matrix, each entry (with its value, if it has one) hidden with probability p; a user keeps at
 * least one.
 * @param varied p is drawn for each user anew, uniformly from 0 … p: short and nearly whole histories both occur.
 */
export function dropEntries(x: Csr, rows: ArrayLike<number>, p: number, random: Random, varied = false): Dropped {
  let most = 0;
  for (let i = 0; i < rows.length; i++) most += x.indptr[rows[i] + 1] - x.indptr[rows[i]];
  const seen = new Entries(rows.length, most);
  const hidden = new Entries(rows.length, most);
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [x.indptr[rows[i]], x.indptr[rows[i] + 1]];
    const share = varied ? p * random.uniform() : p;
    for (let q = from; q < to; q++) (random.uniform() < share ? hidden : seen).push(q);
    if (seen.size === seen.indptr[i] && to > from) seen.push(hidden.take(hidden.indptr[i] + random.below(to - from)));
    seen.indptr[i + 1] = seen.size;
    hidden.indptr[i + 1] = hidden.size;
  }
  return { seen: seen.csr(x), hidden: hidden.csr(x) };
}

/** Entries of a matrix, by where they stand in it, as they come; in buffers that are large enough for all of them. */
class Entries {
  readonly indptr: Int32Array;
  size = 0;
  private readonly entries: Int32Array;

  constructor(rows: number, most: number) {
    this.indptr = new Int32Array(rows + 1);
    this.entries = new Int32Array(most);
  }

  push(entry: number): void {
    this.entries[this.size++] = entry;
  }

  /** Removes one entry; those behind it move up. */
  take(at: number): number {
    const entry = this.entries[at];
    this.entries.copyWithin(at, at + 1, this.size--);
    return entry;
  }

  csr(x: Csr): Csr {
    const { indptr, size } = this;
    const entries = this.entries.subarray(0, size);
    const { cols, indices, values } = x;
    return {
      rows: indptr.length - 1, cols, indptr, indices: entries.map((q) => indices[q]),
      values: values && Float32Array.from(entries, (q) => values[q]),
    };
  }
}
