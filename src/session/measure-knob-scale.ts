/**
 * Do calibrated knobs act as their scale says? For held-out users and tags drawn for each by seed, the session's own
 * answers: up, the share of the list of 20 that has changed against the position; down to −1, the share of the tag's
 * items that have left the list and nDCG@20 of the user's own targets *without* the tag, before and after.
 */
import { csrRow, csrTranspose } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { HeldOut } from "../data/dataset.js";
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
  /** nDCG@20 of targets without the tag at −1 over that with nothing turned. */
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

/** @param heldOut users of the session's data. null without tags. */
export function measureKnobScale(
  session: Session, heldOut: HeldOut, { users = 100, seed = 42, signal }: KnobScaleOptions = {},
): KnobScale | null {
  const { tags, items } = session.model;
  if (!tags) return null;
  const random = new Random(seed);
  const turnable = session.tagKnobs().map(({ neurons }) => neurons.length > 0);
  const rows = random.shuffle(Int32Array.from(heldOut.users.keys())).subarray(0, users);
  const tagsOfItem = csrTranspose(tags.counts);
  let [pairs, moves, error, steps, rising, removals, removed, before, after] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const row of rows) {
    signal?.throwIfAborted();
    const profile = Array.from(csrRow(heldOut.input, row), (item) => items.ids[item]);
    if (profile.length === 0) continue;
    const tag = random.below(tags.names.length);
    if (turnable[tag]) {
      pairs++;
      let last = 0;
      for (const turn of POSITIONS) {
        const changed = 1 - session.steer(profile, [{ tag: tags.names[tag], turn }], LIST).overlap;
        error += Math.abs(changed - turn);
        rising += changed >= last - 1e-9 ? 1 : 0;
        [moves, steps, last] = [moves + 1, steps + 1, changed];
      }
    }
    const list = session.recommend(profile, LIST).items.map(({ item }) => item);
    const present = new Map<number, number>();
    for (const item of list) for (const t of csrRow(tagsOfItem, item)) present.set(t, (present.get(t) ?? 0) + 1);
    const candidates = [...present].filter(([t, n]) => n >= PRESENT && turnable[t]).map(([t]) => t);
    if (candidates.length === 0) continue;
    const unwanted = candidates[random.below(candidates.length)];
    const carriers = new Set(csrRow(tags.counts, unwanted));
    const left = session.steer(profile, [{ tag: tags.names[unwanted], turn: -1 }], LIST).after.map(({ item }) => item);
    const count = (of: readonly number[]): number => of.filter((item) => carriers.has(item)).length;
    removals++;
    removed += 1 - count(left) / count(list);
    const targets = csrRow(heldOut.target, row).filter((item) => !carriers.has(item));
    if (targets.length === 0) continue;
    before += ndcg(Int32Array.from(list), targets);
    after += ndcg(Int32Array.from(left), targets);
  }
  return {
    pairs, moves, error: error / Math.max(1, moves), monotone: rising / Math.max(1, steps),
    removals, removed: removed / Math.max(1, removals), kept: before > 0 ? after / before : NaN,
  };
}
