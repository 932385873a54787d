/**
 * What the steering benchmarks of one tag and of several stand on: tags of all sizes with their items halved, held-out
 * users with all that steering is linear in, and the methods, told of visible halves only (docs/method.md §13).
 */
import { csrColumnCounts, csrSelectRows, csrTranspose, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { HeldOut, Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model-folder/model.js";
import { hasLinearDecoder } from "../model-folder/open-model.js";
import { range } from "../models/encode-all.js";
import { hideHalves, type HiddenHalves } from "./hidden-halves.js";
import { openSteeredUsers, type SteeredUsers } from "./steer-bench-lists.js";
import { openSteerMethods, type Method } from "./steer-bench-methods.js";
import { openTeaserMethod } from "./steer-bench-teaser.js";

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
  const { tags } = model;
  if (!tags) throw new UserError("the steering benchmark needs a model with tags");
  if (!hasLinearDecoder(model)) throw new UserError("the steering benchmark needs a linear decoder, as ELSA's is");
  const { users = 200, seed = model.seed, signal } = options;
  const popularity = csrColumnCounts(split.train);
  const { visible, hidden } = hideHalves(tags.counts, popularity, new Random(seed));
  const chosen = sampleTags(tags.counts, options.minItems ?? 20, options.tags ?? 40);
  if (chosen.length === 0) throw new UserError("no tag is on enough items for the steering benchmark");
  const [validation, test] = [split.validation, split.test]
    .map((heldOut) => openSteeredUsers(engine, model, first(heldOut, users)));
  const own = openSteerMethods(engine, model, visible, hidden, popularity);
  const teaser = options.teaser
    ? await openTeaserMethod(engine, split, visible, steered(chosen), [validation, test], { seed, signal }) : null;
  return {
    seed, chosen, visible, hidden, validation, test, counts: tags.counts, tagsOfItem: csrTranspose(tags.counts),
    methods: (of) => [...own(of), ...teaser ? [teaser(of)] : []],
  };
}

/** What a method makes of these users at a strength: its own view of them, and the move. */
export function turnedBy(
  { up, down, people }: Method, users: SteeredUsers, strength: number, isDown: boolean,
): { readonly own: SteeredUsers; readonly move: ReturnType<Method["up"]> } {
  const own = people?.(users) ?? users;
  return { own, move: (isDown ? down : up)(own, strength) };
}

/** A turn of the event loop, so that Ctrl-C is heard. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve); });
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
