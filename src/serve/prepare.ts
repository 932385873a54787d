/**
 * Everything about a model that takes long and needs no session: reading it, the codes of all items and what the tags
 * turn, the known users' histories, the desk's files. As plain data, so that another thread can do it while this one
 * answers requests.
 */
import { Worker } from "node:worker_threads";
import { sessionBytes } from "../browser/open-engine.js";
import type { Dataset } from "../data/dataset.js";
import { MAX_HEAP_BYTES } from "../engine/heap.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { deskFiles } from "../export/desk-files.js";
import { deskPage, type DeskPlace } from "../export/desk-page.js";
import type { ItemLinks } from "../export/item-links.js";
import { UserError } from "../base/user-error.js";
import { openDataset, type DataSource } from "../data/data-source.js";
import { loadModel } from "../model-folder/folder.js";
import type { Residual } from "../config/sae.js";
import { withResidual, type Model } from "../model-folder/model.js";
import { encodeWebModel, WEB_DESCRIPTION, WEB_TENSORS, type Precision } from "../model-folder/web-model.js";
import { FIRST_ANSWERS, firstAnswers } from "../browser/first-answers.js";
import { workOut, type WorkedOut } from "../session/precompute.js";
import { Session } from "../session/session.js";

export interface PrepareOptions extends Pick<EngineOptions, "threads" | "kernels" | "numerics"> {
  readonly data?: DataSource;
  readonly desk?: Precision;
  /** Where the desk finds pages and pictures of items. Default: nowhere. */
  readonly links?: ItemLinks;
  /** What becomes of what the SAE does not rebuild. Default: as the model says. */
  readonly residual?: Residual;
}

export interface Prepared {
  readonly model: Model;
  readonly known: WorkedOut;
  /** The known users; null without any. */
  readonly dataset: Pick<Dataset, "name" | "userIds" | "itemIds" | "interactions"> | null;
  /** The desk's files and its model, by path; null without a desk. */
  readonly files: readonly (readonly [path: string, bytes: Uint8Array])[] | null;
}

/** What the thread (prepare-worker.ts) is told, and what it says. */
export type Task = readonly [folder: string, options: PrepareOptions];
export type Outcome = { readonly prepared: Prepared } | { readonly message: string; readonly user: boolean };

/** @throws UserError when the model, the data or the desk's files cannot be read. */
export async function prepare(folder: string, options: PrepareOptions): Promise<Prepared> {
  return prepareModel(await loadModel(folder), options);
}

/** As prepare, from a model in memory. */
export async function prepareModel(loaded: Model, options: PrepareOptions): Promise<Prepared> {
  const { data, desk, links, threads = 1, kernels, numerics, residual } = options;
  const model = withResidual(loaded, residual);
  const engine = openEngine({ threads, kernels, numerics, memoryBytes: memoryFor(model) });
  const known = workOut(engine, model);
  const first = desk && firstAnswers(new Session(model, engine, known), { precision: desk, accuracy: null });
  engine.close();
  let dataset: Prepared["dataset"] = null;
  if (data) {
    const { name, userIds, itemIds, interactions } = (await openDataset(data)).dataset;
    dataset = { name, userIds, itemIds, interactions };
  }
  const files = desk ? [
    ...await deskWith(model, known, desk, { first: "service", users: dataset, links }),
    [`/model/${FIRST_ANSWERS}`, new TextEncoder().encode(JSON.stringify(first))] as const,
  ] : null;
  return { model, known, dataset, files };
}

/** The same on a thread of its own. */
export function prepareElsewhere(folder: string, options: PrepareOptions): Promise<Prepared> {
  const task: Task = [folder, options];
  const worker = new Worker(new URL("./prepare-worker.js", import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.on("message", (outcome: Outcome) => {
      if ("prepared" in outcome) resolve(outcome.prepared);
      else reject(outcome.user ? new UserError(outcome.message) : new Error(outcome.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the thread that loads a model ended with code ${code}`)));
  });
}

/** What a session needs, and as much again for a batch of items while all are encoded. */
export function memoryFor(model: Model): number {
  return Math.min(MAX_HEAP_BYTES, sessionBytes(model) + 2 ** 29);
}

async function deskWith(
  model: Model, { itemCodes, tagKnobs }: WorkedOut, precision: Precision, place: DeskPlace,
): Promise<[string, Uint8Array][]> {
  const desk = await deskFiles();
  const files = { ...desk, "index.html": deskPage(desk["index.html"], place) };
  const { description, tensors } = await encodeWebModel(model, itemCodes, { precision, tagKnobs });
  return [
    ...Object.entries(files).map(([name, bytes]): [string, Uint8Array] => [`/${name}`, bytes]),
    [`/model/${WEB_DESCRIPTION}`, new TextEncoder().encode(description)],
    [`/model/${WEB_TENSORS}`, Buffer.concat(tensors)],
  ];
}
