/** What can be set when training RecVAE. Defaults: docs/method.md §9.6, the authors' code. */
import { defaultsOf, number, whole, type Settings } from "./field.js";
import { ADAM, LOOP, withDefaults } from "./training.js";

export const RECVAE = {
  ...withDefaults(ADAM, { learningRate: 5e-4, beta2: 0.999 }),
  factors: whole({ default: 200, from: 2, about: "D: length of the user embedding.", source: "docs/method.md §9.6" }),
  hidden: whole({
    default: 600, from: 1, about: "Units of each of the encoder's five layers.", source: "docs/method.md §9.6",
  }),
  dropout: number({
    default: 0.5, from: 0, below: 1, about: "Share of a user's interactions that the encoder's steps drop.",
    source: "docs/method.md §9.6",
  }),
  gamma: number({
    default: 0.005, from: 0, about: "γ: weight of the divergence, for each of a user's interactions.",
    source: "docs/method.md §9.6",
  }),
  encoderEpochs: whole({
    default: 3, from: 1, about: "Epochs of the encoder before one of the decoder.", source: "docs/method.md §9.6",
  }),
  ...withDefaults(LOOP, { batchSize: 500, epochs: 200, patience: 40 }),
};

/** Settings of RecVAE (docs/method.md §9.6); docs/config.md lists them. */
export type RecVaeConfig = Settings<typeof RECVAE>;

/** RecVAE's settings (docs/method.md §9.6). */
export const DEFAULT_RECVAE: RecVaeConfig = defaultsOf(RECVAE);
