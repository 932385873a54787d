/**
 * Does turning a knob do what its name says, and at what cost (docs/method.md §5, paper's Fig. 5)? Every held-out user
 * is steered towards the tag of their goal with growing strength, and two things are measured on the same lists of 20:
 * personal, recall and nDCG of the user's own targets, and segment, recall and nDCG of all items with the tag. Items of
 * the input are never listed, but those with the tag stay in the segment, as in the reference.
 *
 * What is evaluated is a `Steering`, anything that scores items after being turned: the knobs of an SAE or, as an
 * upper reference, the embedding itself (move-embedding.ts).
 */
import { type Tape, type SparseTensor, type Tensor } from "../autograd/index.js";
import type { HeldOut } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { rankAll } from "../models/recommenders/rank-all.js";
import { estimate, ndcg, recall, type Estimate } from "../evaluate/metrics.js";
import { aliveNeurons, tagActivity, tfidfScores, topNeurons, type TfidfMapping } from "../interpret/tfidf.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { Residual } from "../config/sae.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import type { SteeringGoals } from "./steering-goals.js";
import { steerRows, type Knob } from "./steer.js";
import { activationOf, ownShares } from "./own-shares.js";
import { keptShares, turnedEmbedding } from "./turned-embedding.js";

/** A way of steering, as its evaluation sees it. */
export interface Steering {
  readonly items: number;
  /** Scores of all items after row r was steered towards tagOf(r) (−1: not at all). x: (B, I), result: (B, I). */
  scores(tape: Tape, x: SparseTensor, tagOf: (row: number) => number, strength: number): Tensor;
}

/** recall@20 and nDCG@20 over the users who have a goal. */
export interface SteeringQuality {
  readonly strength: number;
  readonly personal: { readonly recall: Estimate; readonly ndcg: Estimate };
  readonly segment: { readonly recall: Estimate; readonly ndcg: Estimate };
}

export const STRENGTHS: readonly number[] = [0, 0.1, 0.2, 0.3, 0.4, 0.5];

/** Personal and segment quality at each strength. The heap is as it was afterwards. */
export function evaluateSteering(
  engine: Engine, steering: Steering, heldOut: HeldOut, goals: SteeringGoals, strengths: readonly number[],
): SteeringQuality[] {
  const users = heldOut.input.rows;
  return strengths.map((strength) => {
    // NaN: users without a goal count in no mean.
    const [personalRecall, personalNdcg, segmentRecall, segmentNdcg] =
      Array.from({ length: 4 }, () => new Float64Array(users).fill(NaN));
    let from = 0;
    rankAll(engine, {
      items: steering.items,
      scores(tape, x) {
        const first = from;
        from += x.rows;
        return steering.scores(tape, x, (row) => goals.tag[first + row], strength);
      },
    }, heldOut.input, (row, list) => {
      if (goals.tag[row] < 0) return;
      const targets = csrRow(heldOut.target, row);
      const segment = csrRow(goals.segments, goals.tag[row]);
      personalRecall[row] = recall(list, targets);
      personalNdcg[row] = ndcg(list, targets);
      segmentRecall[row] = recall(list, segment);
      segmentNdcg[row] = ndcg(list, segment);
    });
    return {
      strength,
      personal: { recall: estimate(personalRecall), ndcg: estimate(personalNdcg) },
      segment: { recall: estimate(segmentRecall), ndcg: estimate(segmentNdcg) },
    };
  });
}

/** How knobs act while they are measured. */
export interface KnobSteeringOptions {
  /** What becomes of the part of the embedding that the SAE does not rebuild. Default "drop", the paper. */
  readonly residual?: Residual;
  /** x̄, for strengths that are not shares of the own activation alone (own-shares.ts). Default null, the paper. */
  readonly typical?: number | null;
}

/** The nested model with the knobs of a tag turned. */
export class KnobSteering implements Steering {
  readonly items: number;

  /** @param knobsOf the knobs of a tag at a strength; none leaves the code as it is. */
  constructor(
    private readonly cfae: Cfae, private readonly sae: SparseAutoencoder,
    private readonly knobsOf: (tag: number, strength: number) => readonly Knob[],
    private readonly options: KnobSteeringOptions = {},
  ) {
    this.items = cfae.items;
  }

  scores(tape: Tape, x: SparseTensor, tagOf: (row: number) => number, strength: number): Tensor {
    const u = this.cfae.encode(tape, x);
    const { code, input } = this.sae.encode(tape, u);
    const { residual = "drop", typical = null } = this.options;
    const knobs = Array.from({ length: u.rows }, (_, row) => (tagOf(row) < 0 ? [] : ownShares(
      this.knobsOf(tagOf(row), strength), activationOf(code, row, input.std[row]), typical)));
    const turned = steerRows(tape, code, (row) => knobs[row]);
    const { embedding } = turnedEmbedding(tape, this.sae, { u, code, input }, turned, (row) =>
      keptShares(knobs[row], residual));
    return this.cfae.decode(tape, embedding, x);
  }
}

/** The n neurons that stand for each tag, best first; fewer where fewer living neurons score above 0. */
export function tagNeurons(counts: Csr, itemCodes: Csr, mapping: TfidfMapping, n: number): number[][] {
  const [tags, neurons] = [counts.rows, itemCodes.cols];
  const scores = tfidfScores(mapping, tagActivity(counts, itemCodes), tags, neurons);
  const top = topNeurons(scores, aliveNeurons(itemCodes), tags, n);
  return Array.from({ length: tags }, (_, t) =>
    Array.from(top.subarray(t * n, (t + 1) * n)).filter((h) => h >= 0 && scores[t * neurons + h] > 0));
}
