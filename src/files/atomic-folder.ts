/**
 * A folder of files that appears complete or not at all: written beside its place under a temporary name, forced to
 * disk, then renamed. A folder that was there before keeps its content until the new one is whole.
 */
import { access, constants, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../base/user-error.js";

/** A file's name, in which "/" stands for a folder within, and its bytes, in pieces. */
export interface FileContent {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
}

/**
 * Refuses early what writeFolder would refuse after hours of work: a place that is no folder, holds anything but the
 * named files, or cannot be written to.
 */
export async function checkFolder(folder: string, names: readonly string[]): Promise<void> {
  const there = await stat(folder).catch(() => null);
  if (there && !there.isDirectory()) throw new UserError(`${folder}: is a file, expected a folder or a new name`);
  if (there) {
    const own = new Set(names.map((name) => name.replace(/\/.*/, "")));
    const foreign = (await readdir(folder)).find((name) => !own.has(name));
    if (foreign !== undefined) {
      throw new UserError(
        `${folder}: holds ${foreign}, expected a new folder, an empty one or an earlier one of its kind, which would ` +
        "be replaced",
      );
    }
  }
  let parent = dirname(resolve(folder));
  while (!(await stat(parent).catch(() => null))) parent = dirname(parent);
  await access(parent, constants.W_OK).catch(() => {
    throw new UserError(`${folder}: cannot be made, ${parent} is not writable`);
  });
}

/** @throws UserError when the place is not free (see checkFolder) or cannot be written; nothing is left behind then. */
export async function writeFolder(folder: string, files: readonly FileContent[]): Promise<void> {
  const place = resolve(folder);
  await checkFolder(place, files.map(({ name }) => name));
  const temporary = `${place}.${process.pid}.part`;
  const earlier = `${place}.${process.pid}.old`;
  try {
    await mkdir(dirname(place), { recursive: true });
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    const folders = new Set(files.map(({ name }) => dirname(join(temporary, name))));
    for (const within of folders) await mkdir(within, { recursive: true });
    for (const { name, pieces } of files) await writeSynced(join(temporary, name), pieces);
    for (const within of [...folders, temporary]) await syncFolder(within);
    const replaced = await stat(place).catch(() => null);
    if (replaced) await rename(place, earlier);
    try {
      await rename(temporary, place);
    } catch (error) {
      if (replaced) await rename(earlier, place);
      throw error;
    }
    await syncFolder(dirname(place));
    await rm(earlier, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw new UserError(`${folder}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

async function writeSynced(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names durable. Some platforms cannot open a folder; there the file system does it in its own time. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
