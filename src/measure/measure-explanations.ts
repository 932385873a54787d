/**
 * Do explanations add up? For every item on the lists of many users, the parts of explain.ts are summed and compared
 * with the score that ranked the item (docs/method.md §6). Only for a linear decoder: others have no exact parts.
 */
import { Tape } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { explainScore } from "../interpret/explain.js";
import type { Csr } from "../base/csr.js";
import { range } from "../models/encode-all.js";
import type { Model } from "../model-folder/model.js";
import { hasLinearDecoder, itemVectorsOf, openNested } from "../model-folder/open-model.js";
import { residualOf } from "../config/sae.js";
import { keptShares, turnedEmbedding } from "../steer/turned-embedding.js";

/** How far the parts of explanations are from adding up. */
export interface ExplanationCheck {
  readonly users: number;
  /** Recommended items with a positive score; the relu cut off the others' scores, and nothing recommends them. */
  readonly items: number;
  /** The largest |sum of the parts − score| / score. */
  readonly worst: number;
  /** Mean share of the score that no neuron explains, by size: |unexplained| / score. 0 where no residual is kept. */
  readonly unexplained: number;
}

const LIST = 20;
const BATCH = 256;

/**
 * @param input (n, I) the users' items. @returns null where parts are approximate. The heap is as it was afterwards.
 */
export function measureExplanations(engine: Engine, model: Model, input: Csr): ExplanationCheck | null {
  if (!hasLinearDecoder(model)) return null;
  const { decoderW, decoderB } = model.sae;
  const { factors: D } = model.shape;
  const vectors = itemVectorsOf(model).data;
  return engine.scope(() => {
    const { cfae, sae } = openNested(engine, model);
    const tape = new Tape(engine, false);
    const kept = keptShares([], residualOf(model));
    let [items, worst, unexplainedSum] = [0, 0, 0];
    for (let from = 0; from < input.rows; from += BATCH) {
      tape.reset();
      const x = tape.sparseInput(input, range(from, Math.min(input.rows, from + BATCH)));
      const u = cfae.encode(tape, x);
      const { code, input: { mean, std } } = sae.encode(tape, u);
      const { embedding, rest } = turnedEmbedding(tape, sae, { u, code, input: { mean, std } }, code, () => kept);
      const scores = cfae.decode(tape, embedding, x);
      engine.run("maskRows", scores.data, x.rowStart, x.rowEnd, x.indices, cfae.items);
      const lists = engine.ints(x.rows * LIST);
      const best = engine.floats(x.rows * LIST);
      engine.run("rankRows", lists, best, scores.data, cfae.items, LIST);
      for (let r = 0; r < x.rows; r++) {
        const active: [number, number] = [code.rowStart[r], code.rowEnd[r]];
        const user = {
          neurons: code.indices.subarray(...active), activations: code.values!.subarray(...active),
          mean: mean[r], std: std[r], rest: rest?.data.subarray(r * D, (r + 1) * D),
        };
        for (let i = r * LIST; i < (r + 1) * LIST; i++) {
          if (lists[i] < 0 || best[i] <= 0) continue;
          const vector = vectors.subarray(lists[i] * D, (lists[i] + 1) * D);
          const { base, own, unexplained, contributions } = explainScore(user, 0, vector, decoderW, decoderB);
          const sum = contributions.reduce((total, { contribution }) => total + contribution, base - own + unexplained);
          worst = Math.max(worst, Math.abs(sum - best[i]) / best[i]);
          unexplainedSum += Math.abs(unexplained) / best[i];
          items++;
        }
      }
    }
    tape.reset();
    return { users: input.rows, items, worst, unexplained: items > 0 ? unexplainedSum / items : 0 };
  });
}
