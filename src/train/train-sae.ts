/** Trains an SAE on the frozen embeddings of the training users (docs/method.md §3). */
import { Tape, softmaxKlLoss, type Matrix, type Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { SaeShape, SaeWeights } from "../models/sae/sparse-autoencoder.js";
import { Adam } from "./adam.js";
import type { SaeConfig } from "../config/sae.js";
import { DeadNeurons, resample } from "../models/sae/dead-neurons.js";
import { fit, type FitHooks, type FitResult } from "./fit.js";
import { runName } from "./fit-state.js";
import { BatchMaker, wholeBatch, type Batch, type FrozenCfae } from "./sae-batch.js";
import { DecoderTether } from "./decoder-tether.js";
import { HealthCheck, type SaeHealth } from "./sae-health.js";
import { openSae } from "../models/sae/open-sae.js";
import { startWeights } from "../models/sae/start.js";
import { meanOverBatches } from "./train-elsa.js";

export type { FrozenCfae } from "./sae-batch.js";

export interface TrainedSae {
  weights: SaeWeights;
  shape: SaeShape & { k: number };
  fit: FitResult;
  /** On whole training users, of the weights that were kept. */
  health: SaeHealth;
}

/**
 * @param train (U, D) and @param validation (V, D) embeddings.
 * @param frozen needed where the configuration looks beyond the embeddings: downstream, inputDropout, singleItems.
 * @throws UserError when it is needed and missing.
 */
export async function trainSae(
  engine: Engine, train: Matrix, validation: Matrix, config: SaeConfig, seed: number, hooks?: FitHooks,
  frozen: FrozenCfae | null = null,
): Promise<TrainedSae> {
  checkFrozen(config, frozen, train, validation);
  const random = new Random(seed);
  const shape = { factors: train.cols, neurons: Math.round(config.expansion * train.cols), k: config.k };
  return engine.scope(async () => {
    const model = openSae(engine, config, startWeights(random.fork(), train, config, shape), shape, true);
    const optimiser = new Adam(engine, model.parameters, config);
    const order = random.fork();
    const drops = random.fork();
    const replacements = random.fork();
    const singles = random.fork();
    const { auxWeight, deadAfter, resampleEvery, inputDropout, singleItems } = config;
    const maker = frozen && (inputDropout > 0 || singleItems > 0)
      ? new BatchMaker(frozen, train, config, drops, singles) : null;
    const counter = auxWeight > 0 || resampleEvery > 0
      ? new DeadNeurons(shape.neurons, Math.ceil(deadAfter * train.rows)) : null;
    const health = new HealthCheck(engine, model, train);
    const tether = config.decoderWithin > -1 ? new DecoderTether(model, config.decoderWithin) : null;
    const tape = new Tape(engine);
    const watching = new Tape(engine, false);
    const stepsPerEpoch = Math.ceil(train.rows / config.batchSize);
    const result = await fit({
      rows: train.rows,
      parameters: model.parameters,
      optimiser,
      step(rows, at) {
        tape.reset();
        tether?.pull();
        if ("trainingK" in model) model.trainingK = kAt(at / stepsPerEpoch, config);
        const batch = maker?.make(tape, rows) ?? wholeBatch(tape, train, frozen?.train ?? null, rows, config);
        // What is dead for whole users is dead, even if parts of histories or single items make it fire.
        const dead = auxWeight > 0 ? counter?.list(maker ? health.silent : undefined) : undefined;
        const { loss, code } = model.forward(tape, batch.u, config, {
          downstream: downstreamOf(config, frozen, batch), dead, wanted: batch.whole,
        });
        counter?.saw(code);
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => meanOverBatches(validation.rows, config.batchSize, (rows) => {
        watching.reset();
        const batch = wholeBatch(watching, validation, frozen?.validation ?? null, rows, config);
        const downstream = downstreamOf(config, frozen, batch);
        return model.forward(watching, batch.u, config, { downstream }).loss.data[0];
      }),
      afterEpoch(epoch) {
        if (counter && resampleEvery > 0 && epoch % resampleEvery === 0 && epoch <= config.epochs / 2) {
          resample(model, optimiser, counter, train, replacements);
        }
        return health.look();
      },
      run: runName("sae", seed, config, {
        train: train.data, validation: validation.data, interactions: frozen?.train.indices ?? null,
      }),
      randoms: singleItems > 0 ? [drops, replacements, singles] : [drops, replacements],
      arrays: counter ? { silentFor: counter.silentFor, silent: health.silent } : {},
    }, config, order, hooks);
    tether?.pull();
    return { weights: model.weights(), shape, fit: result, health: health.look() };
  });
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
  const { batchSize, kind, downstream, auxWeight, levels, singleItems } = config;
  const B = Math.ceil(batchSize / (1 - singleItems));
  const H = Math.round(config.expansion * factors);
  const weights = 2 * H * factors + 2 * H + factors;
  const widths = kind === "topk" || kind === "matryoshka" ? 2 * H : 5 * H;
  const nested = kind === "matryoshka" ? 4 * levels * factors : 0;
  const aux = auxWeight > 0 ? 2 * H + 4 * factors : 0;
  const scores = downstream > 0 ? 5 * items : 0;
  const copies = auxWeight > 0 ? 5 : 4;
  return 4 * (copies * weights + B * (14 * factors + widths + nested + aux + scores)) + 2 ** 24;
}
