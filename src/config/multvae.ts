/** What can be set when training MultVAE and MultDAE; the preset is METHOD.md §2 to the letter. */
import { UserError } from "../base/user-error.js";
import { PAPER_ADAM, type AdamConfig, type FitConfig } from "./training.js";

export interface MultVaeConfig extends AdamConfig, FitConfig {
  /** "vae" samples the embedding in training and pays for its divergence from N(0, 1); "dae" does neither. */
  kind: "vae" | "dae";
  /** D: length of the user embedding. Paper: 256, 512, 1024. */
  factors: number;
  /** Units of the hidden layer on either side. Paper: 3·D. */
  hidden: number;
  /** Share of a user's interactions that is dropped in training. Paper: 0.5. */
  dropout: number;
  /** β rises by 1/annealingSteps after each step. Paper: 1e6, so that β stays near 0 on small data. */
  annealingSteps: number;
  /** Where β stops rising. Paper: 1. */
  maxBeta: number;
}

/** The paper's smallest model. patience 0: the last weights are kept, since the validation loss is noisy. */
export const PAPER_MULTVAE: MultVaeConfig = {
  ...PAPER_ADAM, learningRate: 1e-3, kind: "vae", factors: 256, hidden: 768, dropout: 0.5, annealingSteps: 1e6,
  maxBeta: 1, batchSize: 1024, epochs: 25, patience: 0,
};

/** @throws UserError listing every value that makes no sense, in one message. */
export function checkMultVaeConfig(c: MultVaeConfig): void {
  const wrong: string[] = [];
  const need = (ok: boolean, what: string): void => { if (!ok) wrong.push(what); };
  const positive = (n: number): boolean => Number.isInteger(n) && n > 0;
  for (const name of ["factors", "hidden", "batchSize", "epochs"] as const) {
    need(positive(c[name]), `${name} must be a positive whole number, got ${c[name]}`);
  }
  need(Number.isInteger(c.patience) && c.patience >= 0, `patience must be 0 or more, got ${c.patience}`);
  need(c.learningRate > 0 && c.learningRate < 1, `learningRate must be between 0 and 1, got ${c.learningRate}`);
  need(c.beta1 >= 0 && c.beta1 < 1, `beta1 must be in [0, 1), got ${c.beta1}`);
  need(c.beta2 >= 0 && c.beta2 < 1, `beta2 must be in [0, 1), got ${c.beta2}`);
  need(c.dropout >= 0 && c.dropout < 1, `dropout must be in [0, 1), got ${c.dropout}`);
  need(c.annealingSteps >= 1, `annealingSteps must be 1 or more, got ${c.annealingSteps}`);
  need(c.maxBeta >= 0, `maxBeta must be 0 or more, got ${c.maxBeta}`);
  if (wrong.length > 0) throw new UserError(wrong.join("; "));
}
