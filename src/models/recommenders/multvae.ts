/**
 * MultVAE, the variational autoencoder with a multinomial likelihood (Liang et al., WWW 2018; docs/method.md §2):
 * MultDAE with a second head for the variance.
 *
 *   z = μ + ε·exp(logvar/2) in training, μ when encoding        loss = NLL + β·KL(z ‖ N(0, 1))
 *
 * NLL is a mean over rows and items, KL over rows and dimensions. β rises from 0 by a fixed increment after each step.
 */
import { addLoss, gaussianKl, sampleGaussian, Tensor, type Tape } from "../../autograd/index.js";
import type { Random } from "../../base/random.js";
import { type Latent, MultDae, type MultShape, type NamedWeights } from "./multdae.js";

const HEADS = ["encoder_mu", "encoder_logvar"] as const;

export class MultVae extends MultDae {
  /** Weight of the divergence in the loss; training raises it. */
  beta = 0;

  static override initialise(random: Random, shape: MultShape): NamedWeights {
    return MultDae.initialise(random, shape, HEADS);
  }

  protected override latent(tape: Tape, hidden: Tensor, mu: Tensor, noise: Tensor): Latent {
    const logvar = this.head(tape, hidden, "encoder_logvar");
    return { logvar, z: sampleGaussian(tape, mu, logvar, noise), kl: gaussianKl(tape, mu, logvar) };
  }

  protected override objective(tape: Tape, nll: Tensor, kl: Tensor): Tensor {
    return addLoss(tape, nll, kl, this.beta);
  }

  protected override noise(tape: Tape, rows: number, random: Random): Tensor {
    const values = tape.engine.floats(rows * this.factors);
    for (let i = 0; i < values.length; i++) values[i] = random.normal();
    return new Tensor(values, rows, this.factors, false);
  }

  protected override get heads(): readonly string[] {
    return HEADS;
  }
}
