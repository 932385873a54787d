/**
 * How many users have both of two items, item by item: column j of XᵀX in O(I) memory. Σ over the item's users of
 * (their items) additions; all items together cost Σ over users of (their items)².
 */
import { csrColumnCounts, csrTranspose, type Csr } from "../../base/csr.js";

export class CoOccurrence {
  /** n_i: (I) */
  readonly counts: Int32Array;
  /** n_ij for the item j that was counted last, 0 where nobody has both: (I). */
  readonly both: Int32Array;
  private readonly users: Csr;
  private readonly met: Int32Array;
  private many = 0;

  /** @param x (U, I) binary. */
  constructor(private readonly x: Csr) {
    this.counts = csrColumnCounts(x);
    this.users = csrTranspose(x);
    this.both = new Int32Array(x.cols);
    this.met = new Int32Array(x.cols);
  }

  /**
   * Counts item j with all others. Returns the items met, j among them, in no useful order: a view until the next call.
   */
  count(j: number): Int32Array {
    const { x, users, both, met } = this;
    for (let at = 0; at < this.many; at++) both[met[at]] = 0;
    let many = 0;
    for (let e = users.indptr[j]; e < users.indptr[j + 1]; e++) {
      const user = users.indices[e];
      for (let q = x.indptr[user]; q < x.indptr[user + 1]; q++) {
        const i = x.indices[q];
        if (both[i]++ === 0) met[many++] = i;
      }
    }
    this.many = many;
    return met.subarray(0, many);
  }

  /** The users of item i, ascending. */
  usersOf(i: number): Int32Array {
    return this.users.indices.subarray(this.users.indptr[i], this.users.indptr[i + 1]);
  }
}
