/**
 * Which knobs steer best on this model (METHOD.md §5, paper's Fig. 5): the paper's two mappings with 1, 5 and 10
 * neurons, the choice through the decoder with up to 1, 10 and 40 (steer/decoder-knobs.ts), and, to see what neurons
 * cost or bring, the embedding moved without any. For each a curve over α on the test users, and the one α that shows
 * most of the segment while keeping 98 % of the plain recommender's personal nDCG@20: chosen on validation users,
 * reported on test users.
 */
import type { Dataset, Split, TagCounts } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { csrColumnCounts, csrIdentity, csrRow, type Csr } from "../kernels/csr.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import { chooseStrength } from "../steer/choose-strength.js";
import {
  evaluateSteering, KnobSteering, STRENGTHS, tagNeurons, type Steering, type SteeringQuality,
} from "../steer/evaluate-steering.js";
import { steeringGoals } from "../steer/goals.js";
import { MoveEmbedding } from "../steer/move-embedding.js";
import type { Knob } from "../steer/steer.js";
import { openSae } from "../train/train-sae.js";
import { elsaEncoder, openCfae } from "./cfae.js";
import { chooseTags } from "./choose-tags.js";
import type { Model } from "./model.js";
import { hasLinearDecoder, openDecoderKnobs } from "./open-decoder-knobs.js";

/** How neurons are chosen for a tag; "embedding" turns none. */
export type SteeringMethod = "characterises" | "unique" | "decoder" | "embedding";

export interface SteeringCurve {
  readonly method: SteeringMethod;
  /** At most so many neurons a tag; 0 for "embedding". */
  readonly neurons: number;
  /** Test users, one point a strength. */
  readonly curve: readonly SteeringQuality[];
  /** The test users' point at the strength chosen on validation users; null when no strength keeps enough of theirs. */
  readonly chosen: SteeringQuality | null;
}

export interface SteeringComparison {
  /** The plain recommender, over the test users who have a goal. */
  readonly plain: SteeringQuality;
  readonly curves: readonly SteeringCurve[];
  /** Test users with a goal, and all. */
  readonly users: { readonly withGoal: number; readonly all: number };
  /** Share of plain nDCG@20 that the chosen strength had to keep on the validation users. */
  readonly keep: number;
  /** Whose tag applications neurons were chosen by; "all" when nobody knows who tagged. */
  readonly taggers: "training users" | "all";
}

export interface CompareSteeringOptions {
  /** Share of the plain nDCG@20 to keep. Default 0.98. */
  readonly keep?: number;
  /** Before each method, with what is to be measured. */
  readonly onMethod?: (method: SteeringMethod, neurons: number) => void;
  readonly signal?: AbortSignal;
}

/** Through the decoder more can move before it costs much. */
const DECODER_STRENGTHS: readonly number[] = [...STRENGTHS, 0.6, 0.7];
/** Strengths that validation users choose among. */
const CANDIDATES: readonly number[] = Array.from({ length: 15 }, (_, i) => i / 20);

/** @returns null when the model has no tags. The heap is as it was afterwards. */
export function compareSteering(
  engine: Engine, model: Model, dataset: Dataset, split: Split, options: CompareSteeringOptions = {},
): SteeringComparison | null {
  const { tags } = model;
  if (!tags) return null;
  const { keep = 0.98, onMethod, signal } = options;
  const goals = { validation: steeringGoals(split.validation, tags), test: steeringGoals(split.test, tags) };
  const mark = engine.heap.mark();
  try {
    const cfae = openCfae(engine, model.config, model.cfae);
    const sae = openSae(engine, model.config.sae, model.sae, model.shape);
    const itemCodes = codesOf(engine, sae, embedAll(engine, cfae, csrIdentity(cfae.items)));
    const applied = trainingCounts(dataset, split, tags, model.data.minTagApplications);
    const counts = applied ?? tags.counts;
    const measure = (
      steering: Steering, users: "validation" | "test", strengths: readonly number[],
    ): SteeringQuality[] => evaluateSteering(engine, steering, split[users], goals[users], strengths);
    const plain: Steering = { items: cfae.items, scores: (tape, x) => cfae.scores(tape, x) };
    const plainNdcg = measure(plain, "validation", [0])[0].personal.ndcg.mean;
    const [plainTest] = measure(plain, "test", [0]);
    const curves: SteeringCurve[] = [];
    const add = (method: SteeringMethod, neurons: number, steering: Steering): void => {
      signal?.throwIfAborted();
      onMethod?.(method, neurons);
      const best = chooseStrength(measure(steering, "validation", CANDIDATES), plainNdcg, keep);
      const curve = measure(steering, "test", method === "decoder" ? DECODER_STRENGTHS : STRENGTHS);
      curves.push({ method, neurons, curve, chosen: best && measure(steering, "test", [best.strength])[0] });
    };
    for (const mapping of ["characterises", "unique"] as const) {
      const top = tagNeurons(counts, itemCodes, mapping, 10);
      for (const n of [1, 5, 10]) {
        add(mapping, n, new KnobSteering(cfae, sae, (tag, strength) =>
          (top[tag].length > 0 ? [{ neurons: top[tag].slice(0, n), strength }] : [])));
      }
    }
    if (hasLinearDecoder(model)) {
      const chooser = openDecoderKnobs(engine, model, itemCodes, csrColumnCounts(split.train));
      for (const n of [1, 10, 40]) {
        const cache = new Map<number, Pick<Knob, "neurons" | "weights">>();
        add("decoder", n, new KnobSteering(cfae, sae, (tag, strength) => {
          const knob = cache.get(tag) ?? chooser.choose(csrRow(counts, tag), n);
          cache.set(tag, knob);
          return knob.neurons.length > 0 ? [{ ...knob, strength }] : [];
        }));
      }
      add("embedding", 0, new MoveEmbedding(cfae, elsaEncoder(model.cfae).data, goals.test.segments));
    }
    return {
      plain: plainTest, curves, keep,
      users: { withGoal: goals.test.tag.filter((t) => t >= 0).length, all: goals.test.tag.length },
      taggers: applied ? "training users" : "all",
    };
  } finally {
    engine.heap.release(mark);
  }
}

/** C of the training users' applications, in the rows of the model's tags; null where no tagger is a known user. */
function trainingCounts(
  dataset: Dataset, split: Split, tags: TagCounts, minApplications: number,
): Csr | null {
  if (!dataset.tags || dataset.tags.user.every((user) => user < 0)) return null;
  const { names, counts } = chooseTags(dataset.tags, tags.counts.cols, minApplications, split.trainUsers).tags;
  return names.length === tags.names.length && names.every((name, t) => name === tags.names[t]) ? counts : null;
}
