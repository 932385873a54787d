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
import { UserError } from "../base/user-error.js";
import { openDataset, type DataSource } from "../data/data-source.js";
import { loadModel } from "../model-folder/folder.js";
import type { Residual } from "../config/sae.js";
import { withResidual, type Model } from "../model-folder/model.js";
import { encodeWebModel, WEB_DESCRIPTION, WEB_TENSORS, type Precision } from "../model-folder/web-model.js";
import { workOut, type WorkedOut } from "../session/precompute.js";

export interface PrepareOptions extends Pick<EngineOptions, "threads" | "kernels" | "numerics"> {
  readonly data?: DataSource;
  readonly desk?: Precision;
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

/** Users whom the desk names to choose from; any other can be typed. */
const SOME_USERS = 200;

/** What the thread (prepare-worker.ts) is told, and what it says. */
export type Task = readonly [folder: string, options: PrepareOptions];
export type Outcome = { readonly prepared: Prepared } | { readonly message: string; readonly user: boolean };

/** @throws UserError when the model, the data or the desk's files cannot be read. */
export async function prepare(folder: string, options: PrepareOptions): Promise<Prepared> {
  return prepareModel(await loadModel(folder), options);
}

/** As prepare, from a model in memory. */
export async function prepareModel(loaded: Model, options: PrepareOptions): Promise<Prepared> {
  const { data, desk, threads = 1, kernels, numerics, residual } = options;
  const model = withResidual(loaded, residual);
  const engine = openEngine({ threads, kernels, numerics, memoryBytes: memoryFor(model) });
  const known = workOut(engine, model);
  engine.close();
  let dataset: Prepared["dataset"] = null;
  if (data) {
    const { name, userIds, itemIds, interactions } = (await openDataset(data)).dataset;
    dataset = { name, userIds, itemIds, interactions };
  }
  return { model, known, dataset, files: desk ? await deskWith(model, known, desk, dataset) : null };
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
  model: Model, { itemCodes, tagKnobs }: WorkedOut, precision: Precision, dataset: Prepared["dataset"],
): Promise<[string, Uint8Array][]> {
  const desk = await deskFiles();
  const files = dataset ? { ...desk, "index.html": withUsers(desk["index.html"], dataset) } : desk;
  const { description, tensors } = await encodeWebModel(model, itemCodes, { precision, tagKnobs });
  return [
    ...Object.entries(files).map(([name, bytes]): [string, Uint8Array] => [`/${name}`, bytes]),
    [`/model/${WEB_DESCRIPTION}`, new TextEncoder().encode(description)],
    [`/model/${WEB_TENSORS}`, Buffer.concat(tensors)],
  ];
}

/** Says in the desk's page that users are known, and names some of them (desk/state/known-users.ts). */
function withUsers(page: Buffer, { name, userIds }: Pick<Dataset, "name" | "userIds">): Buffer {
  const step = Math.max(1, Math.floor(userIds.length / SOME_USERS));
  const some = userIds.filter((_, row) => row % step === 0).slice(0, SOME_USERS);
  const content = JSON.stringify({ name, count: userIds.length, some })
    .replace(/[&"<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  const [head, ...rest] = page.toString("utf8").split("</head>");
  return Buffer.from(`${head}<meta name="unknot-users" content="${content}">\n</head>${rest.join("</head>")}`);
}
