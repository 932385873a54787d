/**
 * The results of a sweep: a text file, one JSON object a line, in the order in which runs finished. It is only ever
 * appended to, one forced write a line, so a kill costs at most the line being written; such a torn last line is cut
 * off when the sweep goes on. No time of day is in it: the same run gives the same line.
 */
import { mkdir, open, readFile, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { BeyondAccuracy } from "../evaluate/list-figures.js";
import type { Estimate } from "../evaluate/metrics.js";
import { beyondFrom } from "../model-folder/lists-format.js";
import { CheckedJson } from "../base/checked-json.js";
import { UserError } from "../base/user-error.js";
import { codeOf, whyNot } from "../files/io-error.js";
import { lockOutput, type Lock } from "../files/lock.js";
import { checkFile, filePlace } from "../files/place.js";
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
  /** The test users' lists of 20 beside their accuracy; none in files of earlier versions. */
  readonly lists?: BeyondAccuracy;
}

/** What a baseline reached. */
export interface BaselineResult extends Measured {
  readonly kind: "baseline";
  /** What validation chose. */
  readonly setting: string;
}

/** What a recommender reached. */
export interface CfaeResult extends Measured {
  readonly kind: "cfae";
  readonly model: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fit: FitSummary;
}

/** What an SAE reached, and how much of its recommender it keeps. */
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
  /** What the neurons mean; none without tags, and in files of earlier versions. */
  readonly meaning?: MeaningLine;
}

/** What a line of a sweep keeps of Meaning (interpret/meaning/meaning-figures.ts): held-out figures, floor, ceiling. */
export interface MeaningLine {
  /** Held-out F1 of the best neuron, principal axis, set of neurons, concept and probe on the embedding. */
  readonly neuron: number;
  readonly axis: number;
  readonly sets: number;
  readonly concept: number;
  readonly probe: number;
  /** Neurons and concepts with a proven name, and a test user's activation on them. */
  readonly provenNeurons: number;
  readonly provenShare: number;
  readonly provenConcepts: number;
  readonly conceptShare: number;
}

/** A run that could not be finished; it is tried again when the sweep goes on. */
export interface FailedRun extends Line {
  readonly kind: "failed";
  readonly error: string;
}

/** A line of a result file: a finished run. */
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
    const json = CheckedJson.parse(line, `${file}: line ${i + 1}`);
    const found = checkedLine(json);
    if (found.kind !== "failed") results.set(found.run, found);
  });
  return { results: Array.from(results.values()), whole };
}

/** A line as it stands, every figure that something reads looked at. @throws UserError naming the place in it. */
function checkedLine(json: CheckedJson): SweepResult | FailedRun {
  const kind = json.at("kind").oneOf(["baseline", "cfae", "sae", "failed"]);
  for (const key of ["run", "title", "data", "split"]) json.at(key).string();
  json.at("seed").number();
  if (kind === "failed") {
    json.at("error").string();
    return json.raw as FailedRun;
  }
  checkQuality(json.at("test"));
  checkQuality(json.at("validation"));
  if (!json.at("lists").isNull) beyondFrom(json.at("lists"));
  if (kind === "baseline") {
    json.at("setting").string();
    return json.raw as BaselineResult;
  }
  json.at("model").string();
  json.at("settings").at("");
  const fit = json.at("fit");
  for (const key of ["epochs", "bestEpoch"]) fit.at(key).whole();
  fit.at("bestValidationLoss").numberOrNaN();
  fit.at("stoppedEarly").boolean();
  if (kind === "sae") checkSae(json);
  return json.raw as CfaeResult | SaeResult;
}

function checkSae(json: CheckedJson): void {
  json.at("cfae").string();
  for (const key of ["factors", "neurons", "dead"]) json.at(key).whole();
  for (const key of ["plain", "change"]) checkQuality(json.at(key));
  for (const key of ["recall", "ndcg"]) json.at("retention").at(key).numberOrNaN();
  for (const key of ["cosine", "l0"]) checkEstimate(json.at(key));
  const meaning = json.at("meaning");
  for (const key of meaning.isNull ? [] : MEANING) meaning.at(key).numberOrNaN();
}

const MEANING: readonly (keyof MeaningLine)[] = [
  "neuron", "axis", "sets", "concept", "probe", "provenNeurons", "provenShare", "provenConcepts", "conceptShare",
];

function checkQuality(json: CheckedJson): void {
  for (const key of ["recall", "ndcg"]) checkEstimate(json.at(key));
}

function checkEstimate(json: CheckedJson): void {
  json.at("mean").numberOrNaN();
  json.at("se").numberOrNaN();
  json.at("n").whole();
}

/** The file of results that a sweep appends to and goes on from. */
export class ResultFile {
  private constructor(
    private readonly handle: FileHandle, readonly finished: ReadonlyMap<string, SweepResult>,
    private readonly lock: Lock,
    /** A file to remove again when nothing was written to it. */
    private readonly made: string | null,
  ) {}

  /**
   * Opens a file to go on with, or a new one, for this process alone.
   * @throws UserError when it is no result file, cannot be written, or another process writes to it.
   */
  static async open(file: string): Promise<ResultFile> {
    await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
      throw new UserError(`${file}: its folder cannot be made: ${whyNot(error)}`);
    });
    await checkFile(file);
    const { path, stream } = await filePlace(file);
    if (stream) throw new UserError(`${file}: a sweep goes on from its results, expected an ordinary file`);
    const lock = await lockOutput({ path });
    try {
      const text = await readFile(path, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return null;
        throw new UserError(`${file}: cannot be read: ${whyNot(error)}`);
      });
      const { results, whole } = parseResults(text ?? "", file);
      const handle = await open(path, "a");
      if (text !== null && whole < text.length) await handle.truncate(Buffer.byteLength(text.slice(0, whole)));
      const finished = new Map(results.map((result) => [result.run, result]));
      return new ResultFile(handle, finished, lock, text === null ? path : null);
    } catch (error) {
      await lock.release();
      if (error instanceof UserError) throw error;
      throw new UserError(`${file}: cannot be written: ${whyNot(error)}`);
    }
  }

  /** @throws UserError for a full disk: what was finished before is in the file. */
  async append(result: SweepResult | FailedRun): Promise<void> {
    try {
      await this.handle.appendFile(`${JSON.stringify(result)}\n`);
      await this.handle.sync();
    } catch (error) {
      throw new UserError(`the results cannot be written: ${whyNot(error)}; the same command goes on`);
    }
  }

  /** An estimate, or a sweep that was stopped at once, leaves no empty file. */
  async close(): Promise<void> {
    const { size } = await this.handle.stat();
    await this.handle.close();
    if (size === 0 && this.made !== null) await rm(this.made, { force: true });
    await this.lock.release();
  }
}
