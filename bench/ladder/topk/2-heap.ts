/**
 * Rung 2: one pass with the k best so far in a heap whose root is the worst of them.
 *
 * Shapes as on rung 1, but in the heap's order. An entry is compared with the root and mostly goes no further: about
 * k·ln(cols/k) of them enter. The comparison is nearly always false, yet its few hits come where the processor does not
 * expect them, and every later entry waits for the new root.
 */
export function heap(
  indices: Int32Array, values: Float32Array, x: Float32Array, rows: number, cols: number, k: number,
): void {
  for (let r = 0; r < rows; r++) {
    const slot = r * k;
    values.fill(-Infinity, slot, slot + k);
    for (let j = 0; j < cols; j++) {
      const value = x[r * cols + j];
      if (value > values[slot]) replaceRoot(indices, values, slot, k, j, value);
    }
  }
}

function replaceRoot(
  indices: Int32Array, values: Float32Array, slot: number, k: number, index: number, value: number,
): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= k) break;
    if (child + 1 < k && values[slot + child + 1] < values[slot + child]) child++;
    if (values[slot + child] >= value) break;
    indices[slot + at] = indices[slot + child];
    values[slot + at] = values[slot + child];
    at = child;
  }
  indices[slot + at] = index;
  values[slot + at] = value;
}
