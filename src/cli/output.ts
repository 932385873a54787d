/** The outputs of commands that work for long: one process writes there at a time, and no result is lost at the end. */
import { homedir, tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { UserError } from "../base/user-error.js";
import { lockOutput, type LockedPlace } from "../files/lock.js";

/** Does the work while the place is locked. @throws UserError, before it, when another process writes there. */
export async function withOutput<T>(place: LockedPlace, work: () => Promise<T>): Promise<T> {
  const lock = await lockOutput(place);
  return work().finally(() => lock.release());
}

/**
 * Writes a result to its place. When that fails after all (the disk filled up, the folder was removed), it is written
 * to another.
 * @throws UserError that says what was wrong, and where the result is.
 */
export async function writeOrKeep(place: string, write: (place: string) => Promise<void>): Promise<void> {
  try {
    await write(place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const kept = await keep(place, write);
    throw new UserError(
      `${error.message}. ${kept === null ? "The result could not be kept elsewhere" : `The result is kept in ${kept}`}`,
    );
  }
}

async function keep(place: string, write: (place: string) => Promise<void>): Promise<string | null> {
  const end = extname(place).slice(0, 10);
  const name = `unknot-kept-${Array.from(basename(place, end)).slice(0, 50).join("")}-${process.pid}${end}`;
  for (const folder of [() => dirname(resolve(place)), tmpdir, homedir]) {
    try {
      const other = join(folder(), name);
      await write(other);
      return other;
    } catch {
      // The next one may have room.
    }
  }
  return null;
}
