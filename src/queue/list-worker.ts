/**
 * A process that makes lists for a queue: reads a model and a data set once, then makes the lists of the users that its
 * parent names (sweep/child-program.ts).
 */
import { gzipSync } from "node:zlib";
import { openDataset, type DataSource } from "../data/data-source.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import type { Residual } from "../config/sae.js";
import { loadModel } from "../model-folder/folder.js";
import { withResidual } from "../model-folder/model.js";
import { UserLists, type ListFingerprints } from "../pipeline/user-lists.js";
import { serveParent } from "../sweep/child-program.js";
import type { ListsJob } from "./task.js";

/** What the parent sends first. */
export interface ListWorkerSetup {
  readonly source: DataSource;
  readonly engine: EngineOptions;
  readonly model: string;
  readonly residual: Residual;
}

let lists: UserLists;

serveParent<ListWorkerSetup, ListFingerprints, ListsJob, string>({
  async prepare({ source, engine: options, model: folder, residual }) {
    const model = withResidual(await loadModel(folder), residual);
    const { dataset } = await openDataset(source);
    const engine = openEngine(options);
    await engine.ready();
    lists = new UserLists(engine, model, dataset);
    return lists.fingerprints;
  },
  // Lists repeat their items: packed they are a quarter, and Redis holds them until they are in the file.
  run: ({ from, to, ...shape }) => Promise.resolve(gzipSync(lists.text(from, to, shape)).toString("base64")),
});
