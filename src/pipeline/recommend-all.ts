/**
 * Everybody's list: each user of a data set through a model, to a file in the order of the data set. Users go in
 * batches whose scores, (B, I), stay within a bound, so memory does not grow with their number; the length of a batch
 * changes no bit of a list.
 *
 * The lists grow in OUT.part, and after each batch OUT.part.json says how far they are: a killed run goes on from there
 * to the same bytes, with another model, data or settings it begins anew. At the end the whole file takes its place.
 */
import { createHash } from "node:crypto";
import { open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { writeAtomically } from "../files/atomic.js";
import { codeOf, whyNot } from "../files/io-error.js";
import { rankAll } from "../models/recommenders/rank-all.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { residualOf } from "../config/sae.js";
import { shownWith, type Model } from "../model-folder/model.js";
import { openCfae, openNested } from "../model-folder/open-model.js";

/** One JSON object a user, or one row of a table a recommendation. */
export type ListFormat = "jsonl" | "csv";

/** What is written, and who is told. */
export interface RecommendAllOptions {
  /** Length of a list. */
  readonly n: number;
  readonly format: ListFormat;
  /** Bytes of scores at once, at most; one user is always possible. Default 64 MiB. */
  readonly batchBytes?: number;
  /** Users at once, at most. Default 512. */
  readonly batchUsers?: number;
  /** After each batch. @param began of how many lists were there already. */
  readonly onProgress?: (done: number, all: number, began: number) => void;
  /** Stops between batches; the same call goes on. */
  readonly signal?: AbortSignal;
}

/** What was done. */
export interface RecommendedAll {
  readonly users: number;
  /** Users whose lists an earlier run had written. */
  readonly resumed: number;
  /** Users without an item that the model knows: their lists are empty. */
  readonly unknown: number;
}

interface State {
  readonly key: string;
  readonly users: number;
  readonly bytes: number;
}

const BATCH_BYTES = 2 ** 26;
const MOST_ROWS = 512;

/**
 * @param out an ordinary file; what was there is replaced when all lists are written.
 * @throws UserError when it cannot be written; the signal's reason.
 */
export async function recommendAll(
  engine: Engine, model: Model, dataset: Dataset, out: string, options: RecommendAllOptions,
): Promise<RecommendedAll> {
  const input = knownItems(model, dataset);
  const [part, stateFile] = [`${out}.part`, `${out}.part.json`];
  const state = await stateOf(stateFile, part, keyOf(engine, model, dataset, input, options));
  try {
    const handle = await openPart(part, state);
    try {
      await engine.scope(() => writeLists(engine, model, dataset, input, { handle, stateFile, state }, options));
    } finally {
      await handle.close();
    }
    await rename(part, out);
    await rm(stateFile, { force: true });
  } catch (error) {
    if (error instanceof UserError || codeOf(error) === "") throw error;
    throw new UserError(`${out}: cannot be written: ${whyNot(error)}; the same command goes on`);
  }
  const unknown = Array.from({ length: input.rows }, (_, u) => csrRow(input, u).length).filter((k) => k === 0).length;
  return { users: input.rows, resumed: state.users, unknown };
}

interface Place {
  readonly handle: FileHandle;
  readonly stateFile: string;
  readonly state: State;
}

/** What is left, batch by batch: first the lists, then how far they are. */
async function writeLists(
  engine: Engine, model: Model, dataset: Dataset, input: Csr, { handle, stateFile, state }: Place,
  options: RecommendAllOptions,
): Promise<void> {
  const { format, batchBytes = BATCH_BYTES, batchUsers = MOST_ROWS, onProgress, signal } = options;
  const rows = Math.max(1, Math.min(batchUsers, Math.floor(batchBytes / (4 * model.items.ids.length))));
  const recommender = opened(engine, model);
  let { users, bytes } = state;
  if (users === 0 && format === "csv") bytes = await writeAt(handle, bytes, "user,rank,item,score\n");
  while (users < input.rows) {
    signal?.throwIfAborted();
    const to = Math.min(input.rows, users + rows);
    bytes = await writeAt(handle, bytes, listsOf(engine, recommender, model, dataset, input, [users, to], options));
    users = to;
    await handle.sync();
    await writeAtomically(stateFile, JSON.stringify({ key: state.key, users, bytes } satisfies State));
    onProgress?.(users, input.rows, state.users);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

/** (U, I) the users' items that the model knows, in its numbers. */
function knownItems({ items: { ids } }: Model, { interactions, itemIds }: Dataset): Csr {
  const place = new Map(ids.map((id, i) => [id, i]));
  const own = itemIds.map((id) => place.get(id) ?? -1);
  return csrFromLists(Array.from({ length: interactions.rows }, (_, u) =>
    Array.from(csrRow(interactions, u), (i) => own[i]).filter((i) => i >= 0).sort((a, b) => a - b)), ids.length);
}

/** What sessions show with nothing turned. */
function opened(engine: Engine, model: Model): Recommender {
  return shownWith(residualOf(model)) === "cfae"
    ? openCfae(engine, model.config, model.cfae) : openNested(engine, model);
}

/** The lists of users from … to − 1 as text. */
function listsOf(
  engine: Engine, recommender: Recommender, { items: { ids } }: Model, { userIds }: Dataset, input: Csr,
  [from, to]: readonly [number, number], { n, format }: RecommendAllOptions,
): string {
  let text = "";
  const some = csrSelectRows(input, Int32Array.from({ length: to - from }, (_, r) => from + r));
  rankAll(engine, recommender, some, (row, list, scores) => {
    const user = userIds[from + row];
    // Nobody's profile ranks nothing.
    const known = some.indptr[row + 1] > some.indptr[row];
    const items = Array.from(list, (item, i) => ({ id: ids[item], score: Number(scores[i].toPrecision(7)) }))
      .filter((_, i) => known && list[i] >= 0 && scores[i] > -Infinity);
    if (format === "jsonl") text += `${JSON.stringify({ user, items })}\n`;
    else items.forEach(({ id, score }, i) => { text += `${quoted(user)},${i + 1},${quoted(id)},${score}\n`; });
  }, { n: Math.min(n, ids.length), batchSize: to - from });
  return text;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field;
}

/** Of everything that the bytes depend on. */
function keyOf(
  engine: Engine, model: Model, { userIds }: Dataset, input: Csr, { n, format }: RecommendAllOptions,
): string {
  const sum = createHash("sha256").update(JSON.stringify([2, n, format, model.config, engine.numerics]));
  sum.update(model.items.ids.join("\n")).update("\n\n").update(userIds.join("\n"));
  const { decoderW, encoderW, decoderB, encoderB } = model.sae;
  const weights = Object.values(model.cfae).map(({ data }) => data);
  const arrays = [...weights, decoderW, encoderW, decoderB, encoderB, input.indptr, input.indices];
  for (const array of arrays) sum.update(array);
  return sum.digest("hex");
}

async function stateOf(file: string, part: string, key: string): Promise<State> {
  const fresh = { key, users: 0, bytes: 0 };
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return fresh;
  try {
    const found = JSON.parse(text) as State;
    const handle = await open(part, "r");
    const { size } = await handle.stat().finally(() => handle.close());
    return found.key === key && size >= found.bytes ? found : fresh;
  } catch {
    return fresh;
  }
}

/** The lists so far, without what a killed run had written beyond them. */
async function openPart(part: string, { bytes }: State): Promise<FileHandle> {
  const handle = await open(part, bytes > 0 ? "r+" : "w");
  await handle.truncate(bytes);
  return handle;
}

/** @returns where the text ends. */
async function writeAt(handle: FileHandle, at: number, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  await handle.write(bytes, 0, bytes.length, at);
  return at + bytes.length;
}
