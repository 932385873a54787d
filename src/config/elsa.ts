/** What can be set when training ELSA. Defaults: docs/method.md §2, what goes beyond it off. */
import { number, whole, word, type Settings } from "./field.js";
import { ADAM, LOOP, MAX_OUTPUT, SCHEDULE, START_SEED } from "./training.js";

export const ELSA = {
  ...ADAM,
  factors: whole({
    default: 512, from: 2,
    about: "D: length of the user embedding. Paper: 512, 1024, 2048.", source: "docs/method.md §2",
  }),
  ...LOOP,
  inputDropout: number({
    default: 0, from: 0, below: 1,
    about: "Share of a user's interactions hidden from the encoder in training; the target stays whole.",
    source: "Vincent et al., 2008",
  }),
  ...SCHEDULE,
  start: word({
    default: "random", words: ["random", "svd"],
    about: "Where A starts: random rows, or those of a truncated singular value decomposition of the interactions, " +
      "which takes two passes over them and saved epochs on MovieLens 1M; with 512 factors on ML-25M's size random " +
      "rows do better (docs/kernels.md).",
    source: "docs/method.md §2",
  }),
  startSeed: START_SEED,
  cutoff: number({
    default: 0, from: 0,
    about: "Scores below this many times the root mean square of their user's count as 0 in the training loss, so " +
      "that two of a step's three products run over the few others: 1 leaves about a tenth. 0 trains on all " +
      "(docs/kernels.md).",
  }),
  arithmetic: word({
    default: "single", words: ["single", "int16"],
    about: "What the three products of a training step multiply: numbers in single precision, or whole numbers of 16 " +
      "bits that they are rounded to (docs/kernels.md).",
  }),
  maxOutput: MAX_OUTPUT,
};

/** Settings of ELSA (docs/method.md §2); docs/config.md lists them. */
export type ElsaConfig = Settings<typeof ELSA>;
