/**
 * The rows of the table that are about the size of item vectors (docs/method.md §8.7): dense ELSA, ELSA trained sparse,
 * and dense vectors compressed afterwards.
 */
import { DEFAULT_ELSA_SPARSE, type ElsaSparseConfig } from "../../src/config/elsa-sparse.js";
import { presets } from "../../src/config/presets.js";
import type { Matrix } from "../../src/autograd/index.js";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import type { Engine } from "../../src/engine/engine.js";
import { elsa } from "../../src/models/recommenders/elsa.js";
import { levelsOf, type PruningLevel } from "../../src/models/recommenders/pruning.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { SparseElsa } from "../../src/models/recommenders/sparse-elsa.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";
import { trainRecommender } from "../../src/train/train-recommender.js";
import { trainSparseElsa } from "../../src/train/train-sparse-elsa.js";
import { compressItems } from "./compressed.js";
import { kept, resumable } from "./kept.js";
import type { Protocol } from "./protocol.js";
import type { Figures, Rows } from "./rows.js";

/** Entries of an item: 1,024 to 64 bytes. */
export const SIZES: readonly number[] = [128, 64, 32, 16, 8];

export interface Table {
  readonly engine: Engine;
  readonly protocol: Protocol;
  readonly rows: Rows;
  /** The name of a file for what is kept; null where nothing is. */
  fileFor(name: string): string | null;
}

const since = (began: number): number => (performance.now() - began) / 1000;
/** Epochs without a better validation loss after which dense ELSA stops. */
const PATIENCE = 3;

/** Dense ELSA, for as many epochs as are best while choosing, trained on whom the final models are trained on. */
async function denseWeights(
  { engine, protocol, fileFor }: Table, factors: number, seed: number,
): Promise<{ weights: NamedTensors; epochs: number }> {
  const config = { ...presets.default.elsa, factors, patience: PATIENCE };
  const { choosing, final, watched: validation } = protocol;
  const { epochs: { data: [epochs] }, ...weights } = await kept(fileFor(`elsa-${factors}-${seed}`), async () => {
    const first = await resumable(fileFor(`elsa-${factors}-${seed}-choosing`), (hooks) =>
      trainRecommender(engine, elsa, { train: choosing, validation }, config, seed, hooks));
    const best = first.fit.bestEpoch;
    const own = final === choosing ? first : await resumable(fileFor(`elsa-${factors}-${seed}-final`), (hooks) =>
      trainRecommender(
        engine, elsa, { train: final, validation }, { ...config, epochs: best, patience: 0 }, seed, hooks,
      ));
    return { ...own.weights, epochs: { shape: [1], data: Float32Array.of(best) } };
  });
  return { weights, epochs };
}

export async function elsaRows(table: Table, factors: number, seeds: readonly number[]): Promise<void> {
  const { engine, rows } = table;
  for (const seed of seeds) {
    const asked = { factors, seed };
    if (rows.has("ELSA", asked)) continue;
    const began = performance.now();
    const { weights, epochs } = await denseWeights(table, factors, seed);
    engine.scope(() => {
      const figures = both(table, elsa.open(engine, weights));
      rows.add({ model: "ELSA", asked, found: { epochs }, ...figures, seconds: since(began) });
    });
  }
}

/**
 * One training shows all sizes on its way. Where the schedule goes down an epoch a level, it stays for all epochs of a
 * level at the sizes that are shown.
 */
export async function sparseRows(
  table: Table, set: Partial<ElsaSparseConfig>, seeds: readonly number[],
): Promise<void> {
  const { engine, protocol: { final, watched }, rows, fileFor } = table;
  const config: ElsaSparseConfig = { ...DEFAULT_ELSA_SPARSE, nonZeros: SIZES[SIZES.length - 1], ...set };
  const levels = withStays(levelsOf(config), config);
  for (const seed of seeds) {
    const asked = (nonZeros: number): object => ({ ...set, nonZeros, seed });
    const wanted = levels.filter((level) => isShown(level, config));
    if (wanted.every(({ entries }) => rows.has("sparse ELSA", asked(entries)))) continue;
    const began = performance.now();
    const name = `sparse-${seed}-${Object.entries(set).flat().join("-").replace(/[^\w.-]+/g, "")}`;
    await resumable(fileFor(name), (hooks) => trainSparseElsa(engine, final, watched, config, seed, {
      ...hooks,
      onLevel: (vectors, level) => {
        if (!isShown(level, config) || rows.has("sparse ELSA", asked(level.entries))) return;
        engine.scope(() => {
          const figures = both(table, new SparseElsa(engine, vectors, config.factors));
          rows.add({ model: "sparse ELSA", asked: asked(level.entries), ...figures, seconds: since(began) });
        });
      },
    }, { levels }));
  }
}

const isShown = ({ entries }: PruningLevel, { nonZeros, factors }: ElsaSparseConfig): boolean =>
  entries === nonZeros || (SIZES.includes(entries) && 4 * entries <= factors);

/** The same levels, with all epochs where a size is shown. */
function withStays(levels: readonly PruningLevel[], config: ElsaSparseConfig): PruningLevel[] {
  return levels.map((level) => (isShown(level, config) ? { ...level, epochs: config.levelEpochs } : level));
}

export interface PostHocOptions {
  readonly factors: number;
  readonly neurons: number;
  /** At most: the best by the validation users' nDCG counts, looked at after every tenth of them. */
  readonly epochs: number;
}

/** Dense ELSA's item vectors, compressed to every size. */
export async function postHocRows(
  table: Table, { factors, neurons, epochs }: PostHocOptions, seeds: readonly number[],
): Promise<void> {
  const { engine, protocol, rows } = table;
  for (const seed of seeds) {
    for (const nonZeros of SIZES) {
      const asked = { factors, neurons, nonZeros, most: epochs, seed };
      if (rows.has("compressed after", asked)) continue;
      const began = performance.now();
      const vectors = itemVectorsOf(engine, (await denseWeights(table, factors, seed)).weights);
      const best = { epoch: 0, ndcg: -1, loss: NaN, codes: null as SparseItemVectors | null };
      await compressItems(engine, vectors, { neurons, nonZeros, epochs }, seed, (epoch, loss, codes) => {
        if (epoch % Math.ceil(epochs / LOOKS) !== 0 && epoch !== epochs) return;
        engine.scope(() => {
          const found = codes();
          const { ndcg } = protocol.validate(new SparseElsa(engine, found, neurons));
          if (ndcg.mean > best.ndcg) Object.assign(best, { epoch, loss, ndcg: ndcg.mean, codes: found });
        });
      });
      engine.scope(() => {
        const figures = both(table, new SparseElsa(engine, best.codes!, neurons));
        const found = { epochs: best.epoch, cosine: (1 - best.loss).toFixed(4) };
        rows.add({ model: "compressed after", asked, found, ...figures, seconds: since(began) });
      });
    }
  }
}

const LOOKS = 5;

function itemVectorsOf(engine: Engine, weights: NamedTensors): Matrix {
  return engine.scope(() => {
    const { data, rows, cols } = elsa.open(engine, weights).itemVectors!;
    return { data: Float32Array.from(data), rows, cols };
  });
}

/** Validation figures where no model was trained on those users. */
function both({ protocol }: Table, model: Recommender): { validation: Figures | null; test: Figures } {
  return { validation: protocol.published ? null : protocol.validate(model), test: protocol.test(model) };
}
