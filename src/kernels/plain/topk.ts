/**
 * The k largest positive entries of each row: the activation of a TopK SAE, e = topk(relu(x)).
 *
 * Row r of x: (rows, cols) writes its winners to indices/values[r·k …], ascending by column, and rowEnd[r] = r·k +
 * count, where count < k only if fewer entries are positive. Ties go to the lowest column. A NaN never wins.
 *
 * Specification: a min-heap of the k best, O(cols·log k). The SIMD kernel finds a threshold instead.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, kernel } from "../family.js";

export function topkRelu(
  indices: Int32Array, values: Floats, rowEnd: Int32Array, x: Floats, cols: number, k: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const slot = r * k;
    let count = 0;
    for (let j = 0; j < cols; j++) {
      const v = x[r * cols + j];
      if (!(v > 0)) continue;
      if (count < k) {
        indices[slot + count] = j;
        values[slot + count] = v;
        if (++count === k) for (let at = (k >> 1) - 1; at >= 0; at--) siftDown(indices, values, slot, k, at);
      } else if (v > values[slot]) {
        // An equal value comes later, so the earlier column keeps its place.
        indices[slot] = j;
        values[slot] = v;
        siftDown(indices, values, slot, k, 0);
      }
    }
    sortByIndex(indices, values, slot, count);
    rowEnd[r] = slot + count;
  }
}

/** Restores the heap below `at`: the root is the smallest value and, among equals, the highest column. */
function siftDown(indices: Int32Array, values: Floats, slot: number, size: number, at: number): void {
  const index = indices[slot + at];
  const value = values[slot + at];
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && worse(indices, values, slot + child + 1, slot + child)) child++;
    const c = slot + child;
    if (values[c] > value || (values[c] === value && indices[c] < index)) break;
    indices[slot + at] = indices[c];
    values[slot + at] = values[c];
    at = child;
  }
  indices[slot + at] = index;
  values[slot + at] = value;
}

function worse(indices: Int32Array, values: Floats, a: number, b: number): boolean {
  return values[a] < values[b] || (values[a] === values[b] && indices[a] > indices[b]);
}

/** Insertion sort: k is small and this is the specification. */
function sortByIndex(indices: Int32Array, values: Floats, slot: number, count: number): void {
  for (let i = 1; i < count; i++) {
    const index = indices[slot + i];
    const value = values[slot + i];
    let j = i - 1;
    for (; j >= 0 && indices[slot + j] > index; j--) {
      indices[slot + j + 1] = indices[slot + j];
      values[slot + j + 1] = values[slot + j];
    }
    indices[slot + j + 1] = index;
    values[slot + j + 1] = value;
  }
}

export const plainTopk = {
  topkRelu: kernel(topkRelu, ([, , rowEnd, , cols]) => byRows(rowEnd.length, 8 * cols)),
};
