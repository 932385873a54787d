/**
 * The steering benchmark with several tags at once (docs/method.md §13.6): do knobs share a list, and does one go down
 * while another goes up? The same hidden halves, users, methods and choice of strength as with one tag
 * (steer-bench.ts); which tags are turned together says several-goals.ts. The segment are the items with *any* of the
 * tags that are turned up, without the one that is turned down, in the hidden half of their tag and told of none:
 *
 *   hidden      nDCG@20 of the segment at the strongest that keeps 98 % of the personal nDCG@20
 *   least       the same of the items of one tag, for the tag that got least: whether all of them get a share
 *   all         nDCG@20 of the segment's items that have all tags that are turned up; of goals that have such
 *   left        turned down, with the others up: share of the tag's hidden items that stays in the list, at the
 *               strongest that keeps 98 % of the nDCG@20 of targets without the tag; and of its visible items
 *
 * Strength is shared evenly among the tags of a goal.
 */
import { breathe } from "../base/breathe.js";
import { csrRow } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";
import { severalCases, severalGoals, type SeveralCase, type SeveralGoal } from "./several-goals.js";
import { eachList, gain, mark, type Move, type SteeredUsers } from "./steer-bench-lists.js";
import type { Method, SteerMethod } from "./steer-bench-methods.js";
import {
  MIN_ITEMS, openSteerSetting, turnedBy, type SteerBenchOptions, type SteerSetting,
} from "./steer-bench-setting.js";

/** Means over goals; NaN where there is nothing to say. */
export interface SeveralFigures {
  /** nDCG@20 of the segment, of the tag that got least, and of items with all tags. */
  readonly hidden: number;
  readonly least: number;
  readonly all: number;
  /** Personal nDCG@20 over that with nothing turned: of targets without the tag that is turned down, if one is. */
  readonly kept: number;
  /** Mean |Δ share of the list| over tags that were not turned. */
  readonly side: number;
  /** Share of the hidden and visible items of the tag that is turned down that stay in the list. */
  readonly left: number;
  readonly leftVisible: number;
}

/** One method's figures on one case. */
export interface SeveralRow extends SeveralFigures {
  readonly method: SteerMethod;
  /** Standard error of `hidden` over goals. */
  readonly se: number;
}

/** One way in which tags are turned together. */
export interface SeveralCaseResult {
  readonly which: SeveralCase;
  readonly goals: number;
  /** `hidden` and `least` with nothing turned. */
  readonly nothing: { readonly hidden: number; readonly least: number };
  readonly rows: readonly SeveralRow[];
}

/** All methods with several tags at once, on the test users (docs/method.md §13.6). */
export interface SteerSeveral {
  readonly data: string;
  readonly seed: number;
  /** Tags turned at once. */
  readonly several: number;
  readonly users: number;
  readonly keep: number;
  readonly cases: readonly SeveralCaseResult[];
}

/** @param several tags at once, from 2 on. @throws UserError as steerBench. The heap is as it was afterwards. */
export async function steerSeveral(
  engine: Engine, model: Model, split: Split, several: number, options: SteerBenchOptions = {},
): Promise<SteerSeveral> {
  const { keep = 0.98, minItems = MIN_ITEMS, onTag, signal } = options;
  const goalsOf = (chosen: readonly number[]): SeveralGoal[] =>
    severalGoals(model.tags!.counts, chosen, several, minItems);
  const setting = await openSteerSetting(engine, model, split, options, (chosen) =>
    Array.from(new Set(goalsOf(chosen).flatMap(({ up, down }) => [...up, ...down]))));
  const goals = goalsOf(setting.chosen);
  if (goals.length === 0) {
    throw new UserError(
      `no ${several} tags on ${minItems} items or more each can be turned at once, of the model's ${
        model.tags!.names.length}: fewer at a time (--several), or smaller ones (--min-items)`,
    );
  }
  const results = new Map<SeveralCase, GoalResult[]>(severalCases.map((which) => [which, []]));
  for (const [k, goal] of goals.entries()) {
    signal?.throwIfAborted();
    results.get(goal.which)!.push(measureGoal(setting, goal, keep));
    onTag?.(k + 1, goals.length);
    await breathe();
  }
  return {
    data: model.data.name, seed: setting.seed, several, users: setting.test.rows, keep,
    cases: [...results].filter(([, all]) => all.length > 0).map(([which, all]) => ({
      which, goals: all.length,
      nothing: { hidden: mean(all.map(({ still }) => still.hidden)), least: mean(all.map(({ still }) => still.least)) },
      rows: all[0].methods.map(({ method }, m) => summarise(method, all.map(({ methods }) => methods[m].figures))),
    })),
  };
}

interface GoalResult {
  readonly still: Seen;
  readonly methods: readonly { readonly method: SteerMethod; readonly figures: SeveralFigures }[];
}

