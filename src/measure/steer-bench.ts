/**
 * The steering benchmark (docs/method.md §13): knobs against the field's baselines, judged on the half of each tag's
 * items that no knob was told of. Every held-out user is steered towards (or away from) every tag of a sample; the
 * strength of each method on each tag is chosen on validation users, everything reported is the test users'.
 *
 *   up        the highest segment nDCG@20 on hidden items at which 98 % of the personal nDCG@20 is kept
 *   down      the least share of the tag that is left on hidden items at which 98 % of the nDCG@20 of targets without
 *             the tag is kept
 *   side      mean over other tags of |Δ share in the top 20|, and of what overlap with the tag does not explain
 *
 * All methods but TEASER start from the recommender itself and are linear in their strength, so a list is a sum of two
 * rows and a selection. Only for recommenders whose scores are linear in the embedding.
 */
import { csrColumnCounts, csrRow, csrSelectRows, csrTranspose, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { HeldOut, Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";
import { hasLinearDecoder } from "../model-folder/open-model.js";
import { range } from "../models/encode-all.js";
import { hideHalves } from "./hidden-halves.js";
import {
  judge, judged, openSteeredUsers, type Halves, type Judged, type SteeredUsers, type SteerFigures,
} from "./steer-bench-lists.js";
import { openSteerMethods, type Method, type SteerMethod } from "./steer-bench-methods.js";
import { openTeaserMethod } from "./steer-bench-teaser.js";

/** One method's figures, means over tags. */
export interface SteerBenchRow extends SteerFigures {
  readonly method: SteerMethod;
  /** Standard error of `hidden` over tags. */
  readonly se: number;
  /** `hidden` over the half of the tags with more items, and over the other. */
  readonly frequent: number;
  readonly niche: number;
  /** Tags at which no strength kept enough: nothing was turned there. */
  readonly still: number;
}

/** All methods on hidden halves of tags, on the test users (docs/method.md §13.3). */
export interface SteerBench {
  readonly data: string;
  readonly seed: number;
  readonly tags: number;
  readonly users: number;
  readonly keep: number;
  /** nDCG@20 of hidden items with nothing turned. */
  readonly nothing: number;
  readonly rows: readonly SteerBenchRow[];
}

/** Which tags and users, and who is told. */
export interface SteerBenchOptions {
  /** Tags at most, spread evenly over their sizes. Default 40. */
  readonly tags?: number;
  /** Validation and test users at most, each. Default 200. */
  readonly users?: number;
  /** Items of a tag, at least. Default 20. */
  readonly minItems?: number;
  /** Share of the personal nDCG@20 to keep. Default 0.98. */
  readonly keep?: number;
  /** Also TEASER, which is trained anew. Default false. */
  readonly teaser?: boolean;
  readonly seed?: number;
  /** Called after each tag. */
  readonly onTag?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** @throws UserError without tags or for a decoder that is not linear. The heap is as it was afterwards. */
export async function steerBench(
  engine: Engine, model: Model, split: Split, options: SteerBenchOptions = {},
): Promise<SteerBench> {
  const { tags } = model;
  if (!tags) throw new UserError("the steering benchmark needs a model with tags");
  if (!hasLinearDecoder(model)) throw new UserError("the steering benchmark needs a linear decoder, as ELSA's is");
  const { users = 200, keep = 0.98, seed = model.seed, onTag, signal } = options;
  const random = new Random(seed);
  const popularity = csrColumnCounts(split.train);
  const { visible, hidden } = hideHalves(tags.counts, popularity, random);
  const chosen = sampleTags(tags.counts, options.minItems ?? 20, options.tags ?? 40);
  if (chosen.length === 0) throw new UserError("no tag is on enough items for the steering benchmark");
  const tagsOfItem = csrTranspose(tags.counts);
  const [validation, test] = [split.validation, split.test]
    .map((heldOut) => openSteeredUsers(engine, model, first(heldOut, users)));
  const methods = openSteerMethods(engine, model, visible, hidden, popularity);
  const teaser = options.teaser
    ? await openTeaserMethod(engine, split, visible, chosen, [validation, test], { seed, signal }) : null;
  const rows = new Map<SteerMethod, TagResult[]>();
  let nothing = 0;
  for (const [k, tag] of chosen.entries()) {
    signal?.throwIfAborted();
    const halves = { tag, hidden: csrRow(hidden, tag), visible: csrRow(visible, tag), all: csrRow(tags.counts, tag) };
    const still = { validation: judge(validation, halves, tagsOfItem), test: judge(test, halves, tagsOfItem) };
    nothing += still.test.hidden / chosen.length;
    for (const method of [...methods(tag), ...teaser ? [teaser(tag)] : []]) {
      const at = (people: SteeredUsers, strength: number, down: boolean): Judged =>
        judgeWith(method, people, strength, down, halves, tagsOfItem);
      const strongest = (down: boolean): number => method[down ? "downGrid" : "upGrid"].reduce((best, strength) => {
        const { personal, personalWithout } = at(validation, strength, down);
        const kept = down
          ? personalWithout >= keep * still.validation.personalWithout : personal >= keep * still.validation.personal;
        return kept ? strength : best;
      }, 0);
      const [up, down] = [strongest(false), strongest(true)];
      const result = {
        ...judged(still.test, at(test, up, false), at(test, down, true), halves, tags.counts), up, down,
      };
      rows.set(method.name, [...rows.get(method.name) ?? [], result]);
    }
    onTag?.(k + 1, chosen.length);
    // Ctrl-C is heard between tags.
    await new Promise((resolve) => { setTimeout(resolve); });
  }
  const size = (k: number): number => csrRow(tags.counts, chosen[k]).length;
  const bySize = Array.from(chosen.keys()).sort((a, b) => size(b) - size(a) || a - b);
  const frequent = new Set(bySize.slice(0, Math.ceil(bySize.length / 2)));
  return {
    data: model.data.name, seed, tags: chosen.length, users: test.rows, keep, nothing,
    rows: [...rows].map(([method, all]) => summarise(method, all, frequent)),
  };
}

function judgeWith(
  { up, down, people }: Method, users: SteeredUsers, strength: number, isDown: boolean, halves: Halves, tags: Csr,
): Judged {
  const own = people?.(users) ?? users;
  return judge(own, halves, tags, (isDown ? down : up)(own, strength));
}

type TagResult = SteerFigures & { readonly up: number; readonly down: number };

function summarise(method: SteerMethod, all: readonly TagResult[], frequent: ReadonlySet<number>): SteerBenchRow {
  const mean = (values: readonly number[]): number => {
    const known = values.filter((value) => !Number.isNaN(value));
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
  };
  const of = (field: keyof SteerFigures): number => mean(all.map((one) => one[field]));
  const hidden = all.map((one) => one.hidden);
  const centre = mean(hidden);
  const spread = hidden.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, hidden.length - 1);
  return {
    method, hidden: centre, se: Math.sqrt(spread / hidden.length), visible: of("visible"), kept: of("kept"),
    side: of("side"), unexplained: of("unexplained"), left: of("left"), leftVisible: of("leftVisible"),
    keptDown: of("keptDown"), still: all.filter(({ up }) => up === 0).length,
    frequent: mean(hidden.filter((_, k) => frequent.has(k))), niche: mean(hidden.filter((_, k) => !frequent.has(k))),
  };
}

/** Tags on enough items, at most n of them, spread evenly over the order of their sizes. */
function sampleTags(counts: Csr, minItems: number, n: number): number[] {
  const size = (t: number): number => counts.indptr[t + 1] - counts.indptr[t];
  const fit = Array.from({ length: counts.rows }, (_, t) => t).filter((t) => size(t) >= minItems)
    .sort((a, b) => size(b) - size(a) || a - b);
  const take = Math.min(n, fit.length);
  return Array.from({ length: take }, (_, k) => fit[Math.floor(((k + 0.5) * fit.length) / take)]);
}

function first({ users, input, target }: HeldOut, n: number): HeldOut {
  const rows = range(0, Math.min(n, input.rows));
  return { users: users.slice(0, rows.length), input: csrSelectRows(input, rows), target: csrSelectRows(target, rows) };
}
