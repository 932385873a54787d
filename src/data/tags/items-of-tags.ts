/** The item–tag counts C (T, I) with more items, or with fewer: their tags and the order of these stay. */
import { csrFromPairs } from "../../base/csr.js";
import type { TagCounts } from "../dataset.js";

/** C with more items, each tag applied once; tags that C does not have are left out. */
export function tagsWithItems({ names, counts }: TagCounts, added: readonly (readonly string[])[]): TagCounts {
  const number = new Map(names.map((name, t) => [name, t]));
  const [rows, cols, values]: number[][] = [[], [], []];
  for (let t = 0; t < counts.rows; t++) {
    for (let q = counts.indptr[t]; q < counts.indptr[t + 1]; q++) {
      rows.push(t);
      cols.push(counts.indices[q]);
      values.push(counts.values![q]);
    }
  }
  added.forEach((tags, i) => {
    for (const t of new Set(tags.map((tag) => number.get(tag.trim().toLowerCase())))) {
      if (t === undefined) continue;
      rows.push(t);
      cols.push(counts.cols + i);
      values.push(1);
    }
  });
  return {
    names, counts: csrFromPairs(
      Int32Array.from(rows), Int32Array.from(cols), Float32Array.from(values), counts.rows, counts.cols + added.length,
    ),
  };
}

/** The tags of the first items alone. */
export function tagsOfFirstItems({ names, counts }: TagCounts, items: number): TagCounts {
  if (counts.cols === items) return { names, counts };
  const kept = Array.from(counts.indices.keys()).filter((q) => counts.indices[q] < items);
  const row = new Int32Array(counts.indices.length);
  for (let t = 0; t < counts.rows; t++) row.fill(t, counts.indptr[t], counts.indptr[t + 1]);
  return {
    names, counts: csrFromPairs(
      Int32Array.from(kept, (q) => row[q]), Int32Array.from(kept, (q) => counts.indices[q]),
      Float32Array.from(kept, (q) => counts.values![q]), counts.rows, items,
    ),
  };
}
