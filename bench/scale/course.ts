/**
 * A training of the scale bench as it goes: its clock, what is seen on the way, how long it will still take, and a
 * checkpoint every few minutes with all of these in it, so that a kill costs little. The same command goes on from it.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeOf, readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.js";
import type { FitHooks } from "../../src/train/fit.js";
import type { FitState } from "../../src/train/fit-state.js";
import type { Scale } from "./settings.js";
import { StepClock } from "./step-clock.js";

/** Seconds between two lines about progress. */
const SAY_EVERY = 20;

export class Course {
  readonly clock = new StepClock();
  /** Lines for the report. */
  readonly seen: string[] = [];
  /** Steps that are done. */
  done = 0;
  /** After which of them a look was due last: it may be asked for twice. */
  private seenAt = 0;
  private saved = performance.now();
  private said = performance.now();

  /**
   * @param every seconds between two checkpoints. @param signal the time is up.
   * @param stepsOfLevel steps of an epoch where each is a level.
   */
  private constructor(
    private readonly file: string, private readonly every: number, private readonly signal: AbortSignal | undefined,
    private readonly stepsOfLevel: number, private readonly resume: FitState | null,
  ) {
    if (!resume) return;
    const { clock, done, seen } = resume.arrays;
    this.clock.goOn(clock);
    this.done = done[0];
    this.seen.push(...String.fromCharCode(...seen).split("\n").filter((line) => line !== ""));
    this.see(`went on after step ${this.done}`);
  }

  static async open(
    { folder, checkpoint, for: most }: Scale, name: string, stepsOfLevel = Infinity,
  ): Promise<Course> {
    const file = join(folder, `${name}.checkpoint`);
    // A process's clock starts with it.
    const signal = most > 0 ? AbortSignal.timeout(Math.max(0, Math.round(1000 * most - performance.now()))) : undefined;
    return new Course(file, checkpoint, signal, stepsOfLevel, await readCheckpoint(file));
  }

  see(line: string): void {
    this.seen.push(line);
    console.log(`  ${line}`);
  }

  /** @param looks after which steps `look` sees the state. */
  hooks(looks: ReadonlySet<number> = new Set(), look?: (state: FitState) => void): FitHooks {
    const isDue = (): boolean => this.signal?.aborted === true || performance.now() - this.saved > 1000 * this.every;
    return {
      resume: this.resume ?? undefined, signal: this.signal,
      onStep: (step, stepsInAll) => {
        this.done = step;
        this.clock.step(step, Math.floor((step - 1) / this.stepsOfLevel));
        this.say(step, stepsInAll);
      },
      checkpoint: {
        due: () => looks.has(this.done) || performance.now() - this.saved > 1000 * this.every,
        save: async (state) => {
          if (looks.has(this.done) && this.done !== this.seenAt) look?.(state);
          this.seenAt = this.done;
          if (isDue()) await this.save(state);
          this.clock.start();
        },
      },
    };
  }

  private async save({ run, arrays }: FitState): Promise<void> {
    const seen = Int32Array.from(this.seen.join("\n"), (letter) => letter.charCodeAt(0));
    const { clock: { steps: clock } } = this;
    const done = Int32Array.of(this.done);
    await writeCheckpoint(this.file, { run, arrays: { ...arrays, clock, done, seen } });
    this.saved = performance.now();
  }

  private say(step: number, stepsInAll: number): void {
    if (performance.now() - this.said < 1000 * SAY_EVERY) return;
    this.said = performance.now();
    const left = ((stepsInAll - step) * this.clock.wall) / step;
    console.log(`  step ${step} of ${stepsInAll}, about ${(left / 60).toFixed(1)} min of steps to go`);
  }

  /** When what was trained is in a file. */
  async finish(): Promise<void> {
    for (const one of [this.file, beforeOf(this.file)]) if (existsSync(one)) await rm(one);
  }
}
