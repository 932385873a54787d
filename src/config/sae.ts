/**
 * What can be set when training an SAE. Defaults: docs/method.md §3, what goes beyond it off. Which kinds there are is
 * for models/sae/registry.ts to say.
 */
import { flag, nameOf, number, whole, word, type Settings } from "./field.js";
import { ADAM, LOOP, SCHEDULE, START_SEED, withDefaults } from "./training.js";

/** See SAE.residual and steer/turned-embedding.ts. */
export const residuals = ["drop", "keep", "fade", "blend"] as const;
/** What happens to the part of an embedding that the SAE does not rebuild. */
export type Residual = (typeof residuals)[number];

/** What a session on such a model does by default. */
export function residualOf(model: { readonly config: { readonly sae: Pick<SaeConfig, "residual"> } }): Residual {
  return model.config.sae.residual;
}

/** See SAE.push and steer/own-shares.ts. */
export const pushes = ["own", "root"] as const;
/** What a knob's strength is a share of. */
export type Push = (typeof pushes)[number];

export const SAE = {
  ...ADAM,
  kind: nameOf({
    default: "topk", about: "Which neurons of a row may be active. Paper: topk and basic.", source: "docs/method.md §3",
  }),
  expansion: number({
    default: 4, above: 0, about: "H as a multiple of D. Paper: 2, 4, 8.", source: "docs/method.md §3",
  }),
  k: whole({
    default: 32, from: 1,
    about: "K: active neurons a row (not basic; on average for batch-topk and jumprelu). Paper: 8, 16, 32, 64.",
    source: "docs/method.md §3",
  }),
  loss: word({
    default: "cosine", words: ["l2", "cosine"],
    about: "Reconstruction loss: mean squared error over elements, or mean over rows of 1 − cos.",
    source: "docs/method.md §3",
  }),
  l1: number({ default: 3e-4, from: 0, about: "Weight of the mean over rows of Σ|e|.", source: "docs/method.md §3" }),
  target: word({
    default: "standardised", words: ["embedding", "standardised"],
    about: "What the output is compared with: the embedding u, or the standardised û. The reference standardises its " +
      "batch in place and so compares the de-standardised output with û.",
    source: "docs/method.md §3",
  }),
  ...withDefaults(LOOP, { epochs: 250, patience: 50 }),

  reconstruction: number({
    default: 1, from: 0, about: "Weight of `loss`; 0 leaves reconstruction to `blend` or `downstream`.",
  }),
  blend: number({ default: 0, from: 0, about: "Weight of the other one of L2 and Cosine." }),
  downstream: number({
    default: 0, from: 0, about: "Weight of the downstream loss: what the reconstruction does to the scores.",
  }),
  downstreamLoss: word({
    default: "kl", words: ["kl", "own"],
    about: "What `downstream` compares the scores with: those without the SAE (kl), or the interactions, by the " +
      "recommender's own loss (own).",
  }),
  temperature: number({
    default: 1, above: 0, about: "Of the softmax in \"kl\", in standard deviations of a user's scores.",
  }),
  inputDropout: number({
    default: 0, from: 0, below: 1,
    about: "Share of a user's interactions hidden in training; embeddings are then made anew in each step.",
    source: "Vincent et al., 2008",
  }),
  variedDropout: flag({
    default: false, about: "Each user's share is drawn from 0 … inputDropout instead of being the same for all.",
  }),
  denoise: flag({
    default: false,
    about: "With inputDropout: the output is compared with the embedding of all interactions, not with that of the " +
      "part seen. Choose loss \"cosine\": how many items are hidden says nothing about taste.",
    source: "Vincent et al., 2008",
  }),
  singleItems: number({
    default: 0, from: 0, below: 1,
    about: "Share of each training batch that is single items, drawn by popularity, instead of users: a dictionary " +
      "that only sees mixtures may take two concepts that go together for one (docs/meaning.md).",
  }),
  levels: whole({
    default: 5, from: 1, to: 30, about: "Nested dictionaries, each twice the one before (matryoshka): 5 are H/16 … H.",
    source: "Bussmann et al., 2025",
  }),
  bandwidth: number({
    default: 0.5, above: 0,
    about: "Width of the thresholds' straight-through estimator (jumprelu), in units of û. The paper takes 0.001 for " +
      "inputs that are √D times shorter.",
    source: "Rajamanoharan et al., 2024",
  }),
  l0: number({
    default: 1, from: 0, about: "Weight of (L0/k − 1)² (jumprelu: it holds the mean number of active neurons at k).",
    source: "Rajamanoharan et al., 2024",
  }),
  auxWeight: number({
    default: 0, from: 0, about: "Weight of AuxK: dead neurons learn the residual that the others leave.",
    source: "Gao et al., 2024",
  }),
  auxK: whole({
    default: 0, from: 0, about: "Dead neurons that may be active in a row for AuxK; 0: half the factors.",
    source: "Gao et al., 2024",
  }),
  deadAfter: number({
    default: 1, above: 0,
    about: "Passes over the data without firing after which a neuron is dead, for auxWeight and resampleEvery.",
  }),
  resampleEvery: whole({
    default: 0, from: 0, about: "Epochs between resamplings of dead neurons, in a run's first half; 0: never.",
    source: "Bricken et al., 2023",
  }),
  start: word({
    default: "random", words: ["random", "data"],
    about: "Decoder rows start as random directions, the paper, or as those of users.",
  }),
  startSeed: START_SEED,
  tied: flag({ default: false, about: "The encoder starts as a multiple of the decoder.", source: "Gao et al., 2024" }),
  centre: word({
    default: "zero", words: ["zero", "mean", "median"],
    about: "Where b_dec starts: 0, the paper, or the mean or geometric median of û.", source: "Bricken et al., 2023",
  }),
  kStart: whole({
    default: 0, from: 0, about: "K at the start; it falls to k in a straight line over kEpochs. 0: k from the start.",
  }),
  kEpochs: number({ default: 0, from: 0, about: "Epochs of that fall." }),
  itemK: whole({
    default: 0, from: 0,
    about: "K of the codes of single items, which names come from (topk and matryoshka). A user's code shares out K " +
      "neurons among many tastes; what a neuron answers to is asked of one item at a time, and more of them may say " +
      "(docs/meaning.md). At most H count; other kinds do not look at it. 0: k, the paper.",
  }),
  decoderWithin: number({
    default: -1, from: -1, to: 1,
    about: "Decoder rows stay within this cosine of where they start: 1 freezes the decoder, 0.8 tethers it. " +
      "Controls for what training a dictionary brings (docs/meaning.md). -1: free.",
    source: "Korznikov et al., 2026",
  }),
  refine: whole({
    default: 0, from: 0,
    about: "Swaps at most when a trained SAE's code is improved at inference (topk and matryoshka): the chosen " +
      "neurons' activations are fitted to the embedding, then the weakest neuron gives way to the one that fits the " +
      "residual best. Training does not see it, and the codes of single items, which labels come from, stay the " +
      "encoder's. It keeps more of the recommender and spreads a user over more neurons (docs/experiments.md).",
    source: "Pati et al., 1993; for SAEs Smith, 2024",
  }),
  refineHead: whole({
    default: 0, from: 0,
    about: "With refine, on a recommender whose scores are linear in the embedding (ELSA): the scores of so many " +
      "items that the embedding ranks first are fitted together with it. What is far down a list may then be less " +
      "exact, what is shown is kept (docs/experiments.md). 0: all directions of the embedding count alike.",
  }),
  refineWeight: number({
    default: 4, above: 0,
    about: "Weight of such a score's squared error beside that of one entry of the standardised embedding.",
  }),
  residual: word({
    default: "drop", words: residuals,
    about: "In use, never in training: what a session does with the part of an embedding that the SAE does not " +
      "rebuild: keep it whole, let it fade as far as knobs move the activation, blend (it fades, and with it what " +
      "everybody gets: a knob is added to the recommender's own scores), or drop it, the paper. In all but the last " +
      "nothing turned is the recommender itself (docs/steering.md).",
  }),
  push: word({
    default: "own", words: pushes,
    about: "In use, never in training: what a knob's strength is a share of: the profile's own activation (own, the " +
      "paper), or the geometric mean of that and a typical person's (root): short profiles are then turned more, " +
      "long ones less, a typical one alike (docs/steering.md).",
  }),
  ...SCHEDULE,
};

/** Settings of a sparse autoencoder (docs/method.md §3); docs/config.md lists them. */
export type SaeConfig = Settings<typeof SAE>;

/** The terms of an SAE's loss and their weights. */
export type SaeObjective = Pick<
  SaeConfig, "loss" | "l1" | "target" | "reconstruction" | "blend" | "downstream" | "l0" | "auxWeight" | "auxK"
>;

/** The settings that say what an SAE is, rather than how it is trained. */
export type SaeDesign = Pick<SaeConfig, "kind" | "levels" | "bandwidth" | "refine" | "refineHead" | "refineWeight">;
