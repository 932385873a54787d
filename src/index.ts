/**
 * unknot as a library. The whole way in ten lines:
 *
 *   import { loadModel, openSession, readDataset, saveModel, trainModel } from "unknot";
 *
 *   const dataset = await readDataset("ml-latest-small");
 *   const model = await trainModel(dataset, { seed: 42 });
 *   console.log(model.metrics.nested.ndcg);              // { mean, se, n } over the test users
 *   await saveModel("small-model", model);
 *
 *   const session = openSession(await loadModel("small-model"));
 *   const likes = ["1214", "541"];                       // item ids: Alien, Blade Runner
 *   console.log(session.recommend(likes, 5).items);
 *   console.log(session.steer(likes, [{ tag: "dark comedy", strength: 0.3 }], 5).after);
 *   console.log(session.explain(likes, "1200"));         // adds up to the score: concepts, and neurons
 *   session.close();
 *
 * Parts to build something else from are behind subpaths (src/entries): unknot/engine, autograd, models, train, data,
 * evaluate, interpret, steer, sweep, report, browser. Errors that a caller can put right are UserErrors whose message
 * stands alone.
 *
 * Importing this is cheap: what a session does not need is loaded when a function that needs it is called.
 *
 * @module unknot
 */
import type { Dataset } from "./data/dataset.js";
import type { ReadOptions } from "./data/read-dataset.js";
import type { ExportWebOptions, WebExportSummary } from "./export/export-web.js";
import type { Model } from "./model-folder/model.js";
import type { TrainOptions } from "./pipeline/train-model.js";

export { UserError } from "./base/user-error.js";
export { enableRelaxedSimd } from "./engine/relaxed-simd.js";
export { presets } from "./config/presets.js";
export { splitDataset } from "./data/split-users.js";
export { evaluateModel } from "./measure/evaluate-model.js";
export { openSession, type SessionOptions } from "./session/open-session.js";
export type { Config } from "./config/config.js";
export type { Dataset, Split } from "./data/dataset.js";
export type { ReadOptions } from "./data/read-dataset.js";
export type { ExportWebOptions, WebExportSummary } from "./export/export-web.js";
export type { Model } from "./model-folder/model.js";
export type { TrainOptions } from "./pipeline/train-model.js";
export type { Segment } from "./session/segments.js";
export type { Session } from "./session/session.js";
export type {
  ExplainedItem, KnobRequest, ListedItem, ModelSummary, NeuronReport, SteeredLists,
  TagReport, UserReport,
} from "./session/session-types.js";

/**
 * Reads a data set: who chose what, with titles and tags where there are any.
 *
 * @param place a folder, a ZIP archive, a file of interactions, a pattern for several, or "-" for standard input
 * @throws UserError naming file, line and what was expected
 */
export async function readDataset(place: string, options?: ReadOptions): Promise<Dataset> {
  return (await import("./data/read-dataset.js")).readDataset(place, options);
}

/**
 * Trains, evaluates and labels a model (docs/method.md §2–4). Same data, configuration, seed and numerics: same bits,
 * whatever the number of threads.
 *
 * @throws UserError for a configuration that makes no sense or does not fit the memory, before any work
 */
export async function trainModel(dataset: Dataset, options?: TrainOptions): Promise<Model> {
  return (await import("./pipeline/train-model.js")).trainModel(dataset, options);
}

/**
 * Writes a model to a folder of two files (docs/exchange.md), whole or not at all; a model there is replaced.
 *
 * @throws UserError when it cannot be written there
 */
export async function saveModel(folder: string, model: Model): Promise<void> {
  await (await import("./model-folder/folder.js")).saveModel(folder, model);
}

/**
 * Reads a model that `saveModel` or `unknot train` wrote.
 *
 * @throws UserError when there is none, or one that is damaged or of a later version
 */
export async function loadModel(folder: string): Promise<Model> {
  return (await import("./model-folder/folder.js")).loadModel(folder);
}

/**
 * Writes the mixing desk with the model inside as a static site, for any host, or as one HTML file.
 *
 * @param place a folder; with `singleFile` a file whose name ends in .html. An earlier export there is replaced
 * @returns the sizes of its files, and what storing the weights in few bits cost in accuracy
 * @throws UserError when it cannot be written there, before any work
 */
export async function exportWeb(
  model: Model, place: string, options?: ExportWebOptions,
): Promise<WebExportSummary> {
  return (await import("./export/export-web.js")).exportWeb(model, place, options);
}
