/**
 * A text file that appears complete or not at all: written under a temporary name beside its place, forced to disk,
 * then renamed.
 */
import { open, rename, rm } from "node:fs/promises";
import { UserError } from "../base/user-error.js";

/** @throws UserError when the folder is missing or not writable. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}
