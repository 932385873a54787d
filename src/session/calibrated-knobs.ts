/**
 * Knobs by position (steer/calibrate.ts): finds, for a profile, the strength at which a knob does to the list what its
 * position says. Responses are kept, so a fader that moves costs one look-up a step after its first.
 */
import { Lru } from "../base/lru.js";
import type { Floats } from "../base/floats.js";
import { sampleResponse, strengthAt, type Response } from "../steer/calibrate.js";
import type { Knob } from "../steer/steer.js";
import { heldBack, type HeldBack } from "../steer/suppression.js";
import type { ProfileRow } from "./profile.js";
import type { ProfileScores } from "./profile-scores.js";

/** Items whose place counts. */
const LIST = 20;
/** Responses that are kept. */
const KEPT = 256;
/** β at most, in units of the best score of the list. */
const MOST = 4;

/** What a turned knob names. */
export interface KnobTarget {
  /** Tells targets apart. */
  readonly key: string;
  readonly knob: Pick<Knob, "neurons" | "weights">;
  /** Items that have it. */
  readonly carriers: ArrayLike<number>;
}

export class CalibratedKnobs {
  private readonly responses = new Lru<Response>(KEPT);
  private readonly shares = new Lru<Float64Array>(KEPT);

  /** @param linear A, (I, D) and W_dec, (H, D), where scores are linear in the embedding; else null. */
  constructor(
    private readonly scores: ProfileScores,
    private readonly linear: {
      readonly itemVectors: Floats; readonly decoderW: Floats; readonly factors: number;
    } | null,
  ) {}

  /** α for a position above 0. */
  up(row: ProfileRow, target: KnobTarget, position: number): number {
    const before = this.list(row, []);
    const response = this.response(row, `${target.key} up`, () => sampleResponse((strength) => {
      const after = this.list(row, [{ ...target.knob, strength }]);
      return 1 - after.filter((item) => before.includes(item)).length / Math.max(1, before.length);
    }, 1));
    return strengthAt(response, position);
  }

  /** What holds the target's items back for a position below 0; null where the decoder is not linear. */
  down(row: ProfileRow, target: KnobTarget, position: number): HeldBack | null {
    const { linear } = this;
    if (!linear) return null;
    const share = this.shares.get(target.key) ??
      heldBack(target.knob, linear.itemVectors, linear.decoderW, linear.factors, target.carriers);
    this.shares.set(target.key, share);
    const unsteered = this.scores.unsteered(row);
    const carries = new Set(Array.from(target.carriers));
    const count = (list: readonly number[]): number => list.filter((item) => carries.has(item)).length;
    const before = this.list(row, []);
    const at = count(before);
    const most = MOST * Math.max(1e-6, before.length > 0 ? unsteered[before[0]] : 0);
    if (at === 0) return { strength: -position * most / (2 * MOST), share };
    const response = this.response(row, `${target.key} down`, () => sampleResponse((strength) =>
      1 - count(this.list(row, [], { strength, share })) / at, most));
    return { strength: strengthAt(response, -position), share };
  }

  /** α below 0, for decoders that are not linear: the share of the target's items that leaves, as far as it goes. */
  quieter(row: ProfileRow, target: KnobTarget, position: number): number {
    const carries = new Set(Array.from(target.carriers));
    const count = (list: readonly number[]): number => list.filter((item) => carries.has(item)).length;
    const at = count(this.list(row, []));
    if (at === 0) return position;
    const response = this.response(row, `${target.key} quieter`, () => sampleResponse((strength) =>
      Math.max(0, 1 - count(this.list(row, [{ ...target.knob, strength: -strength }])) / at), 1));
    return -strengthAt(response, -position);
  }

  private list(row: ProfileRow, knobs: readonly Knob[], held: HeldBack | null = null): number[] {
    const scores = knobs.length > 0 || held
      ? this.scores.steered(row, knobs, held ? [held] : []) : this.scores.unsteered(row);
    return [...this.scores.best(scores, LIST, row).items];
  }

  private response(row: ProfileRow, what: string, sample: () => Response): Response {
    const key = `${row.key} ${what}`;
    const response = this.responses.get(key) ?? sample();
    this.responses.set(key, response);
    return response;
  }
}
