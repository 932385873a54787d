/**
 * Trains RecVAE (docs/method.md §9.6): some epochs of the encoder with dropout, then the old encoder becomes a copy and
 * the decoder has an epoch without dropout, and so on. Each has an optimiser of its own. The authors keep the round with
 * the best validation nDCG@100; here it is the best likelihood of the validation users, the loop's own measure.
 */
import { Tape } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { Random } from "../base/random.js";
import type { RecVaeConfig } from "../config/recvae.js";
import type { Engine } from "../engine/engine.js";
import type { NamedWeights } from "../models/recommenders/multdae.js";
import { RecVae } from "../models/recommenders/recvae.js";
import { Adam } from "./adam.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import type { Optimiser } from "./optimiser.js";
import { meanOverBatches } from "./train-elsa.js";

export interface TrainedRecVae {
  weights: NamedWeights;
  fit: FitResult;
}

/** Two optimisers, each for its own parameters and steps; `decoding` says whose step it is. */
export class Alternating implements Optimiser {
  decoding = false;
  private readonly both: readonly [Adam, Adam];

  constructor(engine: Engine, model: RecVae, config: RecVaeConfig) {
    const { parameters, encoderParameters: many } = model;
    this.both = [
      new Adam(engine, parameters.slice(0, many), config), new Adam(engine, parameters.slice(many), config),
    ];
  }

  step(rate = 1): void {
    this.both[this.decoding ? 1 : 0].step(rate);
  }

  /** Both step counts in one number: neither reaches 2²⁶. */
  state(): { step: number; m: Floats[]; v: Floats[] } {
    const [encoder, decoder] = this.both.map((one) => one.state());
    return {
      step: encoder.step + 2 ** 26 * decoder.step, m: [...encoder.m, ...decoder.m], v: [...encoder.v, ...decoder.v],
    };
  }

  restore({ step, m, v }: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    const many = m.length - 2;
    this.both[0].restore({ step: step % 2 ** 26, m: m.slice(0, many), v: v.slice(0, many) });
    this.both[1].restore({ step: Math.floor(step / 2 ** 26), m: m.slice(many), v: v.slice(many) });
  }
}

/** @param train (U, I) binary; @param validation (V, I) binary, all interactions of the validation users. */
export async function trainRecVae(
  engine: Engine, train: Csr, validation: Csr, config: RecVaeConfig, seed: number, hooks?: FitHooks,
): Promise<TrainedRecVae> {
  const random = new Random(seed);
  return engine.scope(async () => {
    const { factors, hidden, batchSize, dropout, gamma, encoderEpochs } = config;
    const shape = { items: train.cols, factors, hidden };
    const model = new RecVae(engine, RecVae.initialise(random.fork(), shape), gamma, true);
    const optimiser = new Alternating(engine, model, config);
    const draws = random.fork();
    const tape = new Tape(engine);
    const watching = new Tape(engine, false);
    const stepsPerEpoch = Math.ceil(train.rows / batchSize);
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      step(rows, at) {
        const epoch = Math.floor(at / stepsPerEpoch) % (encoderEpochs + 1);
        optimiser.decoding = epoch === encoderEpochs;
        if (optimiser.decoding && at % stepsPerEpoch === 0) model.rememberEncoder();
        tape.reset();
        const x = tape.sparseInput(train, rows);
        const { kept, noise } = model.draw(tape, x, draws, optimiser.decoding ? 0 : dropout);
        const { loss } = model.forward(tape, x, kept, noise);
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, batchSize, (rows) => {
        watching.reset();
        return model.loss(watching, watching.sparseInput(validation, rows)).data[0];
      }),
      run: runName("RecVAE", seed, config, { train: train.indices, validation: validation.indices }),
      randoms: [draws],
      arrays: model.remembered as Record<string, Float32Array>,
    }, config, random.fork(), hooks);
    return { weights: model.weights(), fit: result };
  });
}

/** Heap bytes that training needs at its peak: weights with gradients and both averages, the old encoder, a batch. */
export function recVaeBytes(items: number, { factors, hidden, batchSize }: RecVaeConfig): number {
  const encoder = items * hidden + 4 * hidden * hidden + 2 * hidden * factors + 15 * hidden + 2 * factors;
  const decoder = items * (factors + 1);
  return 4 * (5 * encoder + 4 * decoder + batchSize * (2 * items + 60 * hidden + 20 * factors)) + 2 ** 24;
}
