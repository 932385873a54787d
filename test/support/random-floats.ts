/** Arrays of seeded numbers for tests. */
import type { Random } from "../../src/base/random.js";

/** Standard normal numbers in double precision. */
export function normals(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

/** Ascending distinct columns for each row, with some rows empty: the lists of a binary CSR matrix. */
export function columnLists(random: Random, rows: number, cols: number, density: number): number[][] {
  return Array.from({ length: rows }, (_, r) =>
    r % 7 === 3 ? [] : Array.from({ length: cols }, (__, c) => c).filter(() => random.uniform() < density));
}
