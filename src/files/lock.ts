/**
 * One writer at a time: a file beside the output says which process writes there. A second process is told; a lock
 * whose process is dead is taken over. Inside one process a lock may be taken again, and counts.
 *
 * A process is known by host, number and, on Linux, the time it started, since numbers are given again (in a container
 * nearly always the same one). A lock of another host cannot be judged from here and is respected.
 */
import { readFileSync, rmSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../base/user-error.js";
import { codeOf, whyNot } from "./io-error.js";
import { processExists, removeLeftBehind } from "./left-behind.js";
import { OWN, stemOf, type FolderPlace } from "./place.js";

export interface Lock {
  release: () => Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly start: string;
}

const POLL_MS = 50;
/** Locks of this process by file, with how often each was taken. */
const held = new Map<string, number>();
let watching = false;

/** A file, or a folder: its lock lies within when it is written in place. */
export type LockedPlace = Pick<FolderPlace, "path"> & Partial<FolderPlace>;

/**
 * @param patience milliseconds to wait for another process.
 * @throws UserError that names the process which writes there.
 */
export async function lockOutput({ path, inPlace = false }: LockedPlace, patience = 0): Promise<Lock> {
  const file = inPlace ? join(path, `${OWN}-lock`) : `${stemOf(path)}-lock`;
  if (!watching) process.once("exit", releaseAll);
  watching = true;
  if (!held.has(file)) await take(file, path, patience);
  held.set(file, (held.get(file) ?? 0) + 1);
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      const times = held.get(file)! - 1;
      if (times > 0) {
        held.set(file, times);
        return;
      }
      held.delete(file);
      await rm(file, { force: true });
    },
  };
}

async function take(file: string, path: string, patience: number): Promise<void> {
  const own = JSON.stringify({ pid: process.pid, host: hostname(), start: startOf(process.pid) } satisfies Holder);
  for (let waited = 0; ; waited += POLL_MS) {
    if (await create(file, own, path)) {
      await removeLeftBehind(dirname(file), `${basename(file)}.`, ["", ".stale"]);
      return;
    }
    const found = await readFile(file, "utf8").catch(() => null);
    if (found === null) continue;
    const holder = parsed(found);
    if (!holder || !isAlive(holder)) {
      await removeStale(file, found);
      continue;
    }
    if (waited >= patience) {
      const where = holder.host === hostname() ? "" : ` on ${holder.host}`;
      throw new UserError(
        `${path}: process ${holder.pid}${where} is writing there: wait for it, or give another place` +
        (where === "" ? "" : ` (if it is gone, delete ${file})`),
      );
    }
    await sleep(POLL_MS);
  }
}

/** Appears with its content in one step: no other process reads half of it. @returns false when one is there. */
async function create(file: string, content: string, path: string): Promise<boolean> {
  const strict = await stat(path).then((there) => there.isDirectory(), () => true);
  const draft = `${file}.${process.pid}`;
  try {
    // The output's folder may be one that the writer will make.
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, content);
    await link(draft, file).catch(async (error: unknown) => {
      // Not every file system has hard links.
      if (codeOf(error) === "EEXIST") throw error;
      await writeFile(file, content, { flag: "wx" });
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // A single file mounted into a folder that is not ours: nothing can be put beside it, by nobody.
    if (!strict && ["EACCES", "EPERM", "EROFS"].includes(codeOf(error))) return true;
    throw new UserError(`${path}: cannot be locked: ${whyNot(error)} for ${file}`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Another process may be doing the same, and be done already: its new lock is put back. */
async function removeStale(file: string, content: string): Promise<void> {
  const aside = `${file}.${process.pid}.stale`;
  if (!(await rename(file, aside).then(() => true, () => false))) return;
  const moved = await readFile(aside, "utf8").catch(() => content);
  if (moved !== content) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function parsed(text: string): Holder | null {
  try {
    const { pid, host, start } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 && typeof host === "string" ? { pid, host, start } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, host, start }: Holder): boolean {
  if (host !== hostname()) return true;
  // What this process holds is in `held`; a lock with its number is that of an earlier one.
  if (pid === process.pid) return false;
  return processExists(pid) && startOf(pid) === start;
}

/** When a process started, in Linux' clock ticks since the machine did; "" where it cannot be known. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything; the 22nd is the time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return "";
  }
}

function releaseAll(): void {
  for (const file of held.keys()) rmSync(file, { force: true });
}
