/**
 * A training run's state as a file of named arrays (files/array-file.ts), with the run's name in its header.
 *
 * The file appears complete or not at all (files/atomic.ts), and the one before is kept beside it as FILE.before, in
 * case the disk damages the newer one.
 */
import { UserError } from "../base/user-error.js";
import { DamagedFile, decodeArrayFile, encodeArrayFile, readBytes, type ArrayFileKind } from "../files/array-file.js";
import { writeAtomically } from "../files/atomic.js";
import { codeOf, whyNot } from "../files/io-error.js";
import type { FitState, StateArray } from "./fit-state.js";

const KIND: ArrayFileKind = { magic: "UNKNOTCK", version: 1, name: "a checkpoint", remedy: "Start anew" };

/** The name under which the checkpoint before is kept. */
export function beforeOf(file: string): string {
  return `${file}.before`;
}

/** @throws UserError when the file cannot be written; an earlier checkpoint then stays as it was. */
export function writeCheckpoint(file: string, { run, arrays }: FitState): Promise<void> {
  return writeAtomically(file, encodeArrayFile(KIND, { run }, arrays), beforeOf(file));
}

/**
 * The state in the file; when that is damaged or missing, the one before, if it is whole: a run goes on from either to
 * the same bits.
 * @returns null when there is no such file. @throws UserError naming what is wrong with it.
 */
export async function readCheckpoint(file: string): Promise<FitState | null> {
  try {
    return await readOne(file) ?? await readOne(beforeOf(file));
  } catch (error) {
    const before = error instanceof DamagedFile ? await readOne(beforeOf(file)).catch(() => null) : null;
    if (!before) throw error;
    return before;
  }
}

async function readOne(file: string): Promise<FitState | null> {
  let bytes: Buffer;
  try {
    bytes = await readBytes(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw new UserError(`${file}: the checkpoint cannot be read: ${whyNot(error)}`);
  }
  const { header, arrays } = decodeArrayFile(KIND, bytes, file);
  for (const [name, array] of Object.entries(arrays)) {
    if (array instanceof Uint8Array) throw new UserError(`${file}: "${name}" is no array of a training. Start anew`);
  }
  return { run: header.at("run").string(), arrays: arrays as Record<string, StateArray> };
}
