/**
 * The results of a sweep: a text file, one JSON object a line, in the order in which runs finished. It is only ever
 * appended to, one forced write a line, so a kill costs at most the line being written; such a torn last line is cut
 * off when the sweep goes on. No time of day is in it: the same run gives the same line.
 */
import { mkdir, open, readFile, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Estimate } from "../evaluate/metrics.js";
import { UserError } from "../base/user-error.js";
import type { FitSummary, Quality } from "../model-folder/model.js";

interface Line {
  /** The run's name (jobs.ts). */
  readonly run: string;
  readonly title: string;
  readonly seed: number;
  /** Name of the data set, and the fingerprint of its split. */
  readonly data: string;
  readonly split: string;
}

interface Measured extends Line {
  readonly test: Quality;
  readonly validation: Quality;
}

export interface BaselineResult extends Measured {
  readonly kind: "baseline";
  /** What validation chose. */
  readonly setting: string;
}

export interface CfaeResult extends Measured {
  readonly kind: "cfae";
  readonly model: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fit: FitSummary;
}

export interface SaeResult extends Measured {
  readonly kind: "sae";
  readonly model: string;
  /** Run of the recommender, and its D. */
  readonly cfae: string;
  readonly factors: number;
  readonly neurons: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fit: FitSummary;
  /** The recommender without the SAE. */
  readonly plain: Quality;
  /** With − without the SAE, user by user. */
  readonly change: Quality;
  /** Mean with / mean without the SAE. */
  readonly retention: { readonly recall: number; readonly ndcg: number };
  readonly cosine: Estimate;
  readonly l0: Estimate;
  readonly dead: number;
}

/** A run that could not be finished; it is tried again when the sweep goes on. */
export interface FailedRun extends Line {
  readonly kind: "failed";
  readonly error: string;
}

export type SweepResult = BaselineResult | CfaeResult | SaeResult;

/** @throws UserError for a file that is missing or no result file. A torn last line is left out. */
export async function readResults(file: string): Promise<SweepResult[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`);
  });
  return parseResults(text, file).results;
}

/** @returns the finished runs, and how many characters of the text are whole lines. */
function parseResults(text: string, file: string): { results: SweepResult[]; whole: number } {
  const whole = text.lastIndexOf("\n") + 1;
  const results = new Map<string, SweepResult>();
  text.slice(0, whole).split("\n").forEach((line, i) => {
    if (line === "") return;
    let found: SweepResult | FailedRun;
    try {
      found = JSON.parse(line) as SweepResult | FailedRun;
    } catch {
      throw new UserError(`${file}: line ${i + 1} is not JSON: the file is damaged`);
    }
    if (!["baseline", "cfae", "sae", "failed"].includes(found.kind) || typeof found.run !== "string") {
      throw new UserError(`${file}: line ${i + 1} is no result of a sweep`);
    }
    if (found.kind !== "failed") results.set(found.run, found);
  });
  return { results: Array.from(results.values()), whole };
}

export class ResultFile {
  private constructor(
    private readonly file: string, private readonly handle: FileHandle,
    readonly finished: ReadonlyMap<string, SweepResult>,
  ) {}

  /** Opens a file to go on with, or a new one. */
  static async open(file: string): Promise<ResultFile> {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw new UserError(`${file}: cannot be read (${error.code})`);
    });
    const { results, whole } = parseResults(text, file);
    try {
      await mkdir(dirname(file), { recursive: true });
      const handle = await open(file, "a");
      if (whole < text.length) await handle.truncate(Buffer.byteLength(text.slice(0, whole)));
      return new ResultFile(file, handle, new Map(results.map((result) => [result.run, result])));
    } catch (error) {
      throw new UserError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    }
  }

  async append(result: SweepResult | FailedRun): Promise<void> {
    await this.handle.appendFile(`${JSON.stringify(result)}\n`);
    await this.handle.sync();
  }

  /** An estimate, or a sweep that was stopped at once, leaves no empty file. */
  async close(): Promise<void> {
    const { size } = await this.handle.stat();
    await this.handle.close();
    if (size === 0) await rm(this.file, { force: true });
  }
}
