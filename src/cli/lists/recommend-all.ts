/** unknot recommend --all: the list of every user of a data set, to a file. */
import { extname, resolve } from "node:path";
import { whole } from "../../base/numbers.js";
import { residualOf } from "../../config/sae.js";
import { openDataset } from "../../data/data-source.js";
import type { Dataset } from "../../data/dataset.js";
import { openEngine } from "../../engine/open.js";
import { filePlace } from "../../files/place.js";
import { loadModel } from "../../model-folder/folder.js";
import { withResidual, type Model } from "../../model-folder/model.js";
import {
  recommendAll, writeLists, type RecommendAllOptions, type RecommendedAll,
} from "../../pipeline/recommend-all.js";
import { ofEverybody, UserLists, type ListFormat } from "../../pipeline/user-lists.js";
import type { ListsTask } from "../../queue/task.js";
import { Interrupted, UsageError, type Context } from "../context.js";
import { dataOf, type ProfileOptions } from "../open-model.js";
import { withOutput } from "../output.js";
import { duration, type Progress } from "../progress.js";

export interface RecommendAllCommandOptions extends ProfileOptions {
  count: number;
  out?: string;
  format?: ListFormat;
  batchUsers?: number;
  queue?: string;
}

/** Node and the program. */
const PROCESS_BYTES = 100 * 2 ** 20;
/** Scores of a batch, and their ranking's working memory. */
const BATCH_BYTES = 2 ** 26;

export async function recommendToAll(options: RecommendAllCommandOptions, context: Context): Promise<void> {
  const { out } = options;
  if (out === undefined) throw new UsageError("--all writes to a file: give --out FILE");
  if (options.user !== undefined || options.likes || options.titles) {
    throw new UsageError("--all is for everybody: no --user, --likes or --titles");
  }
  const { path, stream } = await filePlace(out);
  if (stream) throw new UsageError(`${out}: --all goes on after a kill, for which it needs an ordinary file`);
  const format = options.format ?? (extname(out) === ".csv" ? "csv" : "jsonl");
  const model = withResidual(await loadModel(options.model), options.residual);
  const source = ofEverybody(await dataOf(options, model, options.model));
  const progress = context.progress(options);
  const { threads, kernels, numerics } = options;
  const engine = openEngine({ threads, kernels, numerics });
  try {
    await withOutput({ path }, async () => {
      await engine.ready();
      const { dataset } = await openDataset(source, progress.reading);
      progress.clear();
      const request = {
        n: options.count, format, batchUsers: options.batchUsers, signal: context.signal, onProgress: watch(progress),
      };
      const written = options.queue === undefined
        ? await recommendAll(engine, model, dataset, path, request)
        : await throughQueue(options.queue, new UserLists(engine, model, dataset), path, request, {
          source, model: resolve(options.model), residual: residualOf(model), kernels, numerics: engine.numerics,
          bytes: bytesOf(model, dataset),
        }, progress);
      progress.clear();
      if (options.json) context.json({ out, format, ...written });
      else context.print(describe(written, out));
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.by, `what is done is in ${out}.part; the same command goes on`);
  } finally {
    progress.clear();
    engine.close();
  }
}

/** The same file, of lists that others make. @param lists are not made here: what they are is. */
async function throughQueue(
  address: string, lists: UserLists, path: string, request: RecommendAllOptions,
  task: Omit<ListsTask, "kind" | "job" | "fingerprints">, progress: Progress,
): Promise<RecommendedAll> {
  const { withQueuedLists } = await import("../../queue/queue-lists.js");
  const { fingerprints, users } = lists;
  return withQueuedLists({
    ...request, address, users, rangeUsers: request.batchUsers, task: { ...task, fingerprints },
    onNote: (text) => progress.note(text),
  }, (source) => writeLists(path, lists, source, request));
}

/** Memory of a process that makes lists: the weights as read and in its engine, the data set, and a batch's scores. */
function bytesOf({ cfae, sae }: Model, { interactions }: Dataset): number {
  const arrays = [...Object.values(cfae).map(({ data }) => data), sae.encoderW, sae.decoderW];
  const weights = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return PROCESS_BYTES + 2 * weights + 16 * interactions.indices.length + 2 * BATCH_BYTES;
}

function watch(progress: Progress): RecommendAllOptions["onProgress"] {
  const began = performance.now();
  return (done, all, before) => {
    const perMs = (done - before) / (performance.now() - began);
    progress.show(
      "lists", done, all,
      `${whole(done)} of ${whole(all)}  ${whole(Math.round(1000 * perMs))} users/s  ` +
      `about ${duration((all - done) / perMs)} left`,
    );
  };
}

function describe({ users, resumed, unknown }: RecommendedAll, out: string): string {
  return `${whole(users)} lists in ${out}` +
    (resumed > 0 ? `, ${whole(resumed)} of them from a run that was stopped` : "") +
    (unknown > 0 ? `; ${whole(unknown)} are empty, as the model knows no item of theirs` : "");
}
