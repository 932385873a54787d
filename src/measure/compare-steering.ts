/**
 * Which knobs steer best on this model (docs/method.md §5, paper's Fig. 5): the paper's two mappings with 1, 5 and 10
 * neurons, the choice through the decoder with up to 1, 10 and 40 (steer/decoder-knobs.ts), and, to see what neurons
 * cost or bring, two without any: the embedding moved, and TEASER, trained on the same users and tags. For each a curve
 * over α on the test users, and the one α that shows most of the segment while keeping 98 % of the plain recommender's
 * personal nDCG@20: chosen on validation users, reported on test users.
 */
import type { Dataset, Split, TagCounts } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { csrColumnCounts, csrRow, csrSelectRows, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import { teaserLearner, type Teaser } from "../models/recommenders/teaser.js";
import type { Mapping } from "../interpret/tag-neurons.js";
import { tfidfMappings } from "../interpret/tfidf.js";
import { chooseStrength, chooseStrengthFinely } from "../steer/choose-strength.js";
import {
  evaluateSteering, KnobSteering, STRENGTHS, tagNeurons, type Steering, type SteeringQuality,
} from "../steer/evaluate-steering.js";
import { steeringGoals } from "../steer/steering-goals.js";
import { MoveEmbedding } from "../steer/move-embedding.js";
import { ShiftProfile } from "../steer/shift-profile.js";
import type { Knob } from "../steer/steer.js";
import { DEFAULT_TEASER } from "../config/teaser.js";
import { fitLearner } from "../train/fit-scorer.js";
import { itemVectorsOf, openNested } from "../model-folder/open-model.js";
import { residualOf, type Residual } from "../config/sae.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { typicalOf, type Model } from "../model-folder/model.js";
import { openDecoderKnobs, hasLinearDecoder } from "../model-folder/open-model.js";

/** How neurons are chosen for a tag; "embedding" and "teaser" turn none. */
export type SteeringMethod = Mapping | "embedding" | "teaser";

/** One way of steering at each strength. */
export interface SteeringCurve {
  readonly method: SteeringMethod;
  /** At most so many neurons a tag; 0 for "embedding" and "teaser". */
  readonly neurons: number;
  /** Test users, one point a strength. */
  readonly curve: readonly SteeringQuality[];
  /** The test users' point at the strength chosen on validation users; null when no strength keeps enough of theirs. */
  readonly chosen: SteeringQuality | null;
}

/** All ways of steering on one model, on the same users (docs/method.md §5). */
export interface SteeringComparison {
  /**
   * What the knobs' curves do with the part of an embedding that the SAE does not rebuild, as the model's sessions do.
   */
  readonly residual: Residual;
  /** The plain recommender, over the test users who have a goal. */
  readonly plain: SteeringQuality;
  readonly curves: readonly SteeringCurve[];
  /** Test users with a goal, and all. */
  readonly users: { readonly withGoal: number; readonly all: number };
  /** Share of plain nDCG@20 that the chosen strength had to keep on the validation users. */
  readonly keep: number;
  /** Whose tag applications neurons were chosen by; "all" when nobody knows who tagged. */
  readonly taggers: "training users" | "all";
  /** Why there is no curve of TEASER; null when there is one. */
  readonly teaserMissing: string | null;
}

/** What is compared, and who is told. */
export interface CompareSteeringOptions {
  /** Share of the plain nDCG@20 to keep. Default 0.98. */
  readonly keep?: number;
  /** Before each method, with what is to be measured. */
  readonly onMethod?: (method: SteeringMethod, neurons: number) => void;
  readonly signal?: AbortSignal;
}

/** Through the decoder, or without neurons, more can move before it costs much. */
const WIDE_STRENGTHS: readonly number[] = [...STRENGTHS, 0.6, 0.7];
/** TEASER's α, in units of its profile: the paper's and beyond, since small data needs more. */
const TEASER_STRENGTHS: readonly number[] = [...STRENGTHS, 1, 2];
/** TEASER holds dense (I, T) matrices and works through them in every step; more tags take too long for a report. */
const TEASER_TAGS = 1000;
const CURVES: Readonly<Record<SteeringMethod, readonly number[]>> = {
  characterises: STRENGTHS, unique: STRENGTHS, decoder: WIDE_STRENGTHS, embedding: WIDE_STRENGTHS,
  teaser: TEASER_STRENGTHS,
};

/** @returns null when the model has no tags. The heap is as it was afterwards. */
export async function compareSteering(
  engine: Engine, model: Model, dataset: Dataset, split: Split, options: CompareSteeringOptions = {},
): Promise<SteeringComparison | null> {
  const { tags } = model;
  if (!tags) return null;
  const { keep = 0.98, onMethod, signal } = options;
  const goals = { validation: steeringGoals(split.validation, tags), test: steeringGoals(split.test, tags) };
  return engine.scope(async () => {
    const { cfae, sae } = openNested(engine, model);
    const residual = residualOf(model);
    const itemCodes = encodeItems(engine, model, cfae.items);
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
      const on = (strengths: readonly number[]): SteeringQuality[] => measure(steering, "validation", strengths);
      const best = method === "teaser"
        ? chooseStrength(on(TEASER_STRENGTHS), plainNdcg, keep) : chooseStrengthFinely(on, plainNdcg, keep);
      const curve = measure(steering, "test", CURVES[method]);
      curves.push({ method, neurons, curve, chosen: best && measure(steering, "test", [best.strength])[0] });
    };
    for (const mapping of tfidfMappings) {
      const top = tagNeurons(counts, itemCodes, mapping, 10);
      for (const n of [1, 5, 10]) {
        add(mapping, n, new KnobSteering(cfae, sae, (tag, strength) =>
          (top[tag].length > 0 ? [{ neurons: top[tag].slice(0, n), strength }] : []), { residual }));
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
        }, { residual, typical: typicalOf(model) }));
      }
      add("embedding", 0, new MoveEmbedding(cfae, itemVectorsOf(model).data, goals.test.segments));
    }
    signal?.throwIfAborted();
    onMethod?.("teaser", 0);
    const teaser = await openTeaser(engine, model.seed, dataset, split, { ...tags, counts }, signal);
    if (typeof teaser !== "string") add("teaser", 0, new ShiftProfile(teaser));
    return {
      residual, plain: plainTest, curves, keep, teaserMissing: typeof teaser === "string" ? teaser : null,
      users: { withGoal: goals.test.tag.filter((t) => t >= 0).length, all: goals.test.tag.length },
      taggers: applied ? "training users" : "all",
    };
  });
}

/** TEASER trained on the tags, in the heap; or why there is none. */
async function openTeaser(
  engine: Engine, seed: number, dataset: Dataset, split: Split, { names, counts }: TagCounts, signal?: AbortSignal,
): Promise<Teaser | string> {
  if (names.length > TEASER_TAGS) {
    return `${names.length} tags: it is trained with at most ${TEASER_TAGS}`;
  }
  const G = { rows: counts.cols, cols: names.length, data: new Float32Array(counts.cols * names.length) };
  names.forEach((_, t) => {
    for (const item of csrRow(counts, t)) G.data[item * names.length + t] = 1;
  });
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  try {
    const data = { train: split.train, validation: watched, tags: G };
    const learner = teaserLearner(engine, data, DEFAULT_TEASER, new Random(seed));
    return (await fitLearner(engine, "TEASER", learner, DEFAULT_TEASER, data, seed, { signal })).model;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
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