/** Strengths on validation users: first up, then, beside it, down. */
function measureGoal(setting: SteerSetting, { up, down }: SeveralGoal, keep: number): GoalResult {
  const { validation, test, counts } = setting;
  const segment = segmentOf(setting, up, down);
  const still = { validation: look(setting, segment, validation), test: look(setting, segment, test) };
  const lowering = down.length > 0 ? setting.methods(down) : [];
  const turned = [...up, ...down];
  const methods = setting.methods(up).map((raise, m) => {
    const lower = lowering[m];
    const at = (users: SteeredUsers, strength: number, held: number): Seen => {
      const { own, move } = turnedBy(raise, users, strength, false);
      return look(setting, segment, own, strength === 0 && held === 0 ? undefined : both(
        strength === 0 ? undefined : move, held === 0 ? undefined : turnedBy(lower, users, held, true).move,
      ));
    };
    const strongest = (grid: Method["upGrid"], see: (strength: number) => Seen): number =>
      grid.reduce((best, s) => (see(s).personal >= keep * still.validation.personal ? s : best), 0);
    const strength = strongest(raise.upGrid, (s) => at(validation, s, 0));
    const held = lower ? strongest(lower.downGrid, (s) => at(validation, strength, s)) : 0;
    const after = at(test, strength, held);
    const others = Array.from({ length: counts.rows }, (_, t) => t).filter((t) => !turned.includes(t));
    return {
      method: raise.name,
      figures: {
        hidden: after.hidden, least: after.least, all: after.all, kept: after.personal / still.test.personal,
        side: mean(others.map((t) => Math.abs(after.shares[t] - still.test.shares[t]))),
        left: after.unwanted / still.test.unwanted, leftVisible: after.unwantedVisible / still.test.unwantedVisible,
      },
    };
  });
  return { still: still.test, methods };
}

function both(up: Move | undefined, down: Move | undefined): Move {
  return (user, out) => {
    up?.(user, out);
    down?.(user, out);
  };
}

interface Segment {
  /** Hidden items of any tag that is turned up, told of none, without the tag that is turned down. */
  readonly any: Int32Array;
  /** Those of each tag that is turned up, and those that have all of them. */
  readonly each: readonly Int32Array[];
  readonly all: Int32Array;
  /** Of the tag that is turned down: hidden, visible, all its items. */
  readonly unwanted: readonly [hidden: Int32Array, visible: Int32Array, all: Int32Array];
}

function segmentOf({ hidden, visible, counts }: SteerSetting, up: readonly number[], down: readonly number[]): Segment {
  const I = counts.cols;
  const [told, unwanted] = [new Uint8Array(I), new Uint8Array(I)];
  for (const t of up) for (const item of csrRow(visible, t)) told[item] = 1;
  for (const t of down) for (const item of csrRow(counts, t)) unwanted[item] = 1;
  const each = up.map((t) => csrRow(hidden, t).filter((item) => !told[item] && !unwanted[item]));
  const any = Int32Array.from(new Set(each.flatMap((items) => Array.from(items)))).sort();
  const has = up.map((t) => mark(csrRow(counts, t), I));
  const of = (which: typeof hidden): Int32Array => (down.length > 0 ? csrRow(which, down[0]) : new Int32Array(0));
  const all = any.filter((item) => has.every((one) => one[item]));
  return { any, each, all, unwanted: [of(hidden), of(visible), of(counts)] };
}

/** Means over users; of `all` NaN without such items. */
interface Seen {
  readonly hidden: number;
  readonly least: number;
  readonly all: number;
  readonly personal: number;
  readonly unwanted: number;
  readonly unwantedVisible: number;
  readonly shares: Float64Array;
}

function look({ tagsOfItem, counts }: SteerSetting, segment: Segment, users: SteeredUsers, move?: Move): Seen {
  const I = counts.cols;
  const [hidden, visible, unwanted] = segment.unwanted.map((items) => mark(items, I));
  const shares = new Float64Array(counts.rows);
  const each = new Float64Array(segment.each.length);
  let [any, all, personal, counted, left, leftVisible] = [0, 0, 0, 0, 0, 0];
  eachList(users, move, (r, list) => {
    const seen = mark(csrRow(users.heldOut.input, r), I);
    const unseen = (items: Int32Array): Int32Array => items.filter((item) => !seen[item]);
    any += gain(list, unseen(segment.any));
    all += gain(list, unseen(segment.all));
    segment.each.forEach((items, t) => { each[t] += gain(list, unseen(items)) / users.rows; });
    const targets = csrRow(users.heldOut.target, r).filter((item) => !unwanted[item]);
    if (targets.length > 0) {
      personal += gain(list, targets);
      counted++;
    }
    for (const item of list) {
      left += hidden[item];
      leftVisible += visible[item];
      for (const t of csrRow(tagsOfItem, item)) shares[t] += 1 / (list.length * users.rows);
    }
  });
  return {
    hidden: any / users.rows, all: segment.all.length > 0 ? all / users.rows : NaN, least: Math.min(...each),
    personal: personal / Math.max(1, counted), unwanted: left, unwantedVisible: leftVisible, shares,
  };
}

function summarise(method: SteerMethod, all: readonly SeveralFigures[]): SeveralRow {
  const of = (field: keyof SeveralFigures): number => mean(all.map((one) => one[field]));
  const hidden = of("hidden");
  const spread = all.reduce((sum, one) => sum + (one.hidden - hidden) ** 2, 0) / Math.max(1, all.length - 1);
  return {
    method, hidden, se: Math.sqrt(spread / all.length), least: of("least"), all: of("all"), kept: of("kept"),
    side: of("side"), left: of("left"), leftVisible: of("leftVisible"),
  };
}

/** Of the values that are known and finite; NaN without one. */
function mean(values: readonly number[]): number {
  const known = values.filter((value) => Number.isFinite(value));
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
}
