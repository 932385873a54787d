/**
 * Better knobs for a concept: neurons and weights chosen by what they do to the scores, not by where they fire.
 *
 * With ELSA one unit of neuron n changes the score of item j by s·⟨A_j, W_dec,n⟩. Let a tag be on the items y ∈ {0, 1}.
 * The weights are a ridge regression of y on these effects, non-negative and with few neurons:
 *
 *   min over w ≥ 0, at most n of them > 0:   Σ_j p_j·(y_j − c − Σ_n w_n·⟨A_j, W_dec,n⟩)² + λ·‖w‖²
 *
 * c is a free constant (scores are only compared). p_j is the item's popularity to the power γ: the items that a knob
 * has to overtake are those that everybody's list is full of, and a fit over all items alike spends itself on the tail.
 * w ≥ 0 keeps the meaning of a knob, more of these neurons, and the total activation.
 *
 * The paper's method (docs/method.md §4, "best characterises") looks at item codes only. On ml-1m, at 98 % of plain
 * ELSA's personal nDCG@20, this choice reaches a segment nDCG@20 of .452 with 10 neurons and .623 with 40, the paper's
 * .252 and .301 (docs/steering.md). It takes the decoder to be linear, so it is not for MultVAE.
 *
 * Nothing of size H·I is needed: with M = Σ p_j·a_j·a_jᵀ and q = Σ p_j·y_j·a_j, a_j the centred item vectors, the
 * problem has the Gram matrix W_dec·M·W_decᵀ and the right-hand side W_dec·q.
 */
import type { Engine } from "../engine/engine.js";
import { UserError } from "../base/user-error.js";
import { sparseNonNegative } from "./non-negative-least-squares.js";
import type { Knob } from "./steer.js";

/** How the neurons of a tag are chosen. */
export interface DecoderKnobOptions {
  /** λ as a multiple of the Gram matrix's mean diagonal. Default 0.1. */
  readonly ridge?: number;
  /** γ: exponent of popularity in the item weights; 0 counts all items alike. Default 1.5. */
  readonly popularityPower?: number;
  /**
   * Neurons are added while each lowers the objective by this share of what all together do: few for a tag that few
   * neurons stand for. Default 0: as many as may be.
   */
  readonly leastShare?: number;
  /** (H) 1 for neurons that may be chosen, for example `aliveNeurons` of tfidf.ts. Default: all. */
  readonly candidates?: Uint8Array;
  /** Items that take no part in the fit, for example such as may not be known to have the tag. Default: none. */
  readonly leftOut?: ArrayLike<number>;
}

/** Added to every count, so that items without training users still weigh something. */
const PRIOR_USERS = 5;

/** Chooses the neurons of a tag, with weights, by what they do to the scores (docs/steering.md). */
export class DecoderKnobs {
  private readonly neurons: number;
  /** (I) p, adding up to 1 */
  private readonly itemWeight: Float64Array;
  /** (D) Σ p_j A_j */
  private readonly centre: Float64Array;
  /** (H, D) V = W_dec·M */
  private readonly gramHalf: Float64Array;
  /** λ, absolute */
  private readonly ridge: number;

  /**
   * @param decoderW (H, D); @param itemVectors A, (I, D); @param popularity (I) training users of each item.
   * The heap is as it was afterwards.
   */
  constructor(
    engine: Engine, private readonly decoderW: Float32Array, private readonly itemVectors: Float32Array,
    popularity: ArrayLike<number>, private readonly options: DecoderKnobOptions = {},
  ) {
    const { ridge = 0.1, popularityPower = 1.5 } = options;
    const items = popularity.length;
    const D = itemVectors.length / items;
    this.neurons = decoderW.length / D;
    if (!Number.isInteger(D) || !Number.isInteger(this.neurons)) {
      throw new UserError(
        `${itemVectors.length} values are no vectors of ${items} items that fit a decoder of ${decoderW.length}`,
      );
    }
    if (!(ridge > 0)) throw new UserError(`ridge must be above 0, got ${ridge}`);
    const p = Float64Array.from(popularity, (count) => (count + PRIOR_USERS) ** popularityPower);
    const { leftOut = [] } = options;
    for (let i = 0; i < leftOut.length; i++) p[leftOut[i]] = 0;
    const sum = p.reduce((total, value) => total + value, 0);
    this.itemWeight = p.map((value) => value / sum);
    this.centre = new Float64Array(D);
    for (let j = 0; j < items; j++) {
      for (let d = 0; d < D; d++) this.centre[d] += this.itemWeight[j] * itemVectors[j * D + d];
    }
    this.gramHalf = this.halfOfGram(engine, D);
    let trace = 0;
    for (let i = 0; i < decoderW.length; i++) trace += decoderW[i] * this.gramHalf[i];
    this.ridge = (ridge * trace) / this.neurons;
  }

  /**
   * At most n neurons that lift the given items, with their weights, largest first; none when no neuron does.
   * @param items ascending item numbers.
   */
  choose(items: ArrayLike<number>, n: number): Required<Pick<Knob, "neurons" | "weights">> {
    const { decoderW, gramHalf, neurons, ridge } = this;
    const D = this.centre.length;
    const { candidates, leastShare } = this.options;
    const found = sparseNonNegative({
      size: neurons,
      dimensions: D,
      left: decoderW,
      right: gramHalf,
      ridge,
      target: this.targetOf(items),
      allowed: (h) => candidates?.[h] !== 0,
    }, n, leastShare);
    const order = [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return { neurons: order.map(([neuron]) => neuron), weights: order.map(([, weight]) => weight) };
  }

  /** q: (D). What is left of centring y as well is 0, since the item vectors are centred. */
  private targetOf(items: ArrayLike<number>): Float64Array {
    const D = this.centre.length;
    const target = new Float64Array(D);
    for (let i = 0; i < items.length; i++) {
      const j = items[i];
      for (let d = 0; d < D; d++) target[d] += this.itemWeight[j] * (this.itemVectors[j * D + d] - this.centre[d]);
    }
    return target;
  }

  /** W_dec·M, (H, D), with the engine's products. */
  private halfOfGram(engine: Engine, D: number): Float64Array {
    const items = this.itemWeight.length;
    return engine.scope(() => {
      const scaled = engine.floats(items * D);
      for (let j = 0; j < items; j++) {
        const root = Math.sqrt(this.itemWeight[j]);
        for (let d = 0; d < D; d++) scaled[j * D + d] = root * (this.itemVectors[j * D + d] - this.centre[d]);
      }
      const moment = engine.floats(D * D);
      engine.run("matmulAtB", moment, scaled, scaled, D, D, items, 0);
      const half = engine.floats(this.neurons * D);
      engine.run("matmul", half, engine.floatsFrom(this.decoderW), moment, this.neurons, D, D, 0);
      return Float64Array.from(half);
    });
  }
}
