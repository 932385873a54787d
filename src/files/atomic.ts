/**
 * Outputs that appear complete or not at all: files and folders of files, from pieces at hand or from a stream of them.
 *
 * A file is written under a temporary name beside its place (.part), forced to disk, renamed. A folder likewise, as a
 * whole:
 *
 *   NAME.unknot-PID.part   being written
 *   NAME.unknot-PID.new    whole; from here on a kill loses nothing: whoever comes next goes on (endInterrupted)
 *   NAME.unknot-PID.old    the earlier one, for the moment between two renames
 *
 * A folder that cannot be renamed (a mount point, the current folder) is written within, at .unknot-PID.part and .new,
 * and its files move to their places one by one. Links are followed, devices and pipes written through; one process at
 * a time writes at a place (lock.ts) and first removes what a killed one left.
 */
import { constants, copyFile, cp, link, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "../base/user-error.js";
import { codeOf, whyNot } from "./io-error.js";
import { lockOutput, type LockedPlace } from "./lock.js";
import { checkFolder, filePlace, folderPlace, OWN, stemOf, type FolderPlace } from "./place.js";

/** A file's bytes: a text, or pieces that may be made while they are written. */
export type Content = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A file's name, in which "/" stands for a folder within, and its bytes. */
export interface FileContent {
  readonly name: string;
  readonly pieces: Content;
}

/** Milliseconds that a folder's writer waits for another process to be done with its own. */
const PATIENCE = 10_000;
/** How often a folder that changes while it is read is read again. */
const READS = 5;
/** What a rename says of a place that cannot be moved, or not by us. */
const IMMOVABLE = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EINVAL"]);

/**
 * @param earlier a name under which the file that was there is kept; default: it is replaced.
 * @throws UserError when it cannot be written; an earlier file then stays as it was.
 */
export async function writeAtomically(file: string, content: Content, earlier?: string): Promise<void> {
  const { path, stream } = await filePlace(file);
  try {
    if (stream) await writeThrough(path, content);
    else await exclusively({ path }, () => replaceFile(path, content, earlier));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: cannot be written: ${whyNot(error)}`);
  }
}

/** A pipe that nothing reads from would never open: that is an error here. */
async function writeThrough(path: string, content: Content): Promise<void> {
  const reader = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const handle = await open(path, "w").finally(() => reader.close());
  try {
    await writeAll(handle, content);
  } finally {
    await handle.close();
  }
}

async function replaceFile(path: string, content: Content, earlier?: string): Promise<void> {
  await removeLeftOver(stemOf(path));
  let temporary = `${stemOf(path)}-${process.pid}.part`;
  try {
    await writeSynced(temporary, content).catch(async (error: unknown) => {
      // A single file may be mounted into a folder that is not ours. Nothing of the content was taken yet.
      if (!["EACCES", "EPERM", "EROFS"].includes(codeOf(error)) || !(await stat(path).catch(() => null))) throw error;
      temporary = join(tmpdir(), basename(temporary));
      await writeSynced(temporary, content);
    });
    if (earlier !== undefined) await keepAs(path, earlier);
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!IMMOVABLE.has(codeOf(error))) throw error;
      await copyFile(temporary, path);
      await unlink(temporary);
    });
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes a file together with what a killed writer left beside it. */
export async function removeFile(file: string): Promise<void> {
  const stem = stemOf(file);
  const names: string[] = await readdir(dirname(stem)).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${basename(stem)}-`)).map((name) => join(dirname(stem), name));
  for (const one of [file, ...left]) await rm(one, { force: true });
}

/** At every moment there is a file of the one name or the other. */
async function keepAs(path: string, earlier: string): Promise<void> {
  await rm(earlier, { force: true });
  await link(path, earlier).catch(async (error: unknown) => {
    // Not every file system has hard links.
    if (codeOf(error) !== "ENOENT") await rename(path, earlier);
  });
}

