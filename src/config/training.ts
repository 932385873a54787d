/** What every training run can be told: the optimiser (METHOD.md §2) and the loop (train/fit.ts). */
export interface AdamConfig {
  /** Step size. METHOD.md: 3e-4 for ELSA and SAEs, 1e-3 for MultVAE. */
  learningRate: number;
  /** Decay of the gradient's average. METHOD.md: 0.9. */
  beta1: number;
  /** Decay of the squared gradient's average. METHOD.md: 0.99. */
  beta2: number;
  /** Added to the denominator. METHOD.md: 1e-8. */
  epsilon: number;
}

export const PAPER_ADAM: AdamConfig = { learningRate: 3e-4, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };

export interface FitConfig {
  /** Rows a step. */
  batchSize: number;
  /** Upper limit of passes over the data. */
  epochs: number;
  /** Stop after this many epochs without a better validation loss; 0 never stops early and keeps the last weights. */
  patience: number;
  /** Steps over which the learning rate rises from 0 in a straight line. Default 0: full from the first step. */
  warmUp?: number;
  /** Share of all steps, at the end, over which the learning rate falls to 0 in a straight line. Default 0: never. */
  decay?: number;
  /** Decay of the running average of the weights that is validated and kept (averaging.ts). Default 0: no average. */
  averaging?: number;
}
