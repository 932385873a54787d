/** unknot recommend --all: the list of every user of a data set, to a file. */
import { extname } from "node:path";
import { whole } from "../../base/numbers.js";
import { openDataset } from "../../data/data-source.js";
import { openEngine } from "../../engine/open.js";
import { filePlace } from "../../files/place.js";
import { loadModel } from "../../model-folder/folder.js";
import { withResidual } from "../../model-folder/model.js";
import { recommendAll, type ListFormat } from "../../pipeline/recommend-all.js";
import { Interrupted, UsageError, type Context } from "../context.js";
import { dataOf, type ProfileOptions } from "../open-model.js";
import { withOutput } from "../output.js";
import { duration } from "../progress.js";

export interface RecommendAllCommandOptions extends ProfileOptions {
  count: number;
  out?: string;
  format?: ListFormat;
  batchUsers?: number;
}

/** Everybody is asked for, also who has few items and items that few have: they are nobody's training. */
const EVERYBODY = { minUserInteractions: 1, minItemInteractions: 1 };

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
  const source = await dataOf(options, model, options.model);
  const progress = context.progress(options);
  const { threads, kernels, numerics } = options;
  const engine = openEngine({ threads, kernels, numerics });
  try {
    await withOutput({ path }, async () => {
      await engine.ready();
      const { dataset } = await openDataset({ ...source, read: { ...EVERYBODY, ...source.read } }, progress.reading);
      progress.clear();
      const began = performance.now();
      const written = await recommendAll(engine, model, dataset, path, {
        n: options.count, format, batchUsers: options.batchUsers, signal: context.signal,
        onProgress: (done, all, before) => {
          const perMs = (done - before) / (performance.now() - began);
          progress.show(
            "lists", done, all,
            `${whole(done)} of ${whole(all)}  ${whole(Math.round(1000 * perMs))} users/s  ` +
            `about ${duration((all - done) / perMs)} left`,
          );
        },
      });
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

function describe({ users, resumed, unknown }: Awaited<ReturnType<typeof recommendAll>>, out: string): string {
  return `${whole(users)} lists in ${out}` +
    (resumed > 0 ? `, ${whole(resumed)} of them from a run that was stopped` : "") +
    (unknown > 0 ? `; ${whole(unknown)} are empty, as the model knows no item of theirs` : "");
}
