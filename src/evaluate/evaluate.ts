/**
 * Evaluation on held-out users (docs/method.md §1, §3): how well a recommender ranks their hidden items, and how
 * faithfully an SAE rebuilds their embeddings. Results do not depend on the batch size or the number of threads.
 */
import { Tape } from "../autograd/index.js";
import type { HeldOut } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { csrRow, type Csr } from "../base/csr.js";
import { embedAll, range } from "../models/encode-all.js";
import { rankAll, type RankOptions } from "../models/recommenders/rank-all.js";
import type { Cfae, Recommender } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { estimate, ndcg, recall, type Estimate } from "./metrics.js";

/** Ranking metrics over users, with standard errors (docs/method.md §1). */
export interface RankingQuality {
  /** recall@20 */
  recall: Estimate;
  /** nDCG@20 */
  ndcg: Estimate;
  /** nDCG@20 of each user, NaN without targets: for paired comparisons. */
  ndcgPerUser: Float64Array;
  recallPerUser: Float64Array;
}

/** How users are ranked, and who is shown their lists. */
export interface EvaluateOptions extends RankOptions {
  /** Each held-out user's list, by row. */
  readonly onList?: (row: number, list: Int32Array) => void;
}

/** recall@20 and nDCG@20 over the held-out users. */
export function evaluateRanking(
  engine: Engine, recommender: Recommender, heldOut: HeldOut, options: EvaluateOptions = {},
): RankingQuality {
  const recallPerUser = new Float64Array(heldOut.input.rows);
  const ndcgPerUser = new Float64Array(heldOut.input.rows);
  rankAll(engine, recommender, heldOut.input, (row, list) => {
    const targets = csrRow(heldOut.target, row);
    recallPerUser[row] = recall(list, targets);
    ndcgPerUser[row] = ndcg(list, targets);
    options.onList?.(row, list);
  }, options);
  return { recall: estimate(recallPerUser), ndcg: estimate(ndcgPerUser), recallPerUser, ndcgPerUser };
}

/** How faithfully an SAE rebuilds embeddings (docs/method.md §3). */
export interface Fidelity {
  /** Cosine between an embedding and its reconstruction. */
  cosine: Estimate;
  /** Active neurons a user. */
  l0: Estimate;
  /** Neurons that fired for none of the rows, of all H (docs/method.md §3). */
  dead: number;
  neurons: number;
}

/** How well the SAE rebuilds the embeddings of x's rows, and with how many neurons. */
export function evaluateFidelity(engine: Engine, cfae: Cfae, sae: SparseAutoencoder, x: Csr): Fidelity {
  const u = embedAll(engine, cfae, x);
  const cosine = new Float64Array(x.rows);
  const l0 = new Float64Array(x.rows);
  const alive = new Uint8Array(sae.neurons);
  const tape = new Tape(engine, false);
  for (let from = 0; from < x.rows; from += 1024) {
    tape.reset();
    const input = tape.rowsOf(u, range(from, Math.min(x.rows, from + 1024)));
    const encoded = sae.encode(tape, input);
    const out = sae.decode(tape, encoded.code, encoded.input);
    const distance = engine.floats(input.rows);
    engine.run("cosineDistance", distance, out.data, input.data, u.cols);
    const { rowStart, rowEnd, indices } = encoded.code;
    for (let r = 0; r < input.rows; r++) {
      cosine[from + r] = 1 - distance[r];
      l0[from + r] = rowEnd[r] - rowStart[r];
      for (let q = rowStart[r]; q < rowEnd[r]; q++) alive[indices[q]] = 1;
    }
  }
  tape.reset();
  const dead = alive.reduce((count, fired) => count + (fired ? 0 : 1), 0);
  return { cosine: estimate(cosine), l0: estimate(l0), dead, neurons: sae.neurons };
}
