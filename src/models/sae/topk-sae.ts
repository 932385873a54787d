/**
 * The TopK SAE (Gao et al., 2024; docs/method.md §3): e keeps the K largest positive entries of a row. Everything
 * behind the encoder touches those K only.
 *
 * With `refine`, codes for reading (`encode`) are improved after the encoder: fitted to û by non-negative least
 * squares, and the weakest neuron is swapped for a better one that often at most (kernel refineCodes). With `head` the
 * fit also keeps the scores of the items that the embedding ranks first. Training never refines.
 */
import { type SparseTensor, sparseL1, sparseMatmul, topkEncode, type Tape, type Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { Cfae } from "../recommenders/recommender.js";
import type { SaeDesign } from "../../config/sae.js";
import type { SaeRecord } from "./record.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights, type Standardised } from "./sparse-autoencoder.js";

export interface TopKShape extends SaeShape {
  k: number;
  /** Swaps at most when refining a code at inference. Default 0: the encoder's code as it is. */
  refine?: number;
  /** What the embedding is read for; without it refining counts all directions alike. */
  head?: Head;
}

/** The items at the head of a user's list, whose scores a refined code keeps before all others. */
export interface Head {
  /** A, (I, D): scores are u·Aᵀ. On the SAE's engine. */
  itemVectors: Tensor;
  /** How many items of each user, the user's own among them. */
  size: number;
  /** Weight of a score's squared error beside that of one entry of û. */
  weight: number;
}

/** Users whose scores are held at once while a head is found. */
export const HEAD_ROWS = 64;

/** Keeps the K largest positive entries of a row (docs/method.md §3). */
export class TopKSae extends SparseAutoencoder {
  readonly k: number;
  readonly refine: number;
  private readonly head: Head | null;

  constructor(engine: Engine, weights: SaeWeights, shape: TopKShape, trainable = false) {
    super(engine, weights, shape, trainable);
    this.k = shape.k;
    this.refine = shape.refine ?? 0;
    this.head = shape.head && shape.head.size > 0 ? shape.head : null;
    this.trainingK = shape.k;
  }

  get maxActive(): number {
    return this.k;
  }

  protected activate(tape: Tape, standardised: Tensor): SparseTensor {
    const k = tape.recording ? this.trainingK : this.k;
    return topkEncode(tape, this.encoderInputs(standardised), k);
  }

  override encode(tape: Tape, u: Tensor): { code: SparseTensor; input: Standardised } {
    const encoded = super.encode(tape, u);
    // A code with gradients has to be the encoder's, and training looks at that one too when it picks what to resample.
    if (this.refine === 0 || tape.recording || this.trainable) return encoded;
    const { code: { indices, values, rowStart, rowEnd }, input } = encoded;
    const { engine, head } = this;
    engine.run(
      "refineCodes", indices, values!, rowEnd, rowStart, input.rows.data, this.decoderB.data, this.decoderW.data,
      this.neurons, this.factors, this.refine,
      head?.itemVectors.data ?? null, head && bestItems(engine, u, head), head?.size ?? 0, head?.weight ?? 0,
    );
    return encoded;
  }

  protected project(tape: Tape, code: SparseTensor): Tensor {
    return sparseMatmul(tape, code, this.decoderW);
  }

  protected sparsity(tape: Tape, code: SparseTensor): Tensor {
    return sparseL1(tape, code);
  }
}

/** The items with the highest ⟨A_i, u⟩ for each row of u, −1 where there are not enough: (B, size). */
function bestItems(
  engine: Engine, u: Tensor, { itemVectors: { data: vectors, rows: items }, size }: Head,
): Int32Array {
  const { rows, cols } = u;
  const head = engine.ints(rows * size);
  engine.scope(() => {
    const scores = engine.floats(Math.min(rows, HEAD_ROWS) * items);
    const best = engine.floats(Math.min(rows, HEAD_ROWS) * size);
    for (let from = 0; from < rows; from += HEAD_ROWS) {
      const count = Math.min(HEAD_ROWS, rows - from);
      const some = scores.subarray(0, count * items);
      const queries = u.data.subarray(from * cols, (from + count) * cols);
      engine.run("matmulABt", some, queries, vectors, count, items, cols, 0);
      const lists = head.subarray(from * size, (from + count) * size);
      engine.run("rankRows", lists, best.subarray(0, count * size), some, items, size);
    }
  });
  return head;
}

export const topK: SaeRecord = {
  name: "topk", title: "TopK", k: "row", sparse: true,
  open: (engine, weights, shape, design, { trainable, cfae }) =>
    new TopKSae(engine, weights, { ...shape, ...refiningOf(design, cfae) }, trainable),
  rowFloats: (_config, { neurons }) => 2 * neurons,
};

/**
 * How codes are refined, as a design says. A recommender whose scores are not linear in the embedding has no head: its
 * codes are refined for all directions alike.
 */
export function refiningOf(
  { refine, refineHead: size, refineWeight: weight }: SaeDesign, cfae: Cfae | null = null,
): Pick<TopKShape, "refine" | "head"> {
  const itemVectors = cfae?.itemVectors;
  return { refine, head: size > 0 && itemVectors ? { itemVectors, size, weight } : undefined };
}
