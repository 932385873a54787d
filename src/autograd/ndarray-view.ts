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

/** A tensor's elements, an ndarray over the same memory: shape [rows, cols]. */
export function view(tensor: Tensor): ndarray.NdArray<Floats> {
  return ndarray(tensor.data, [tensor.rows, tensor.cols]);
}

/** Its gradient likewise, or null before backward. */
export function gradView(tensor: Tensor): ndarray.NdArray<Floats> | null {
  return tensor.grad ? ndarray(tensor.grad, [tensor.rows, tensor.cols]) : null;
}
