/**
 * Do calibrated knobs act as their scale says? For held-out users and tags drawn for each by seed, the session's own
 * answers: up, the share of the list of 20 that has changed against the position; down to −1, the share of the tag's
 * items that have left the list and nDCG@20 of the user's own targets *without* the tag, before and after.
 */
import { breathe } from "../base/breathe.js";
import { csrRow, csrTranspose, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { HeldOut, TagCounts } from "../data/dataset.js";
import { ndcg } from "../evaluate/metrics.js";
import type { Session } from "./session.js";

export interface KnobScale {
  /** Users with a tag each whose knob was turned up. */
  readonly pairs: number;
  /** Users × positions looked at. */
  readonly moves: number;
  /** Mean |share changed − position|. */
  readonly error: number;
  /** Share of neighbouring positions at which the list does not change less at the higher one. */
  readonly monotone: number;
  /** Users whose list had items of the tag. */
  readonly removals: number;
  /** Share of those items that leave the list at −1, mean over users. */
  readonly removed: number;
  /** nDCG@20 of targets without the tag at −1 over that with nothing turned; NaN where that is 0. */
  readonly kept: number;
}

export interface KnobScaleOptions {
  /** Users at most. Default 100. */
  readonly users?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

const LIST = 20;
const POSITIONS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Items of a tag in the list from which on turning it down is looked at. */
const PRESENT = 3;

/**
 * Whether a session's calibrated knobs act as their scale says, on held-out users; null without tags.
 *
 * @param heldOut users of the session's data. @throws the signal's reason, between two users
 */
export async function measureKnobScale(
  session: Session, heldOut: HeldOut, { users = 100, seed = 42, signal }: KnobScaleOptions = {},
): Promise<KnobScale | null> {
  const { tags, items } = session.model;
  if (!tags) return null;
  const random = new Random(seed);
  const turnable = session.tagKnobs().map(({ neurons }) => neurons.length > 0);
  const tagsOfItem = csrTranspose(tags.counts);
  const raised: Raised[] = [];
  const lowered: Lowered[] = [];
  for (const row of random.shuffle(Int32Array.from(heldOut.users.keys())).subarray(0, users)) {
    await breathe();
    signal?.throwIfAborted();
    const profile = Array.from(csrRow(heldOut.input, row), (item) => items.ids[item]);
    if (profile.length === 0) continue;
    const tag = random.below(tags.names.length);
    if (turnable[tag]) raised.push(raise(session, profile, tags.names[tag]));
    const list = session.recommend(profile, LIST).items.map(({ item }) => item);
    const candidates = presentTags(list, tagsOfItem).filter((t) => turnable[t]);
    if (candidates.length === 0) continue;
    const unwanted = candidates[random.below(candidates.length)];
    lowered.push(lower(session, profile, list, tags, unwanted, csrRow(heldOut.target, row)));
  }
  const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);
  const moves = POSITIONS.length * raised.length;
  const [before, after] = [sum(lowered, (one) => one.before), sum(lowered, (one) => one.after)];
  return {
    pairs: raised.length, moves, error: sum(raised.flatMap(({ errors }) => errors), (one) => one) / Math.max(1, moves),
    monotone: sum(raised, (one) => one.rising) / Math.max(1, moves), removals: lowered.length,
    removed: sum(lowered, (one) => one.removed) / Math.max(1, lowered.length), kept: before > 0 ? after / before : NaN,
  };
}

/** One tag turned up through all positions: |share changed − position| of each, and steps at which it does not fall. */
interface Raised {
  readonly errors: readonly number[];
  readonly rising: number;
}

function raise(session: Session, profile: readonly string[], tag: string): Raised {
  const changed = POSITIONS.map((turn) => 1 - session.steer(profile, [{ tag, turn }], LIST).overlap);
  return {
    errors: changed.map((share, p) => Math.abs(share - POSITIONS[p])),
    rising: changed.filter((share, p) => share >= (p > 0 ? changed[p - 1] : 0) - 1e-9).length,
  };
}

/** One tag turned to −1: the share of its items that leaves, nDCG@20 of targets without it before and after. */
interface Lowered {
  readonly removed: number;
  readonly before: number;
  readonly after: number;
}

function lower(
  session: Session, profile: readonly string[], list: readonly number[], { names, counts }: TagCounts, tag: number,
  wanted: Int32Array,
): Lowered {
  const carriers = new Set(csrRow(counts, tag));
  const left = session.steer(profile, [{ tag: names[tag], turn: -1 }], LIST).after.map(({ item }) => item);
  const count = (of: readonly number[]): number => of.filter((item) => carriers.has(item)).length;
  const targets = wanted.filter((item) => !carriers.has(item));
  const quality = (of: readonly number[]): number => (targets.length > 0 ? ndcg(Int32Array.from(of), targets) : 0);
  return { removed: 1 - count(left) / count(list), before: quality(list), after: quality(left) };
}

/** Tags on enough items of a list for turning one down to be looked at, in the order in which they are met. */
function presentTags(list: readonly number[], tagsOfItem: Csr): number[] {
  const present = new Map<number, number>();
  for (const item of list) for (const t of csrRow(tagsOfItem, item)) present.set(t, (present.get(t) ?? 0) + 1);
  return [...present].filter(([, n]) => n >= PRESENT).map(([t]) => t);
}
