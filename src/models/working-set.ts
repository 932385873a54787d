/**
 * A parameter too large for the engine's heap: its rows lie in ordinary memory, of which there is as much as the
 * machine has, and a step brings those that it touches into the heap. What an optimiser makes of them there it writes
 * back (train/lazy-rows.ts).
 *
 * One array is enough: JavaScript's hold 16 GiB of single precision, a million rows of 4,096.
 */
import { Tensor, type Tape } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";
import type { Parameter } from "./recommenders/recommender.js";

/** The rows of a parameter that a step needs, in the heap; all others lie outside. */
export class WorkingSet {
  /** All rows, (rows, cols), outside the heap: kernels refuse them. */
  readonly parameter: Parameter;
  /** The rows of the step under way, ascending, and their values in the heap. */
  private gathered: { readonly rows: Int32Array; readonly tensor: Tensor } | null = null;

  /** @param values (rows, cols), not copied: training changes them. */
  constructor(name: string, values: Float32Array, rows: number, readonly cols: number, unitRows: boolean) {
    if (values.length !== rows * cols) throw new RangeError(`${values.length} values for ${rows} rows of ${cols}`);
    this.parameter = { name, tensor: new Tensor(values, rows, cols, true), unitRows };
  }

  /** Brings rows into the heap, as a tensor that is trained where the tape records. rows ascend, without repeats. */
  gather(tape: Tape, rows: Int32Array): Tensor {
    const values = tape.engine.floats(rows.length * this.cols);
    gatherRows(values, this.parameter.tensor.data, rows, this.cols);
    const tensor = new Tensor(values, rows.length, this.cols, tape.recording);
    if (tape.recording) this.gathered = { rows, tensor };
    return tensor;
  }

  /** What the last recorded `gather` brought; null before the first one. */
  get current(): { readonly rows: Int32Array; readonly tensor: Tensor } | null {
    return this.gathered;
  }
}

type Numbers = Floats | Int32Array;

/** Rows of at most so many numbers are copied one number after the other: making a view of one takes longer. */
const SHORT = 32;

/** into[k] = from[rows[k]]. into: (rows.length, cols). Neighbouring long rows are copied together. */
export function gatherRows(into: Numbers, from: Numbers, rows: Int32Array, cols: number): void {
  if (cols > SHORT) {
    eachRun(rows, (k, row, length) => { into.set(from.subarray(row * cols, (row + length) * cols), k * cols); });
    return;
  }
  for (let k = 0, to = 0; k < rows.length; k++) {
    for (let at = rows[k] * cols, end = at + cols; at < end; at++) into[to++] = from[at];
  }
}

/** into[rows[k]] = from[k]: what `gatherRows` does, undone. */
export function scatterRows(into: Numbers, from: Numbers, rows: Int32Array, cols: number): void {
  if (cols > SHORT) {
    eachRun(rows, (k, row, length) => { into.set(from.subarray(k * cols, (k + length) * cols), row * cols); });
    return;
  }
  for (let k = 0, of = 0; k < rows.length; k++) {
    for (let at = rows[k] * cols, end = at + cols; at < end; at++) into[at] = from[of++];
  }
}

/** Calls back for every stretch rows[k], rows[k] + 1, … of neighbours. */
function eachRun(rows: Int32Array, each: (k: number, row: number, length: number) => void): void {
  for (let k = 0; k < rows.length;) {
    let length = 1;
    while (k + length < rows.length && rows[k + length] === rows[k] + length) length++;
    each(k, rows[k], length);
    k += length;
  }
}
