/** Trains an SAE on the frozen embeddings of the training users (docs/method.md §3). */
import { softmaxKlLoss, type Matrix, type Tape, type Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { Learner } from "../models/learner.js";
import type { SaeShape, SaeWeights, SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import type { SaeConfig } from "../config/sae.js";
import { DeadNeurons, resample } from "../models/sae/dead-neurons.js";
import { AT_ONCE, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { BatchMaker, wholeBatch, type Batch, type FrozenCfae } from "./sae-batch.js";
import { DecoderTether } from "./decoder-tether.js";
import { HealthCheck, type SaeHealth } from "./sae-health.js";
import { openSae, saeKinds } from "../models/sae/registry.js";
import { startWeights } from "../models/sae/start.js";
import { learn } from "./learn.js";

export type { FrozenCfae } from "./sae-batch.js";

/** A trained SAE's weights, and how training went. */
export interface TrainedSae {
  weights: SaeWeights;
  shape: SaeShape & { k: number };
  fit: FitResult;
  /** On whole training users, of the weights that were kept. */
  health: SaeHealth;
}

/**
 * @param train (U, D) and @param validation (V, D) embeddings.
 * @param start weights to go on from, instead of drawing them.
 * @param frozen needed where the configuration looks beyond the embeddings: downstream, inputDropout, singleItems.
 * @throws UserError when it is needed and missing.
 */
export async function trainSae(
  engine: Engine, train: Matrix, validation: Matrix, config: SaeConfig, seed: number, hooks?: FitHooks,
  frozen: FrozenCfae | null = null, start: SaeWeights | null = null,
): Promise<TrainedSae> {
  const { untrained } = saeKinds.get(config.kind);
  if (untrained) return asItIs(engine, train, config, untrained(train.cols));
  checkFrozen(config, frozen, train, validation);
  const shape = { factors: train.cols, neurons: Math.round(config.expansion * train.cols), k: config.k };
  return engine.scope(async () => {
    const { model, health, tether, ...learner } = saeLearner(
      engine, { train, validation, frozen, start }, config, shape, new Random(seed),
    );
    const run = runName("sae", seed, config, {
      train: train.data, validation: validation.data, interactions: frozen?.train.indices ?? null,
      ...(start ? { start: start.decoderW } : {}),
    });
    const fit = await learn(engine, learner, config, run, hooks);
    tether?.pull();
    return { weights: model.weights(), shape, fit, health: health.look() };
  });
}

/** A kind that needs no training. */
function asItIs(engine: Engine, train: Matrix, config: SaeConfig, weights: SaeWeights): TrainedSae {
  const shape = { factors: train.cols, neurons: weights.encoderB.length, k: train.cols };
  const health = engine.scope(() => new HealthCheck(engine, openSae(engine, config, weights, shape), train).look());
  return { weights, shape, fit: AT_ONCE, health };
}

interface SaeData {
  readonly train: Matrix;
  readonly validation: Matrix;
  readonly frozen: FrozenCfae | null;
  readonly start: SaeWeights | null;
}

interface SaeLearner extends Learner {
  readonly model: SparseAutoencoder;
  readonly health: HealthCheck;
  readonly tether: DecoderTether | null;
}

function saeLearner(
  engine: Engine, { train, validation, frozen, start }: SaeData, config: SaeConfig, shape: TrainedSae["shape"],
  random: Random,
): SaeLearner {
  const drawn = startWeights(random.fork(), train, config, shape);
  const weights = start ?? drawn;
  const model = openSae(engine, config, weights, shape, { trainable: true });
  const [order, drops, replacements, singles] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const { auxWeight, deadAfter, resampleEvery, inputDropout, singleItems } = config;
  const maker = frozen && (inputDropout > 0 || singleItems > 0)
    ? new BatchMaker(frozen, train, config, drops, singles) : null;
  const counter = auxWeight > 0 || resampleEvery > 0
    ? new DeadNeurons(shape.neurons, Math.ceil(deadAfter * train.rows)) : null;
  const health = new HealthCheck(engine, model, train);
  const tether = config.decoderWithin > -1 ? new DecoderTether(model, config.decoderWithin) : null;
  const stepsPerEpoch = Math.ceil(train.rows / config.batchSize);
  return {
    model, health, tether, rows: train.rows, watchedRows: validation.rows, parameters: model.parameters, order,
    randoms: singleItems > 0 ? [drops, replacements, singles] : [drops, replacements],
    arrays: counter ? { silentFor: counter.silentFor, silent: health.silent } : {},
    step(tape, rows, done) {
      tether?.pull();
      model.trainingK = kAt(done / stepsPerEpoch, config);
      const batch = maker?.make(tape, rows) ?? wholeBatch(tape, train, frozen?.train ?? null, rows, config);
      // What is dead for whole users is dead, even if parts of histories or single items make it fire.
      const dead = auxWeight > 0 ? counter?.list(maker ? health.silent : undefined) : undefined;
      const { loss, code } = model.forward(tape, batch.u, config, {
        downstream: downstreamOf(config, frozen, batch), dead, wanted: batch.whole,
      });
      counter?.saw(code);
      return loss;
    },
    watch(tape, rows) {
      const batch = wholeBatch(tape, validation, frozen?.validation ?? null, rows, config);
      return model.forward(tape, batch.u, config, { downstream: downstreamOf(config, frozen, batch) }).loss;
    },
    afterEpoch(epoch, optimiser) {
      if (counter && resampleEvery > 0 && epoch % resampleEvery === 0 && epoch <= config.epochs / 2) {
        resample(model, optimiser, counter, train, replacements, saeKinds.get(config.kind).k !== "unused");
      }
      return health.look();
    },
  };
}

/** K of the schedule after so many epochs. */
export function kAt(epochs: number, { k, kStart, kEpochs }: Pick<SaeConfig, "k" | "kStart" | "kEpochs">): number {
  if (kStart <= k || epochs >= kEpochs) return k;
  return Math.round(kStart + (k - kStart) * (epochs / kEpochs));
}

/** The downstream loss of a batch: through the frozen decoder, on what it makes of the reconstructed embeddings. */
function downstreamOf(
  { downstream, downstreamLoss, temperature }: SaeConfig, frozen: FrozenCfae | null,
  { u, x, seen, hidden }: Batch,
): ((tape: Tape, out: Tensor) => Tensor) | undefined {
  if (!(downstream > 0) || !frozen || !x || !seen) return undefined;
  const { cfae } = frozen;
  const scores = (tape: Tape, e: Tensor): Tensor => cfae.logits ? cfae.logits(tape, e) : cfae.decode(tape, e, seen);
  return downstreamLoss === "own"
    ? (tape, out) => cfae.lossOf!(tape, out, x, hidden)
    : (tape, out) => softmaxKlLoss(tape, scores(tape, out), scores(tape, u), seen, temperature);
}

function checkFrozen(config: SaeConfig, frozen: FrozenCfae | null, train: Matrix, validation: Matrix): void {
  const { downstream, downstreamLoss, inputDropout, singleItems } = config;
  if (downstream === 0 && inputDropout === 0 && singleItems === 0) return;
  const wanted = downstream > 0 ? "sae.downstream" : inputDropout > 0 ? "sae.inputDropout" : "sae.singleItems";
  if (!frozen) {
    throw new UserError(`${wanted} is set, but embeddings alone were given: it needs the model and its interactions`);
  }
  if (frozen.train.rows !== train.rows || frozen.validation.rows !== validation.rows) {
    throw new UserError(
      `${wanted}: ${frozen.train.rows} and ${frozen.validation.rows} rows of interactions for ${train.rows} and ` +
      `${validation.rows} embeddings: they must be of the same users`,
    );
  }
  if (downstream > 0 && downstreamLoss === "own" && !frozen.cfae.lossOf) {
    throw new UserError("sae.downstreamLoss is \"own\", but this model has no loss of embeddings: use \"kl\"");
  }
}

/**
 * Heap bytes that training needs at its peak: weights, gradients, both averages, one batch of codes and embeddings, and
 * for a downstream loss scores of both kinds.
 */
export function saeBytes(factors: number, items: number, config: SaeConfig): number {
  const { batchSize, downstream, auxWeight, singleItems } = config;
  const B = Math.ceil(batchSize / (1 - singleItems));
  const H = Math.round(config.expansion * factors);
  const weights = 2 * H * factors + 2 * H + factors;
  const own = saeKinds.get(config.kind).rowFloats(config, { factors, neurons: H });
  const aux = auxWeight > 0 ? 2 * H + 4 * factors : 0;
  const scores = downstream > 0 ? 5 * items : 0;
  const copies = auxWeight > 0 ? 5 : 4;
  // The encoder and a batch in 16 bits: a quarter of both matrices, half of the batch (kernels/plain/screen.ts).
  return 4 * ((copies + 0.25) * weights + B * (14.5 * factors + own + aux + scores)) + 2 ** 24;
}
