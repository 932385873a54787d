/**
 * Tags as features of items: one column a tag and one that all items share, so that what is common to all is not told
 * by the tags. A row is its tags' idf, ln((I+1)/(n_t+1)) + 1, at unit length, and 1 in the last column.
 */
import type { Matrix } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import { normalisedRows } from "../initialise.js";

/** How tags become features, from what the known items have. */
export class TagFeatures {
  /** (T) */
  private readonly idf: Float32Array;

  /** @param carriers (T, I): which known items carry each tag; counts do not matter. */
  constructor(private readonly carriers: Csr) {
    const { rows: T, cols: I, indptr } = carriers;
    this.idf = Float32Array.from({ length: T }, (_, t) => Math.log((I + 1) / (indptr[t + 1] - indptr[t] + 1)) + 1);
  }

  /** T + 1. */
  get width(): number {
    return this.idf.length + 1;
  }

  /** Of items by their tags' numbers: (n, T+1). */
  of(items: readonly (readonly number[])[]): Matrix {
    const T = this.idf.length;
    const words = new Float32Array(items.length * T);
    items.forEach((tags, i) => {
      for (const t of tags) words[i * T + t] = this.idf[t];
    });
    normalisedRows(words, Math.max(1, T));
    const data = new Float32Array(items.length * (T + 1));
    for (let i = 0; i < items.length; i++) {
      data.set(words.subarray(i * T, (i + 1) * T), i * (T + 1));
      data[i * (T + 1) + T] = 1;
    }
    return { data, rows: items.length, cols: T + 1 };
  }

  /** Tags' numbers of known items, ascending. */
  tagsOf(items: readonly number[]): number[][] {
    const { rows: T, cols: I, indptr, indices } = this.carriers;
    const place = new Int32Array(I).fill(-1);
    items.forEach((item, i) => { place[item] = i; });
    const lists = items.map((): number[] => []);
    for (let t = 0; t < T; t++) {
      for (let q = indptr[t]; q < indptr[t + 1]; q++) if (place[indices[q]] >= 0) lists[place[indices[q]]].push(t);
    }
    return lists;
  }
}