/** @throws UserError when the place is not free (see checkFolder) or cannot be written; it is then as it was. */
export async function writeFolderAtomically(folder: string, files: readonly FileContent[]): Promise<void> {
  const place = await checkFolder(folder, files.map(({ name }) => name));
  try {
    await mkdir(dirname(place.path), { recursive: true });
    await exclusively(place, async () => {
      await endInterrupted(place);
      await writeAndPublish(place, files);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${folder}: cannot be written: ${whyNot(error)}`);
  }
}

async function writeAndPublish({ path, inPlace }: FolderPlace, files: readonly FileContent[]): Promise<void> {
  const stem = `${inPlace ? join(path, OWN) : stemOf(path)}-${process.pid}`;
  const [part, whole] = [`${stem}.part`, `${stem}.new`];
  try {
    await mkdir(part);
    const folders = new Set(files.map(({ name }) => dirname(join(part, name))));
    for (const within of folders) await mkdir(within, { recursive: true });
    for (const { name, pieces } of files) await writeSynced(join(part, name), pieces);
    for (const within of [...folders, part]) await syncFolder(within);
    await rename(part, whole);
    if (inPlace) await moveInto(whole, path);
    else await swap(whole, path, `${stem}.old`);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    await rm(whole, { recursive: true, force: true });
    throw error;
  }
}

/** Puts a whole folder at its place; when the one there cannot be renamed after all, its files are replaced within. */
async function swap(whole: string, path: string, earlier: string): Promise<void> {
  if (await stat(path).catch(() => null)) {
    try {
      await rename(path, earlier);
    } catch (error) {
      if (!IMMOVABLE.has(codeOf(error))) throw error;
      const within = join(path, `${OWN}-${process.pid}`);
      await cp(whole, `${within}.part`, { recursive: true });
      await rename(`${within}.part`, `${within}.new`);
      await moveInto(`${within}.new`, path);
      await rm(whole, { recursive: true });
      return;
    }
  }
  try {
    await rename(whole, path);
  } catch (error) {
    await rename(earlier, path).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
  await rm(earlier, { recursive: true, force: true });
}

/** Moves the files of `whole`, a folder within `path`, to their places; what else is there is of the one before. */
async function moveInto(whole: string, path: string): Promise<void> {
  const names = await filesIn(whole);
  const folders = new Set(names.map((name) => dirname(join(path, name))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const name of names) await rename(join(whole, name), join(path, name));
  await rm(whole, { recursive: true });
  const own = new Set(names);
  for (const name of await filesIn(path)) if (!own.has(name) && !name.startsWith(OWN)) await unlink(join(path, name));
  for (const folder of folders) await syncFolder(folder);
}

/** Names of all files, those in folders as "a/b". */
async function filesIn(folder: string, before = ""): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = `${before}${entry.name}`;
    if (!entry.isDirectory()) names.push(name);
    else if (!name.startsWith(OWN)) names.push(...await filesIn(join(folder, entry.name), `${name}/`));
  }
  return names.sort();
}

/**
 * Reads a folder that another process may be replacing: when reading fails and the folder has changed meanwhile, or
 * what a killed writer had ready is still beside it, it is read again.
 */
export async function readSettled<T>(folder: string, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const before = await identityOf(folder);
    try {
      return await read();
    } catch (error) {
      if (attempt > READS) throw error;
      const place = await folderPlace(folder).catch(() => null);
      if (place && (await ready(place)).length > 0) {
        await exclusively(place, () => endInterrupted(place)).catch(() => { throw error; });
      } else if (await identityOf(folder) === before) {
        throw error;
      }
    }
  }
}

async function identityOf(folder: string): Promise<string> {
  const there = await stat(folder, { bigint: true }).catch(() => null);
  return there ? `${there.dev} ${there.ino} ${there.mtimeNs}` : "";
}

/**
 * Ends what a killed process had begun: a folder that was whole goes to its place where nothing is, else the earlier
 * one goes back; what is left over is removed. To be called with the place locked.
 */
async function endInterrupted(place: FolderPlace): Promise<void> {
  const { path } = place;
  const [found] = await ready(place);
  // Another may have put it right before the lock was ours.
  if (found !== undefined && dirname(found) === dirname(path) && !(await stat(path).catch(() => null))) {
    await rename(found, path);
  }
  const within = join(path, OWN);
  for (const whole of await leftOver(within, ".new")) await moveInto(whole, path);
  for (const stem of [stemOf(path), within]) await removeLeftOver(stem);
}

async function removeLeftOver(stem: string): Promise<void> {
  for (const ending of [".part", ".new", ".old"]) {
    for (const name of await leftOver(stem, ending)) await rm(name, { recursive: true, force: true });
  }
}

/** Whole folders that a writer was about to put in place, the best first: none in the normal course of things. */
async function ready({ path }: FolderPlace): Promise<string[]> {
  const within = await leftOver(join(path, OWN), ".new");
  if (await stat(path).catch(() => null)) return within;
  return [...await leftOver(stemOf(path), ".new"), ...await leftOver(stemOf(path), ".old")];
}

/** Paths of the form STEM-PID.ending. */
async function leftOver(stem: string, ending: string): Promise<string[]> {
  const names: string[] = await readdir(dirname(stem)).catch(() => []);
  const begin = `${basename(stem)}-`;
  return names
    .filter((name) => name.startsWith(begin) && name.endsWith(ending) &&
      /^\d+$/.test(name.slice(begin.length, -ending.length)))
    .map((name) => join(dirname(stem), name));
}

/** Writers of one place within this process, one after the other. */
const queues = new Map<string, Promise<void>>();

/** Does the work when no other process, and nothing else in this one, writes at the place. */
async function exclusively(place: LockedPlace, work: () => Promise<void>): Promise<void> {
  const { path } = place;
  const before = queues.get(path) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(async () => {
    const lock = await lockOutput(place, PATIENCE);
    await work().finally(() => lock.release());
  });
  queues.set(path, mine);
  await mine.finally(() => {
    if (queues.get(path) === mine) queues.delete(path);
  });
}

async function writeSynced(file: string, content: Content): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await writeAll(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, content: Content): Promise<void> {
  if (typeof content === "string") await handle.writeFile(content);
  else for await (const piece of content) await handle.writeFile(piece);
}

/** Makes the names durable. Some platforms cannot open a folder; there the file system does it in its own time. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
