/**
 * ELSA's training loss (docs/method.md §2), exact or by one of its approximations, or both: on the largest scores
 * alone (elsa.cutoff, autograd/ops/largest-residual.ts), of numbers rounded to 16 bits (elsa.arithmetic,
 * rounded-products.ts).
 */
import {
  reluResidualLoss, weightedResidualLoss, type SparseTensor, type Tape, type Tensor,
} from "../autograd/index.js";
import { largestResidualLoss } from "../autograd/ops/largest-residual.js";
import { roundedProducts } from "../autograd/ops/rounded-products.js";
import { exactProducts } from "../autograd/ops/score-products.js";
import type { ElsaConfig } from "../config/elsa.js";

/** Settings of a step's approximations; without any, the loss itself. */
export type Approximations = Partial<Pick<ElsaConfig, "cutoff" | "arithmetic">>;

/** e: (B, D), a: (I, D), x: (B, I), hidden: entries of x that e was not made from. Loss: (1, 1). */
export function elsaLoss(
  tape: Tape, e: Tensor, a: Tensor, x: SparseTensor, hidden: SparseTensor | null,
  { cutoff = 0, arithmetic = "single" }: Approximations = {},
): Tensor {
  const products = arithmetic === "int16" ? roundedProducts : exactProducts;
  if (cutoff > 0) return largestResidualLoss(tape, e, a, x, hidden, cutoff, products);
  if (x.values) return weightedResidualLoss(tape, e, a, x, hidden, products);
  return reluResidualLoss(tape, e, a, x, hidden, products).loss;
}
