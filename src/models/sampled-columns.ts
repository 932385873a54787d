/**
 * The columns that a step's loss looks at where all items would be too many (docs/method.md §8.2): the items of the
 * batch, and negatives, drawn without replacement from those that nobody in the batch has. The authors of sparse ELSA
 * draw with replacement (recommenders/sparse-elsa-trainee.ts); here every column counts once, so that its row is
 * brought into the heap once.
 */
import type { Csr } from "../base/csr.js";
import type { Random } from "../base/random.js";

/** A batch over some columns. */
export interface SampledBatch {
  /** (O) items, ascending. */
  readonly columns: Int32Array;
  /** The batch's rows, their entries numbered by `columns`: (B, O). */
  readonly x: Csr;
}

export class SampledColumns {
  /** Where an item stands among a batch's columns, plus one; 0 for all that are not among them. (I) */
  private readonly place: Int32Array;

  constructor(items: number) {
    this.place = new Int32Array(items);
  }

  /**
   * @param most columns in all, if the batch leaves room: at least one is a negative, while there are any.
   */
  draw(x: Csr, rows: ArrayLike<number>, most: number, random: Random): SampledBatch {
    const positives = this.itemsOf(x, rows);
    const columns = withNegatives(positives, this.place, most, random).sort();
    columns.forEach((item, at) => { this.place[item] = at + 1; });
    const local = this.renumbered(x, rows, columns.length);
    for (const item of columns) this.place[item] = 0;
    return { columns, x: local };
  }

  /** Marks the rows' items, and lists them. */
  private itemsOf(x: Csr, rows: ArrayLike<number>): Int32Array {
    let entries = 0;
    for (let r = 0; r < rows.length; r++) entries += x.indptr[rows[r] + 1] - x.indptr[rows[r]];
    const items = new Int32Array(Math.min(entries, x.cols));
    let many = 0;
    for (let r = 0; r < rows.length; r++) {
      for (let q = x.indptr[rows[r]]; q < x.indptr[rows[r] + 1]; q++) {
        if (this.place[x.indices[q]] > 0) continue;
        this.place[x.indices[q]] = 1;
        items[many++] = x.indices[q];
      }
    }
    return items.subarray(0, many);
  }

  private renumbered(x: Csr, rows: ArrayLike<number>, cols: number): Csr {
    const indptr = new Int32Array(rows.length + 1);
    for (let r = 0; r < rows.length; r++) indptr[r + 1] = indptr[r] + x.indptr[rows[r] + 1] - x.indptr[rows[r]];
    const indices = new Int32Array(indptr[rows.length]);
    const values = x.values && new Float32Array(indices.length);
    for (let r = 0, at = 0; r < rows.length; r++) {
      for (let q = x.indptr[rows[r]]; q < x.indptr[rows[r] + 1]; q++, at++) {
        indices[at] = this.place[x.indices[q]] - 1;
        if (values) values[at] = x.values[q];
      }
    }
    return { rows: rows.length, cols, indptr, indices, values };
  }
}

/** The batch's items and the negatives; marks the latter in `place` too. */
function withNegatives(positives: Int32Array, place: Int32Array, most: number, random: Random): Int32Array {
  const others = place.length - positives.length;
  const wanted = Math.min(others, Math.max(1, most - positives.length));
  const columns = new Int32Array(positives.length + wanted);
  columns.set(positives);
  let at = positives.length;
  if (2 * wanted < others) {
    while (at < columns.length) {
      const item = random.below(place.length);
      if (place[item] > 0) continue;
      place[item] = 1;
      columns[at++] = item;
    }
    return columns;
  }
  // Most of the others are wanted: item by item, each with the chance that its like still have (Knuth, algorithm S).
  let left = others;
  for (let item = 0; item < place.length && at < columns.length; item++) {
    if (place[item] > 0) continue;
    if (random.below(left--) < columns.length - at) columns[at++] = item;
  }
  return columns;
}
