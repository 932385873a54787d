/** What can be set when fitting EDLAE of low rank, in closed form. Defaults: docs/method.md §9.1. */
import { defaultsOf, number, whole, word, type Settings } from "./field.js";

export const EDLAE = {
  factors: whole({
    default: 256, from: 2, about: "D: length of the user embedding. Published: 1000.", source: "docs/method.md §9.1",
  }),
  lambda: number({
    default: 200, above: 0, about: "λ, in interactions: how many users an item must have to be trusted.",
    source: "docs/method.md §9.1",
  }),
  dropout: number({
    default: 0.33, from: 0, below: 1, about: "p: the share of a user's items that is hidden in thought.",
    source: "docs/method.md §9.1",
  }),
  solver: word({
    default: "admm", words: ["admm", "zero", "free"],
    about: "What becomes of what an item says about itself: removed by multipliers, kept at 0, or left alone.",
    source: "docs/method.md §9.1",
  }),
  omega: number({
    default: 200, above: 0, follows: { field: "lambda", by: 1 },
    about: "ω of solver admm: weight of the penalty on the diagonal. Many times λ makes it diverge.",
    source: "docs/method.md §9.1",
  }),
  iterations: whole({ default: 10, from: 1, about: "Turns of the solver.", source: "docs/method.md §9.1" }),
};

/** Settings of low-rank EDLAE (docs/method.md §9.1); docs/config.md lists them. */
export type EdlaeConfig = Settings<typeof EDLAE>;

/** Low-rank EDLAE's settings (docs/method.md §9.1). */
export const DEFAULT_EDLAE: EdlaeConfig = defaultsOf(EDLAE);
