/**
 * The k largest positive pre-activations of each row by way of a product in 16 bits (kernels/plain/screen.ts): the
 * lists that the whole product would give, for less work where there are many neurons and rows.
 */
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import type { Tensor } from "../tensor.js";

/** Row lists with k places a row. */
export interface CodeSlots {
  readonly starts: Int32Array;
  readonly rowEnd: Int32Array;
  readonly indices: Int32Array;
  readonly values: Floats;
}

/** Rows from which on quantising W costs little beside the product; columns that a few of are worth finding. */
const [SCREENED_ROWS, SCREENED_COLUMNS] = [128, 1024];
/** Longer sums leave too few bits for each number. */
const LONGEST = 1024;

export function worthScreening(B: number, d: number, h: number, k: number): boolean {
  return B >= SCREENED_ROWS && h >= SCREENED_COLUMNS && 16 * k <= h && d % 8 === 0 && d >= 64 && d <= LONGEST;
}

/** Of x·Wᵀ + b. x: (B, d), w: (h, d), b: (1, h). */
export function screenedLists(engine: Engine, x: Floats, w: Tensor, b: Tensor, k: number): CodeSlots {
  const [d, h] = [w.cols, w.rows];
  const B = x.length / d;
  const [xq, scale, norm, error] = quantised(engine, x, d);
  const [wq, columnScale, columnNorm, columnError] = quantised(engine, w.data, d);
  const products = engine.ints(B * h);
  engine.run("int16Product", products, xq, wq, B, h, d / 2);
  const most = engine.floatsFrom([columnNorm, columnError, b.data].map(largestSize));
  const slots = codeSlots(engine, B, k);
  engine.run(
    "screenedTopk", slots.indices, slots.values, slots.rowEnd, products, scale, norm, error, columnScale, x, w.data,
    b.data, most, d, k,
  );
  return slots;
}

export function codeSlots(engine: Engine, rows: number, k: number): CodeSlots {
  const starts = engine.ints(rows);
  for (let r = 0; r < rows; r++) starts[r] = r * k;
  return { starts, rowEnd: engine.ints(rows), indices: engine.ints(rows * k), values: engine.floats(rows * k) };
}

function quantised(
  engine: Engine, x: Floats, d: number,
): [q: Int32Array, scale: Floats, norm: Floats, error: Floats] {
  const rows = x.length / d;
  const q = engine.ints((rows * d) / 2);
  const [scale, norm, error] = [engine.floats(rows), engine.floats(rows), engine.floats(rows)];
  engine.run("quantiseRows", q, scale, norm, error, x, d);
  return [q, scale, norm, error];
}

/** Largest |x|; NaN if there is one. */
function largestSize(x: Floats): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]));
  return largest;
}
