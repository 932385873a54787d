/**
 * The Matryoshka TopK SAE (Bussmann et al., 2025): a TopK SAE whose first H/16, H/8, … neurons must each rebuild the
 * embedding on their own, so that general features come first and are not split up or absorbed by special ones.
 *
 *   out_m = Σ over neurons n < m of e_n·W_dec,n + b_dec      loss = mean over the prefixes m of loss(out_m)
 *
 * The code is computed once. Since columns ascend in a sparse row, a part of the dictionary is a slice of each row, and
 * all prefixes together cost one decoding. A trained model is an ordinary TopK SAE.
 */
import {
  add, addRow, columnSlice, sparseMatmul, type SparseTensor, type Tape, type Tensor,
} from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { SaeWeights } from "./sparse-autoencoder.js";
import type { SaeRecord } from "./record.js";
import { refiningOf, TopKSae, type TopKShape } from "./topk-sae.js";

/** A TopK SAE whose first neurons must rebuild the embedding alone: nested dictionaries. */
export class MatryoshkaSae extends TopKSae {
  /** Sizes of the nested dictionaries, ascending, the last one H. */
  readonly prefixes: readonly number[];

  /** @param levels how many dictionaries, each twice as large as the one before. */
  constructor(
    engine: Engine, weights: SaeWeights, shape: TopKShape, levels: number, trainable = false,
  ) {
    super(engine, weights, shape, trainable);
    this.prefixes = prefixSizes(shape.neurons, levels);
  }

  protected override reconstructions(tape: Tape, code: SparseTensor): Tensor[] {
    // Inference and validation look at the whole dictionary only.
    if (!tape.recording) return super.reconstructions(tape, code);
    let from = 0;
    let sum: Tensor | null = null;
    return this.prefixes.map((to) => {
      const part = sparseMatmul(tape, columnSlice(tape, code, from, to), this.decoderW);
      sum = sum ? add(tape, sum, part) : addRow(tape, part, this.decoderB);
      from = to;
      return sum;
    });
  }
}

/** H/2ˡ⁻¹, …, H/2, H, without repetitions. */
export function prefixSizes(neurons: number, levels: number): number[] {
  const sizes = Array.from({ length: levels }, (_, l) => Math.round(neurons / 2 ** (levels - 1 - l)));
  return [...new Set(sizes)].filter((size) => size > 0);
}

export const matryoshka: SaeRecord = {
  name: "matryoshka", title: "Matryoshka", k: "row", sparse: true,
  open: (engine, weights, shape, design, { trainable, cfae }) =>
    new MatryoshkaSae(engine, weights, { ...shape, ...refiningOf(design, cfae) }, design.levels, trainable),
  rowFloats: ({ levels }, { factors, neurons }) => 2 * neurons + 4 * levels * factors,
};
