/**
 * Seeded inputs of benches. Plain uniform numbers: no kernel's time depends on more than their signs and zeros.
 */
import type { Csr } from "../src/base/csr.js";
import { csrFromLists } from "../src/base/csr.js";
import type { Random } from "../src/base/random.js";

/** Uniform in [−1, 1). */
export function uniforms(random: Random, length: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = 2 * random.uniform() - 1;
  return values;
}

/**
 * A binary (rows, cols) matrix of users' interactions, `perRow` distinct items each. Items are drawn with a mild
 * popularity bias (the square of a uniform number: the most popular tenth takes a third), as in real catalogues.
 */
export function interactions(random: Random, rows: number, cols: number, perRow: number): Csr {
  const lists = Array.from({ length: rows }, () => {
    const items = new Set<number>();
    while (items.size < perRow) items.add(Math.floor(cols * random.uniform() ** 2));
    return [...items];
  });
  return csrFromLists(lists, cols);
}

export function normals(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}
