/** What long trainings of the table leave on disk, so that a run that was stopped goes on: checkpoints, and weights. */
import { rm } from "node:fs/promises";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import { readBytes } from "../../src/files/array-file.js";
import { writeAtomically } from "../../src/files/atomic.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/model-folder/safetensors.js";
import { beforeOf, readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.js";
import type { FitHooks } from "../../src/train/fit.js";
import { existsSync } from "node:fs";

/** Seconds between two checkpoints. */
const EVERY = 45;

/** A training that goes on from its checkpoint; the file goes when it is done. @param file null: nothing is kept. */
export async function resumable<T>(file: string | null, train: (hooks: FitHooks) => Promise<T>): Promise<T> {
  if (file === null) return train({});
  let last = performance.now();
  const result = await train({
    resume: await readCheckpoint(file) ?? undefined,
    checkpoint: {
      due: () => performance.now() - last > 1000 * EVERY,
      async save(state) {
        await writeCheckpoint(file, state);
        last = performance.now();
      },
    },
  });
  for (const one of [file, beforeOf(file)]) await rm(one, { force: true });
  return result;
}

/** Weights in a file, made where there is none. @param file null: nothing is kept. */
export async function kept(file: string | null, make: () => Promise<NamedTensors>): Promise<NamedTensors> {
  if (file !== null && existsSync(file)) return decodeSafetensors(await readBytes(file), file);
  const weights = await make();
  if (file !== null) await writeAtomically(file, encodeSafetensors(weights));
  return weights;
}
