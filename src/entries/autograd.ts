/**
 * `unknot/autograd`: tensors, the tape, and the ops that models are written with, each with its gradient.
 *
 *   const tape = new Tape(engine);
 *   const loss = l2Loss(tape, matmul(tape, x, w), target);
 *   tape.backward(loss);                                                    // w.grad, (rows, cols)
 *   tape.reset();
 *
 * @module autograd
 */
export * from "../autograd/index.js";
export { largestResidualLoss } from "../autograd/ops/largest-residual.js";
export { roundedProducts } from "../autograd/ops/rounded-products.js";
export { exactProducts } from "../autograd/ops/score-products.js";
export { gradView, view, type TensorView } from "../autograd/ndarray-view.js";
export type { Transposed } from "../autograd/tensor.js";
