/** What training runs can be told: the optimiser (docs/method.md §2), the loop, and what beyond them (train/fit.ts). */
import { defaultsOf, number, whole, type Settings } from "./field.js";

/** Adam's. */
export const ADAM = {
  learningRate: number({ default: 3e-4, above: 0, below: 1, about: "Step size.", source: "docs/method.md §2" }),
  beta1: number({
    default: 0.9, from: 0, below: 1, about: "Decay of the gradient's average.", source: "docs/method.md §2",
  }),
  beta2: number({
    default: 0.99, from: 0, below: 1, about: "Decay of the squared gradient's average.", source: "docs/method.md §2",
  }),
  epsilon: number({ default: 1e-8, above: 0, about: "Added to the denominator.", source: "docs/method.md §2" }),
};

/** The loop's. */
export const LOOP = {
  batchSize: whole({ default: 1024, from: 1, about: "Rows a step." }),
  epochs: whole({ default: 25, from: 1, about: "Upper limit of passes over the data." }),
  patience: whole({
    default: 10, from: 0, about: "Stop after this many epochs without a better validation loss; 0 never stops early " +
      "and keeps the last weights.",
  }),
};

/** Beyond the paper, and off by default. */
export const SCHEDULE = {
  warmUp: whole({ default: 0, from: 0, about: "Steps over which the learning rate rises from 0 in a straight line." }),
  decay: number({
    default: 0, from: 0, to: 1,
    about: "Share of all steps, at the end, over which the learning rate falls to 0 in a straight line.",
  }),
  averaging: number({
    default: 0, from: 0, below: 1,
    about: "Decay of the running average of the weights that is validated and kept; 0 keeps none.",
    source: "Polyak & Juditsky, 1992",
  }),
};

/** Where training starts, apart from all else that a seed decides. */
export const START_SEED = whole({
  default: 0, from: 0,
  about: "Seed of the draw that training starts from; 0: the training's own. With one of its own, trainings of other " +
    "seeds start alike, and more of one's concepts are found again by the next (docs/meaning.md).",
});

/** For catalogues whose scores do not fit the memory. */
export const MAX_OUTPUT = whole({
  default: 0, from: 0,
  about: "Columns that a step's loss looks at, the batch's items and negatives; 0: all items, or where they do not " +
    "fit the engine's memory as many as the memory plan says.",
  source: "docs/method.md §8.2",
});

/** Settings of Adam (docs/method.md §2). */
export type AdamConfig = Settings<typeof ADAM>;
/** How the learning rate changes over a run. */
export type ScheduleConfig = Settings<typeof SCHEDULE>;
/** A model without a schedule trains at a constant rate and keeps no average. */
export type FitConfig = Settings<typeof LOOP> & Partial<ScheduleConfig>;

/** The same table with other defaults for some of its fields. */
export function withDefaults<F extends Record<string, { readonly default: unknown }>>(
  fields: F, defaults: { readonly [Name in keyof F]?: F[Name]["default"] },
): F {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [
    name, name in defaults ? { ...field, default: defaults[name] } : field,
  ])) as F;
}

export const PAPER_ADAM: AdamConfig = defaultsOf(ADAM);
