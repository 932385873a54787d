/**
 * How many users have both of two items, item by item: column j of XᵀX in O(I) memory. Σ over the item's users of
 * (their items) additions; all items together cost Σ over users of (their items)².
 */
import { csrColumnCounts, csrTranspose, type Csr } from "../../base/csr.js";

export class CoOccurrence {
  /** n_i: (I) */
  readonly counts: Int32Array;
  /** Σ_u x_ui²: n_i where x is binary. (I). */
  readonly squares: Float64Array;
  /** Σ_u x_ui·x_uj (n_ij where x is binary) for the item j that was counted last, 0 where nobody has both: (I). */
  readonly both: Float64Array;
  private readonly users: Csr;
  private readonly met: Int32Array;
  private many = 0;

  /** @param x (U, I) binary, or with positive values. */
  constructor(private readonly x: Csr) {
    this.counts = csrColumnCounts(x);
    this.users = csrTranspose(x);
    this.both = new Float64Array(x.cols);
    this.squares = Float64Array.from(this.counts);
    if (x.values) {
      this.squares.fill(0);
      x.values.forEach((value, q) => { this.squares[x.indices[q]] += value ** 2; });
    }
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
      const weight = users.values ? users.values[e] : 1;
      for (let q = x.indptr[user]; q < x.indptr[user + 1]; q++) {
        const i = x.indices[q];
        if (both[i] === 0) met[many++] = i;
        both[i] += x.values ? weight * x.values[q] : 1;
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
