/**
 * Everybody's list: each user of a data set through a model, to a file in the order of the data set. Memory does not
 * grow with the number of users. The lists come from a source, range by range: this machine's (user-lists.ts), or a
 * queue that others work on (queue/queue-lists.ts).
 *
 * The lists grow in OUT.part, and after each range OUT.part.json says how far they are: a killed run goes on from there
 * to the same bytes, with another model, data or settings it begins anew. At the end the whole file takes its place.
 */
import { open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { UserError } from "../base/user-error.js";
import type { Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { writeAtomically } from "../files/atomic.js";
import { codeOf, whyNot } from "../files/io-error.js";
import type { Model } from "../model-folder/model.js";
import { headOf, keyOf, UserLists, type ListShape } from "./user-lists.js";

/** What is written, and who is told. */
export interface RecommendAllOptions extends ListShape {
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

/** Where lists come from. */
export interface ListSource {
  /** The lists of users from … to − 1: what stood before `from` is written and on the disk by then. */
  next(from: number): Promise<{ readonly to: number; readonly text: string }>;
}

/**
 * @param out an ordinary file; what was there is replaced when all lists are written.
 * @throws UserError when it cannot be written; the signal's reason.
 */
export async function recommendAll(
  engine: Engine, model: Model, dataset: Dataset, out: string, options: RecommendAllOptions,
): Promise<RecommendedAll> {
  const { batchBytes, batchUsers } = options;
  const lists = new UserLists(engine, model, dataset);
  const rows = lists.batchUsers(batchBytes, batchUsers);
  return engine.scope(() => writeLists(out, lists, {
    next: (from) => {
      const to = Math.min(lists.users, from + rows);
      return Promise.resolve({ to, text: lists.text(from, to, options, batchBytes) });
    },
  }, options));
}

/** As recommendAll, with lists from anywhere. @param lists whose they are. */
export async function writeLists(
  out: string, lists: Pick<UserLists, "users" | "unknown" | "fingerprints">, source: ListSource,
  options: RecommendAllOptions,
): Promise<RecommendedAll> {
  const [part, stateFile] = [`${out}.part`, `${out}.part.json`];
  const state = await stateOf(stateFile, part, keyOf(lists.fingerprints, options));
  try {
    const handle = await openPart(part, state);
    try {
      await writeRanges({ handle, stateFile, state }, lists.users, source, options);
    } finally {
      await handle.close();
    }
    await rename(part, out);
    await rm(stateFile, { force: true });
  } catch (error) {
    if (error instanceof UserError || codeOf(error) === "") throw error;
    throw new UserError(`${out}: cannot be written: ${whyNot(error)}; the same command goes on`);
  }
  return { users: lists.users, resumed: state.users, unknown: lists.unknown };
}

interface State {
  readonly key: string;
  readonly users: number;
  readonly bytes: number;
}

interface Place {
  readonly handle: FileHandle;
  readonly stateFile: string;
  readonly state: State;
}

/** What is left, range by range: first the lists, then how far they are. */
async function writeRanges(
  { handle, stateFile, state }: Place, all: number, source: ListSource, options: RecommendAllOptions,
): Promise<void> {
  const { format, onProgress, signal } = options;
  let { users, bytes } = state;
  if (users === 0) bytes = await writeAt(handle, bytes, headOf(format));
  while (users < all) {
    signal?.throwIfAborted();
    const { to, text } = await source.next(users);
    bytes = await writeAt(handle, bytes, text);
    users = to;
    await handle.sync();
    await writeAtomically(stateFile, JSON.stringify({ key: state.key, users, bytes } satisfies State));
    onProgress?.(users, all, state.users);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
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
