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
import { breathe } from "../base/breathe.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";
import {
  judge, judged, type Halves, type Judged, type SteeredUsers, type SteerFigures,
} from "./steer-bench-lists.js";
import type { Method, SteerMethod } from "./steer-bench-methods.js";
import { openSteerSetting, turnedBy, type SteerBenchOptions } from "./steer-bench-setting.js";

export type { SteerBenchOptions } from "./steer-bench-setting.js";

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

/** @throws UserError without tags or for a decoder that is not linear. The heap is as it was afterwards. */
export async function steerBench(
  engine: Engine, model: Model, split: Split, options: SteerBenchOptions = {},
): Promise<SteerBench> {
  const { keep, onTag, signal } = { keep: 0.98, ...options };
  const setting = await openSteerSetting(engine, model, split, options);
  const { chosen, counts, visible, hidden, tagsOfItem, validation, test } = setting;
  const rows = new Map<SteerMethod, TagResult[]>();
  let nothing = 0;
  for (const [k, tag] of chosen.entries()) {
    const halves = { tag, hidden: csrRow(hidden, tag), visible: csrRow(visible, tag), all: csrRow(counts, tag) };
    const still = { validation: judge(validation, halves, tagsOfItem), test: judge(test, halves, tagsOfItem) };
    nothing += still.test.hidden / chosen.length;
    for (const method of setting.methods([tag])) {
      await breathe();
      signal?.throwIfAborted();
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
        ...judged(still.test, at(test, up, false), at(test, down, true), halves, counts), up, down,
      };
      rows.set(method.name, [...rows.get(method.name) ?? [], result]);
    }
    onTag?.(k + 1, chosen.length);
  }
  const size = (k: number): number => csrRow(counts, chosen[k]).length;
  const bySize = Array.from(chosen.keys()).sort((a, b) => size(b) - size(a) || a - b);
  const frequent = new Set(bySize.slice(0, Math.ceil(bySize.length / 2)));
  return {
    data: model.data.name, seed: setting.seed, tags: chosen.length, users: test.rows, keep, nothing,
    rows: [...rows].map(([method, all]) => summarise(method, all, frequent)),
  };
}

function judgeWith(
  method: Method, users: SteeredUsers, strength: number, down: boolean, halves: Halves, tags: Csr,
): Judged {
  const { own, move } = turnedBy(method, users, strength, down);
  return judge(own, halves, tags, move);
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
