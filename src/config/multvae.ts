/** What can be set when training MultVAE and MultDAE. Defaults: docs/method.md §2, the paper's smallest model. */
import { defaultsOf, number, whole, type Settings } from "./field.js";
import { ADAM, LOOP, MAX_OUTPUT, withDefaults } from "./training.js";

export const MULTVAE = {
  ...withDefaults(ADAM, { learningRate: 1e-3 }),
  factors: whole({
    default: 256, from: 2,
    about: "D: length of the user embedding. Paper: 256, 512, 1024.", source: "docs/method.md §2",
  }),
  hidden: whole({
    default: 768, from: 1, follows: { field: "factors", by: 3 }, about: "Units of the hidden layer on either side.",
    source: "docs/method.md §2",
  }),
  dropout: number({
    default: 0.5, from: 0, below: 1, about: "Share of a user's interactions that is dropped in training.",
    source: "docs/method.md §2",
  }),
  annealingSteps: number({
    default: 1e6, from: 1,
    about: "β rises by 1/annealingSteps after each step. The paper's 1e6 keeps β near 0 on small data.",
    source: "docs/method.md §2",
  }),
  maxBeta: number({ default: 1, from: 0, about: "Where β stops rising.", source: "docs/method.md §2" }),
  // patience 0: the last weights are kept, since the validation loss is noisy.
  ...withDefaults(LOOP, { patience: 0 }),
  maxOutput: MAX_OUTPUT,
};

/** Settings of MultVAE and MultDAE (docs/method.md §2); docs/config.md lists them. */
export interface MultVaeConfig extends Settings<typeof MULTVAE> {
  /** "vae" samples the embedding in training and pays for its divergence from N(0, 1); "dae" does neither. */
  kind: "vae" | "dae";
}

/** MultVAE as the paper trains it (docs/method.md §2). */
export const PAPER_MULTVAE: MultVaeConfig = { ...defaultsOf(MULTVAE), kind: "vae" };
