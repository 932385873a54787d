/**
 * What the steering benchmarks of one tag and of several stand on: tags of all sizes with their items halved, held-out
 * users with all that steering is linear in, and the methods, told of visible halves only (docs/method.md §13).
 */
import { csrColumnCounts, csrSelectRows, csrTranspose, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import type { HeldOut, Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";
import { cfaeTitle, hasLinearDecoder } from "../model-folder/open-model.js";
import { range } from "../models/encode-all.js";
import { hideHalves, type HiddenHalves } from "./hidden-halves.js";
import { openSteeredUsers, type SteeredUsers } from "./steer-bench-lists.js";
import { openSteerMethods, type Method } from "./steer-bench-methods.js";
import { openTeaserMethod } from "./steer-bench-teaser.js";
import { rowSizes, tagsOverSizes } from "./tags-by-size.js";

/** Items of a tag, at least, when nothing is said. */
export const MIN_ITEMS = 20;

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

/** Visible and hidden halves of all tags, (T, I). */
export interface SteerSetting extends HiddenHalves {
  readonly seed: number;
  /** The tags that are steered: on enough items, spread over their sizes. */
  readonly chosen: readonly number[];
  /** C, (T, I) */
  readonly counts: Csr;
  /** (I, T) */
  readonly tagsOfItem: Csr;
  readonly validation: SteeredUsers;
  readonly test: SteeredUsers;
  /** All methods for these tags, turned together. */
  readonly methods: (tags: readonly number[]) => readonly Method[];
}

/**
 * @param steered the tags that will be asked of `methods`, when these are others than the sample.
 * @throws UserError without tags or for a decoder that is not linear. The heap is as it was afterwards.
 */
export async function openSteerSetting(
  engine: Engine, model: Model, split: Split, options: SteerBenchOptions = {},
  steered: (chosen: readonly number[]) => readonly number[] = (chosen) => chosen,
): Promise<SteerSetting> {
  checkSteerable(model, options);
  const { counts } = model.tags!;
  const { users = 200, seed = model.seed, signal } = options;
  const popularity = csrColumnCounts(split.train);
  const { visible, hidden } = hideHalves(counts, popularity, new Random(seed));
  const chosen = tagsOverSizes(rowSizes(counts), options.minItems ?? MIN_ITEMS, options.tags ?? 40);
  const [validation, test] = [split.validation, split.test]
    .map((heldOut) => openSteeredUsers(engine, model, first(heldOut, users)));
  const own = openSteerMethods(engine, model, visible, hidden, popularity);
  const teaser = options.teaser
    ? await openTeaserMethod(engine, split, visible, steered(chosen), [validation, test], { seed, signal }) : null;
  return {
    seed, chosen, visible, hidden, validation, test, counts, tagsOfItem: csrTranspose(counts),
    methods: (of) => [...own(of), ...teaser ? [teaser(of)] : []],
  };
}

/** Whether the benchmark says anything of a model. @throws UserError saying what it lacks */
export function checkSteerable(model: Model, { minItems = MIN_ITEMS }: Pick<SteerBenchOptions, "minItems"> = {}): void {
  const { tags } = model;
  if (!tags) throw new UserError("the steering benchmark turns tags, and this model has none: its data set had none");
  if (!hasLinearDecoder(model)) {
    throw new UserError(
      `the steering benchmark needs scores that are linear in the embedding, as ELSA's are: ${
        cfaeTitle(model.config)}'s are not`,
    );
  }
  const sizes = rowSizes(tags.counts);
  const largest = sizes.reduce((best, size, t) => (size > sizes[best] ? t : best), 0);
  if (sizes[largest] >= minItems) return;
  throw new UserError(
    `no tag is on ${minItems} items, the least that the steering benchmark halves; the most common, "${
      quotable(tags.names[largest])}", is on ${sizes[largest]}. Fewer may do: --min-items`,
  );
}

/** What a method makes of these users at a strength: its own view of them, and the move. */
export function turnedBy(
  { up, down, people }: Method, users: SteeredUsers, strength: number, isDown: boolean,
): { readonly own: SteeredUsers; readonly move: ReturnType<Method["up"]> } {
  const own = people?.(users) ?? users;
  return { own, move: (isDown ? down : up)(own, strength) };
}

function first({ users, input, target }: HeldOut, n: number): HeldOut {
  const rows = range(0, Math.min(n, input.rows));
  return { users: users.slice(0, rows.length), input: csrSelectRows(input, rows), target: csrSelectRows(target, rows) };
}
