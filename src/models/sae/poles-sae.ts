/**
 * No dictionary at all: every dimension of the embedding is two neurons, one for each sign.
 *
 *   e = [relu(u), relu(−u)]      out = e·W_dec = u exactly      W_dec = [I; −I]
 *
 * For recommenders whose item vectors are sparse themselves (sparse ELSA, docs/method.md §8): an item's code is the
 * entries of its vector, a neuron adds to an item's score what its pole says of the item, and the parts add up to the
 * score. Everything that reads codes works on it as on any SAE; nothing is trained, and nothing is standardised, which
 * would fill every entry. H = 2D.
 */
import { SparseTensor, type Tensor, type Tape } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import type { SaeRecord } from "./record.js";
import { TopKSae } from "./topk-sae.js";
import type { SaeWeights, Standardised } from "./sparse-autoencoder.js";

export class PolesSae extends TopKSae {
  /** @param weights those of `polesOf`. @param factors D. */
  constructor(engine: Engine, weights: SaeWeights, factors: number) {
    super(engine, weights, { factors, neurons: 2 * factors, k: factors });
  }

  /** u as it is: mean 0, deviation 1. */
  override standardise(tape: Tape, u: Tensor): Standardised {
    const { engine } = tape;
    return { rows: u, mean: engine.floats(u.rows).fill(0), std: engine.floats(u.rows).fill(1) };
  }

  /** The entries that are not 0: those above in the first D neurons, those below in the others. */
  protected override select(tape: Tape, u: Tensor): SparseTensor {
    const { engine } = tape;
    const [B, D] = [u.rows, u.cols];
    const starts = engine.ints(B + 1);
    const [indices, values] = [engine.ints(B * D), engine.floats(B * D)];
    let at = 0;
    for (let r = 0; r < B; r++) {
      starts[r] = at;
      for (const sign of [1, -1]) {
        for (let j = 0; j < D; j++) {
          const value = sign * u.data[r * D + j];
          if (!(value > 0)) continue;
          indices[at] = sign > 0 ? j : D + j;
          values[at++] = value;
        }
      }
    }
    starts[B] = at;
    return new SparseTensor(engine, B, 2 * D, starts.subarray(0, B), starts.subarray(1), indices, values, false);
  }
}

/** W_enc = W_dec = [I; −I], no biases. */
export function polesOf(factors: number): SaeWeights {
  const rows = new Float32Array(2 * factors * factors);
  for (let j = 0; j < factors; j++) {
    rows[j * factors + j] = 1;
    rows[(factors + j) * factors + j] = -1;
  }
  return {
    encoderW: rows, encoderB: new Float32Array(2 * factors),
    decoderW: rows.slice(), decoderB: new Float32Array(factors),
  };
}

export const poles: SaeRecord = {
  name: "poles", title: "Poles", k: "unused", sparse: true, expansion: 2, untrained: polesOf,
  open: (engine, weights, { factors }) => new PolesSae(engine, weights, factors),
  rowFloats: (_config, { factors }) => 4 * factors,
};
