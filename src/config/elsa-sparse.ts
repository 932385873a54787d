/**
 * What can be set when training sparse ELSA (docs/method.md §8). The defaults are the authors', but for the width,
 * which fits catalogues of some thousands of items, and the batch's outputs: all items, while their matrix has room.
 */
import { defaultsOf, flag, whole, word, type Settings } from "./field.js";
import { ADAM, LOOP, MAX_OUTPUT, withDefaults } from "./training.js";

export const ELSA_SPARSE = {
  ...withDefaults(ADAM, { learningRate: 0.1, beta2: 0.999, epsilon: 1e-7 }),
  optimiser: word({
    default: "nadam", words: ["nadam", "adam"],
    about: "Nadam as Keras computes it, or Adam.", source: "docs/method.md §8.1",
  }),
  factors: whole({
    // Half precision holds whole numbers up to 2,048: columns of item vectors in files.
    default: 1024, from: 2, to: 2048,
    about: "D: length of the user embedding, and of item vectors before anything is pruned. Published: 4096.",
    source: "docs/method.md §8.7",
  }),
  nonZeros: whole({
    default: 32, from: 1, about: "n: entries of an item vector in the end. Published: 8 to 128.",
    source: "docs/method.md §8.7",
  }),
  pruning: word({
    default: "exponential", words: ["exponential", "linear", "step-wise"],
    about: "How the entries become fewer, halving by halving. Published: exponential is best.",
    source: "docs/method.md §8.3",
  }),
  levelEpochs: whole({
    default: 10, from: 1, about: "Epochs of a halving, and of the last level.", source: "docs/method.md §8.3",
  }),
  restart: flag({
    default: true,
    about: "Each level begins again from the first random values of the entries that are left: the lottery ticket.",
    source: "docs/method.md §8.3",
  }),
  maxOutput: MAX_OUTPUT,
  batchSize: LOOP.batchSize,
};

/** Settings of sparse ELSA (docs/method.md §8); docs/config.md lists them. */
export type ElsaSparseConfig = Settings<typeof ELSA_SPARSE>;

/** Sparse ELSA as its authors train it (docs/method.md §8.1). */
export const DEFAULT_ELSA_SPARSE: ElsaSparseConfig = defaultsOf(ELSA_SPARSE);
export type PruningSchedule = ElsaSparseConfig["pruning"];
