/**
 * Why an item is recommended, for a decoder that is not linear (docs/method.md §6: MultVAE, MultDAE): a neuron's part
 * is the difference that it makes, with everything else as it is.
 *
 *   contribution_n = score_j(e) − score_j(e without n)          unexplained = score_j(e) − score_j(e, r dropped)
 *   base = score_j(e) − Σ_n contribution_n − unexplained
 *
 * r is what a session keeps of the embedding beside the SAE's (steer/turned-embedding.ts).
 * Scores are logits. The differences do not add up to the score: neurons work together through the tanh. `base` is the
 * rest, so it holds that too; ELSA's exact parts are in explain.ts.
 */
import { SparseTensor, type Tape } from "../autograd/index.js";
import type { Floats } from "../base/floats.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sae/sparse-autoencoder.js";
import type { Explanation } from "./explain.js";

/**
 * Why an item has its score where the decoder is not linear: what the score loses when a neuron is silent
 * (docs/method.md §6).
 *
 * @param code (1, H), the user's code, steered or not; @param item j; @param rest r, (D), or null; @param baseShare β.
 * The tape holds the tensors until it is reset.
 */
export function explainByAblation(
  tape: Tape, cfae: Cfae, sae: SparseAutoencoder, code: SparseTensor,
  { mean, std }: Pick<Standardised, "mean" | "std">, item: number,
  rest: Floats | null = null, baseShare = 1,
): Explanation {
  const { engine } = tape;
  const [from, to] = [code.rowStart[0], code.rowEnd[0]];
  const active = Array.from(code.indices.subarray(from, to));
  const rows = active.length + 2;
  // Row 0 is the whole code, row q + 1 the code with the q-th active neuron silent, the last one the whole without r.
  const starts = engine.ints(rows + 1);
  const indices = engine.ints(rows * active.length);
  const values = engine.floats(rows * active.length);
  const [means, stds] = [engine.floats(rows).fill(mean[0]), engine.floats(rows).fill(std[0])];
  starts.forEach((_, r) => { starts[r] = r * active.length; });
  for (let r = 0; r < rows; r++) {
    indices.set(active, starts[r]);
    values.set(code.values!.subarray(from, to), starts[r]);
    if (r > 0 && r <= active.length) values[starts[r] + r - 1] = 0;
  }
  const ablated = new SparseTensor(
    engine, rows, code.cols, starts.subarray(0, rows), starts.subarray(1), indices, values, false,
  );
  const embeddings = sae.decode(tape, ablated, { mean: means, std: stds });
  const D = embeddings.cols;
  for (let i = 0; baseShare !== 1 && i < rows * D; i++) {
    embeddings.data[i] -= (1 - baseShare) * (mean[0] + std[0] * sae.decoderB.data[i % D]);
  }
  if (rest) for (let i = 0; i < (rows - 1) * D; i++) embeddings.data[i] += rest[i % D];
  if (!cfae.logits) throw new RangeError("this model has no logits to take differences of");
  const logits = cfae.logits(tape, embeddings).data;
  const score = logits[item];
  const contributions = active.map((neuron, q) => ({
    neuron, activation: code.values![from + q], contribution: score - logits[(q + 1) * cfae.items + item],
  })).sort((a, b) => b.contribution - a.contribution || a.neuron - b.neuron);
  const unexplained = score - logits[(rows - 1) * cfae.items + item];
  const base = contributions.reduce((left, { contribution }) => left - contribution, score - unexplained);
  return { score, base, own: 0, unexplained, contributions };
}
