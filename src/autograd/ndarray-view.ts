/**
 * Tensors as ndarrays, for those who compute with ndarray-ops or numeric packages: the public edge, used nowhere
 * inside.
 *
 * A file of its own because ndarray compiles its views with `new Function`, which a page under a strict
 * content-security policy refuses: nothing that runs in a browser may import this.
 */
import ndarray from "ndarray";
import type { Floats } from "../base/floats.js";
import type { Tensor } from "./tensor.js";

/** An ndarray, as far as unknot's own declarations say; ndarray's come with @types/ndarray for those who want them. */
export interface TensorView<D extends Floats = Floats> {
  /** The tensor's memory, row-major. */
  data: D;
  shape: number[];
  stride: number[];
  offset: number;
  dtype: D extends Float32Array ? "float32" : "float64";
  size: number;
  order: number[];
  dimension: number;
  /** The element at this place, for example (row, column). */
  get(...at: number[]): number;
  /** Writes the element at a place; the value comes last. */
  set(...atAndValue: number[]): number;
  /** Where in `data` the element at this place lies. */
  index(...at: number[]): number;
  /** The part that begins here, over the same memory. */
  lo(...from: number[]): TensorView<D>;
  /** The part of this shape, over the same memory. */
  hi(...to: number[]): TensorView<D>;
  /** Every n-th element along each axis, over the same memory. */
  step(...by: number[]): TensorView<D>;
  /** The axes in another order, over the same memory. */
  transpose(...axes: number[]): TensorView<D>;
  /** Fewer axes: those with a number are fixed there, those with null stay. */
  pick(...at: (number | null)[]): TensorView<D>;
  T: TensorView<D>;
}

/** A tensor's elements, an ndarray over the same memory: shape [rows, cols]. */
export function view(tensor: Tensor): TensorView {
  return ndarray(tensor.data, [tensor.rows, tensor.cols]);
}

/** Its gradient likewise, or null before backward. */
export function gradView(tensor: Tensor): TensorView | null {
  return tensor.grad ? ndarray(tensor.grad, [tensor.rows, tensor.cols]) : null;
}
