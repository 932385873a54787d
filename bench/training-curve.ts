/**
 * A training as trainModel does it, stage by stage, with what the model is worth on the way: nDCG@20 of the test users
 * after every few epochs, beside the processor time that training alone has taken until then. For update.ts. It names
 * nothing and writes nothing.
 */
import type { Dataset, Split } from "../src/data/dataset.js";
import { csrSelectRows } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import type { Config } from "../src/config/config.js";
import type { Engine } from "../src/engine/engine.js";
import { evaluateRanking } from "../src/evaluate/evaluate.js";
import type { Recommender } from "../src/models/recommenders/recommender.js";
import { elsa } from "../src/models/recommenders/elsa.js";
import { embedAll } from "../src/models/encode-all.js";
import { openNested } from "../src/model-folder/open-model.js";
import type { ModelWeights } from "../src/model-folder/model.js";
import type { WarmStart } from "../src/model-folder/warm-start.js";
import type { FitHooks } from "../src/train/fit.js";
import type { FitState } from "../src/train/fit-state.js";
import { trainRecommender } from "../src/train/train-recommender.js";
import { trainSae } from "../src/train/train-sae.js";
import type { SaeWeights } from "../src/models/sae/sparse-autoencoder.js";

export interface CurvePoint {
  readonly epoch: number;
  /** Processor seconds of training, from the beginning of the recommender's. */
  readonly seconds: number;
  /** nDCG@20 of the test users. */
  readonly ndcg: number;
}

export interface Curves {
  /** ELSA after its epochs, and as it was kept: the last. */
  readonly recommender: readonly CurvePoint[];
  /** Through the SAE, on the ELSA that was kept; the last is the SAE that was kept. */
  readonly nested: readonly CurvePoint[];
  readonly weights: ModelWeights;
}

/** Processor time of this process that stands still while something is measured. */
class TrainingClock {
  private since = process.cpuUsage();
  private spent = 0;

  /** Seconds until now; what `work` takes is not counted. */
  pausedFor(work: (seconds: number) => void): void {
    const { user, system } = process.cpuUsage(this.since);
    this.spent += (user + system) / 1e6;
    work(this.spent);
    this.since = process.cpuUsage();
  }
}

/** @param every epochs between two points, of ELSA's and of the SAE's training. */
export async function trainingCurves(
  engine: Engine, dataset: Dataset, split: Split, config: Config, seed: number, start: WarmStart | null,
  every: { readonly recommender: number; readonly sae: number },
): Promise<Curves> {
  const random = new Random(seed);
  const [elsaSeed, saeSeed] = [random.uint32(), random.uint32()];
  const data = { train: split.train, validation: csrSelectRows(dataset.interactions, split.validation.users) };
  const items = data.train.cols;
  const { elsa: settings, sae: saeConfig } = config;
  const encoder = (values: Float32Array): ModelWeights["cfae"] =>
    ({ encoder: { data: values, shape: [items, settings.factors] } });
  const worth = (open: () => Recommender): number =>
    engine.scope(() => evaluateRanking(engine, open(), split.test).ndcg.mean);

  const recommender: CurvePoint[] = [];
  const clock = new TrainingClock();
  const point = (to: CurvePoint[], epoch: number, open: () => Recommender): void => {
    clock.pausedFor((seconds) => { to.push({ epoch, seconds, ndcg: worth(open) }); });
  };
  const trained = await trainRecommender(
    engine, elsa, { ...data, start: start?.cfae }, settings, elsaSeed,
    atEpochs(data.train.rows, settings.batchSize, every.recommender, (epoch, { arrays }) => {
      point(recommender, epoch, () => elsa.open(engine, encoder(Float32Array.from(arrays["weights/encoder"]))));
    }),
  );
  point(recommender, trained.fit.bestEpoch, () => elsa.open(engine, trained.weights));

  const nested: CurvePoint[] = [];
  const sae = await engine.scope(async () => {
    const cfae = elsa.open(engine, trained.weights);
    const [train, validation] = [embedAll(engine, cfae, data.train), embedAll(engine, cfae, data.validation)];
    const neurons = Math.round(saeConfig.expansion * settings.factors);
    const shape = { factors: settings.factors, neurons, k: saeConfig.k };
    return trainSae(
      engine, train, validation, saeConfig, saeSeed,
      atEpochs(train.rows, saeConfig.batchSize, every.sae, (epoch, { arrays }) => {
        const weights = { config, cfae: trained.weights, sae: saeWeights(arrays), shape };
        point(nested, epoch, () => openNested(engine, weights));
      }),
      { cfae, ...data }, start?.sae,
    );
  });
  const weights = { config, cfae: trained.weights, sae: sae.weights, shape: sae.shape };
  point(nested, sae.fit.bestEpoch, () => openNested(engine, weights));
  return { recommender, nested, weights };
}

/** Calls back with the state at the end of every so many epochs. */
function atEpochs(
  rows: number, batchSize: number, every: number, look: (epoch: number, state: FitState) => void,
): FitHooks {
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  let epoch = 0;
  return {
    checkpoint: {
      due: (step) => {
        epoch = step / stepsPerEpoch;
        return step % (every * stepsPerEpoch) === 0;
      },
      save: (state) => { look(epoch, state); },
    },
  };
}

function saeWeights(arrays: FitState["arrays"]): SaeWeights {
  const [encoderW, encoderB, decoderW, decoderB] = ["encoder_w", "encoder_b", "decoder_w", "decoder_b"]
    .map((name) => Float32Array.from(arrays[`weights/${name}`]));
  return { encoderW, encoderB, decoderW, decoderB };
}

/** Seconds until the curve is first at least so high; null if it never is. */
export function secondsUntil(curve: readonly CurvePoint[], ndcg: number): number | null {
  return curve.find((point) => point.ndcg >= ndcg)?.seconds ?? null;
}
