/** What sessions work out once and a web model takes along, so that a page need not. */
import type { Csr } from "../base/csr.js";
import type { Knob } from "../steer/steer.js";

/** A profile to begin with. */
export interface SampleProfile {
  /** A tag ("film noir"), or who it is. */
  readonly name: string;
  /** Item ids. */
  readonly items: readonly string[];
}

/** Neurons that stand for a tag, with weights that add up to 1. */
export type TagKnob = Required<Pick<Knob, "neurons" | "weights">>;

/** What a session would have to work out: item codes, what tags turn, sample profiles. */
export interface Precomputed {
  /** S, (I, H), where they are known already; otherwise they are worked out when first needed. */
  readonly itemCodes?: Csr;
  /** `Session.tagKnobs` of the same model, where they are known already. */
  readonly tagKnobs?: readonly TagKnob[];
  /** Profiles to begin with, instead of those made up from tags. */
  readonly samples?: readonly SampleProfile[];
}
