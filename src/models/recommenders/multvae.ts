/**
 * MultVAE, the variational autoencoder with a multinomial likelihood (Liang et al., WWW 2018; docs/method.md §2):
 * MultDAE with a second head for the variance.
 *
 *   z = μ + ε·exp(logvar/2) in training, μ when encoding        loss = NLL + β·KL(z ‖ N(0, 1))
 *
 * NLL is a mean over rows and items, KL over rows and dimensions. β rises from 0 by a fixed increment after each step.
 */
import { addLoss, gaussianKl, sampleGaussian, Tensor, type Tape } from "../../autograd/index.js";
import type { NamedTensors } from "../../base/named-tensors.js";
import type { Random } from "../../base/random.js";
import { type BetaSchedule, type Latent, MultDae, type MultShape } from "./multdae.js";

export const VAE_HEADS = ["encoder_mu", "encoder_logvar"] as const;

export class MultVae extends MultDae {
  /** Weight of the divergence in the loss; training raises it. */
  beta = 0;

  static override initialise(random: Random, shape: MultShape): NamedTensors {
    return MultDae.initialise(random, shape, VAE_HEADS);
  }

  override prepare(done: number, schedule: BetaSchedule): void {
    this.beta = betaAt(done, schedule);
  }

  protected override latent(tape: Tape, hidden: Tensor, mu: Tensor, noise: Tensor): Latent {
    const logvar = this.head(tape, hidden, "encoder_logvar");
    return { logvar, z: sampleGaussian(tape, mu, logvar, noise), kl: gaussianKl(tape, mu, logvar) };
  }

  /** NLL + β·KL (docs/method.md §2). */
  protected override objective(tape: Tape, nll: Tensor, kl: Tensor): Tensor {
    return addLoss(tape, nll, kl, this.beta);
  }

  protected override noise(tape: Tape, rows: number, random: Random): Tensor {
    const values = tape.engine.floats(rows * this.factors);
    for (let i = 0; i < values.length; i++) values[i] = random.normal();
    return new Tensor(values, rows, this.factors, false);
  }

  protected override get heads(): readonly string[] {
    return VAE_HEADS;
  }
}

/** β of the step that has `done` steps before it: 0 in the first, so it rises after each step (docs/method.md §2). */
export function betaAt(done: number, { annealingSteps, maxBeta }: BetaSchedule): number {
  return Math.min(done / annealingSteps, maxBeta);
}
