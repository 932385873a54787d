/**
 * Where an output goes, looked at before the work that makes it: links are followed, not replaced, and what cannot be
 * written is refused while that still costs nothing. The refusals are the same for every command (files/atomic.ts uses
 * them again when it writes).
 */
import { createHash } from "node:crypto";
import { access, constants, lstat, open, readFile, readlink, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "../base/user-error.js";
import { codeOf, whyNot } from "./io-error.js";
import { removeLeftBehind } from "./left-behind.js";

export interface FilePlace {
  /** Absolute, with links followed. */
  readonly path: string;
  /** A terminal, a pipe, /dev/null: bytes go through it and nothing can be renamed over it. */
  readonly stream: boolean;
}

export interface FolderPlace {
  /** Absolute, with links followed. */
  readonly path: string;
  readonly exists: boolean;
  /** It cannot be renamed away (a mount point, the current folder): files are replaced one by one in it. */
  readonly inPlace: boolean;
}

/** Names that unknot itself leaves in an output folder for a while (atomic.ts, lock.ts). */
export const OWN = ".unknot";
/** Written to see whether a place takes bytes: more than a file system keeps for itself in a full disk's last block. */
const PROBE_BYTES = 1 << 16;
/** As the kernel: more links than these are a circle. */
const MOST_LINKS = 40;

/** @throws UserError for a folder, a disk, a socket, a circle of links, or a folder that is not there. */
export async function filePlace(file: string): Promise<FilePlace> {
  const there = await statOf(file);
  if (there?.isDirectory()) throw new UserError(`${file}: is a folder, expected the name of a file`);
  // /dev/stdout may be a file, but the one that a shell has opened: its bytes are awaited there.
  const stream = there !== null && (there.isCharacterDevice() || there.isFIFO() || /^\/(dev|proc)\//.test(file));
  if (there && !there.isFile() && !stream) {
    throw new UserError(`${file}: is no ordinary file (a disk or a socket), expected the name of a file`);
  }
  if (stream) return { path: file, stream };
  const path = await followed(file);
  if (!(await statOf(dirname(path)))?.isDirectory()) {
    throw new UserError(`${file}: cannot be written: there is no folder ${dirname(path)}`);
  }
  return { path, stream };
}

/** Refuses early what writeAtomically would refuse after the work. */
export async function checkFile(file: string): Promise<void> {
  const { path, stream } = await filePlace(file);
  if (stream) return;
  await probe(dirname(path)).catch(async (error: unknown) => {
    // A single file may be mounted into a folder that is not ours.
    const own = codeOf(error) !== "ENOSPC" && await access(path, constants.W_OK).then(() => true, () => false);
    if (!own) throw new UserError(`${file}: cannot be written: ${whyNot(error)}`);
  });
}

/**
 * Refuses early what writeFolderAtomically would refuse after the work: a place that is no folder, holds anything but
 * the named files, or cannot be written to. A name "a/b" stands for all of the folder a.
 */
export async function checkFolder(folder: string, names: readonly string[]): Promise<FolderPlace> {
  const place = await folderPlace(folder);
  if (place.exists) {
    const own = new Set(names.map((name) => name.replace(/\/.*/, "")));
    const foreign = (await readdir(place.path)).find((name) => !own.has(name) && !name.startsWith(OWN));
    if (foreign !== undefined) {
      throw new UserError(
        `${folder}: holds ${foreign}, expected a new folder, an empty one or an earlier one of its kind, which would ` +
        "be replaced",
      );
    }
  }
  let parent = place.inPlace ? place.path : dirname(place.path);
  for (;;) {
    const there = await statOf(parent);
    if (there && !there.isDirectory()) throw new UserError(`${folder}: cannot be made: ${parent} is a file`);
    if (there) break;
    parent = dirname(parent);
  }
  await probe(parent).catch((error: unknown) => {
    throw new UserError(`${folder}: cannot be ${place.exists ? "written" : "made"}: ${whyNot(error)} in ${parent}`);
  });
  return place;
}

/** @throws UserError for a file, or a circle of links. */
export async function folderPlace(folder: string): Promise<FolderPlace> {
  const there = await statOf(folder);
  if (there && !there.isDirectory()) throw new UserError(`${folder}: is a file, expected a folder or a new name`);
  const path = await followed(folder);
  if (!there) return { path, exists: false, inPlace: false };
  const parent = await stat(dirname(path));
  const here = await realpath(process.cwd()).catch(() => "");
  const inPlace = there.dev !== parent.dev || dirname(path) === path || `${here}${sep}`.startsWith(`${path}${sep}`) ||
    await isMounted(path) || !(await access(dirname(path), constants.W_OK).then(() => true, () => false));
  return { path, exists: true, inPlace };
}

/**
 * The beginning of the names that stand for an output beside it: its own name, or, where a longer one would not be
 * allowed, a part of it and a hash.
 */
export function stemOf(path: string): string {
  const name = basename(path);
  if (Buffer.byteLength(name) <= 200) return join(dirname(path), `${name}${OWN}`);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return join(dirname(path), `${Array.from(name).slice(0, 40).join("")}-${hash}${OWN}`);
}

/** The path that a chain of links ends at, whether or not anything is there. */
async function followed(path: string): Promise<string> {
  let at = absolute(path);
  for (let links = 0; links <= MOST_LINKS; links++) {
    at = join(await realpath(dirname(at)).catch(() => dirname(at)), basename(at));
    const target = await readlink(at).catch(() => null);
    if (target === null) return at;
    at = resolve(dirname(at), target);
  }
  throw new UserError(`${path}: its links lead in a circle`);
}

function absolute(path: string): string {
  try {
    return resolve(path);
  } catch {
    throw new UserError(`${path}: the current folder has been deleted: change to another, or give a full path`);
  }
}

/** null when nothing is there. @throws UserError for a name that no file can have. */
async function statOf(path: string): ReturnType<typeof stat> {
  const refuse = (error: unknown): null => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw new UserError(`${path}: ${whyNot(error)}`);
  };
  absolute(path);
  await lstat(path).catch(refuse);
  return stat(path).catch(refuse) as ReturnType<typeof stat>;
}

/** Whether Linux lists it as a mount point: a folder of the same disk, mounted again, is known by nothing else. */
async function isMounted(path: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  const name = path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
  return mounts.split("\n").some((line) => line.split(" ", 5)[4] === name);
}

async function probe(folder: string): Promise<void> {
  await removeLeftBehind(folder, `${OWN}.`, [".probe"]);
  const file = join(folder, `${OWN}.${process.pid}.probe`);
  try {
    const handle = await open(file, "w");
    try {
      await handle.writeFile(new Uint8Array(PROBE_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(file, { force: true });
  }
}
