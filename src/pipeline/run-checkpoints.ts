/**
 * Where a run of trainModel keeps what it has done, so that a killed one can go on: a folder beside the model, with
 *
 *   cfae.checkpoint   the recommender's training under way (train/checkpoint.ts: atomic, with a checksum)
 *   cfae.trained      its weights once it is trained, so that it is not trained again
 *   sae.checkpoint    the SAE's training under way
 *
 * A resumed run gives the bytes of an uninterrupted one; a state of other data, settings, seed or numerics is refused.
 */
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../base/user-error.js";
import { removeFile } from "../files/atomic.js";
import { whyNot } from "../files/io-error.js";
import { lockOutput, type Lock } from "../files/lock.js";
import { checkFile } from "../files/place.js";
import type { NamedTensors } from "../base/named-tensors.js";
import { beforeOf, readCheckpoint, writeCheckpoint } from "../train/checkpoint.js";
import { arrayOf, checkSameRun, type FitState, type StateArray } from "../train/fit-state.js";
import type { FitHooks } from "../train/fit.js";
import type { TrainedCfae } from "../train/train-by-steps.js";

/** Where a run keeps its state, and how often. */
export interface CheckpointOptions {
  /** Made when missing. */
  readonly folder: string;
  /** Training steps between two checkpoints; 0 saves only when the run is stopped by its signal. */
  readonly every: number;
  /** Go on from what the folder holds. Without it a folder that holds an unfinished run is refused. */
  readonly resume: boolean;
}

const NAMES = ["cfae.checkpoint", "cfae.trained", "sae.checkpoint"] as const;

export class RunCheckpoints {
  private constructor(
    private readonly options: CheckpointOptions, private readonly numerics: string, private readonly lock: Lock,
  ) {}

  /** @param numerics the bits depend on them, so a run goes on with the same. @throws UserError: CheckpointOptions. */
  static async open(options: CheckpointOptions, numerics: string): Promise<RunCheckpoints> {
    const { folder, resume } = options;
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw new UserError(`${folder}: cannot be made: ${whyNot(error)}`);
    });
    await checkFile(join(folder, NAMES[0]));
    const lock = await lockOutput({ path: resolve(folder), inPlace: true });
    if (!resume && await holdsCheckpoints(folder)) {
      await lock.release();
      throw new UserError(`${folder}: holds an unfinished run. Go on with it (--resume), or delete the folder`);
    }
    return new RunCheckpoints(options, numerics, lock);
  }

  /** Lets another process go on with the run. */
  close(): Promise<void> {
    return this.lock.release();
  }

  /** What `fit` needs to save one stage and to go on with it. */
  async hooks(stage: "cfae" | "sae"): Promise<Pick<FitHooks, "checkpoint" | "resume">> {
    const { every, resume } = this.options;
    const name = `${stage}.checkpoint` as const;
    const state = resume ? await this.read(name) : null;
    return {
      checkpoint: { due: (step) => every > 0 && step % every === 0, save: (saved) => this.write(name, saved) },
      ...(state ? { resume: state } : {}),
    };
  }

  /** The recommender, when it had been trained before the run stopped. @param run as `runName` says it. */
  async trainedCfae(run: string): Promise<TrainedCfae | null> {
    const state = this.options.resume ? await this.read("cfae.trained") : null;
    if (!state) return null;
    checkSameRun(state, run);
    const weights: Record<string, NamedTensors[string]> = {};
    for (const key of Object.keys(state.arrays)) {
      if (!key.startsWith("weights/")) continue;
      const name = key.slice("weights/".length);
      const shape = Array.from(state.arrays[`shape/${name}`] ?? []);
      const size = shape.reduce((product, n) => product * n, 1);
      weights[name] = { shape, data: arrayOf(state, key, size) as Float32Array };
    }
    const [bestEpoch, bestValidationLoss, stoppedEarly] = arrayOf(state, "fit", 3);
    const losses = state.arrays.history ?? [];
    const history = Array.from({ length: losses.length / 2 }, (_, i) =>
      ({ trainLoss: losses[2 * i], validationLoss: losses[2 * i + 1] }));
    return { weights, fit: { history, bestEpoch, bestValidationLoss, stoppedEarly: stoppedEarly === 1 } };
  }

  async saveTrainedCfae(run: string, { weights, fit }: TrainedCfae): Promise<void> {
    const arrays: Record<string, StateArray> = {
      fit: Float64Array.of(fit.bestEpoch, fit.bestValidationLoss, fit.stoppedEarly ? 1 : 0),
      history: Float64Array.from(fit.history.flatMap((h) => [h.trainLoss, h.validationLoss])),
    };
    for (const [name, { shape, data }] of Object.entries(weights)) {
      arrays[`weights/${name}`] = data;
      arrays[`shape/${name}`] = Int32Array.from(shape);
    }
    await this.write("cfae.trained", { run, arrays });
  }

  private async read(name: (typeof NAMES)[number]): Promise<FitState | null> {
    const state = await readCheckpoint(join(this.options.folder, name));
    if (!state) return null;
    const at = state.run.lastIndexOf("\n");
    const [run, numerics] = [state.run.slice(0, at), state.run.slice(at + 1)];
    if (numerics !== this.numericsLine) {
      throw new UserError(
        `${this.options.folder}: the unfinished run has ${numerics}, this one ${this.numericsLine}: the bits would ` +
        "differ. Use the same --kernels and --numerics, or delete the folder",
      );
    }
    return { ...state, run };
  }

  private write(name: (typeof NAMES)[number], state: FitState): Promise<void> {
    return writeCheckpoint(join(this.options.folder, name), { ...state, run: `${state.run}\n${this.numericsLine}` });
  }

  private get numericsLine(): string {
    return `numerics ${this.numerics}`;
  }
}

/** Whether a run in this folder can go on. */
export async function holdsCheckpoints(folder: string): Promise<boolean> {
  const there: string[] = await readdir(folder).catch(() => []);
  return NAMES.some((name) => there.includes(name));
}

/** Once the model is saved, its checkpoints have done their work. Other files in the folder stay. */
export async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of NAMES) {
    const file = join(folder, name);
    await removeFile(file);
    await rm(beforeOf(file), { force: true });
  }
  await rmdir(folder).catch(() => undefined);
}
