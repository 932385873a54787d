/** Checkpoints: damaged ones, and ones with a right checksum and wrong content; a training that goes on from them. */
import fc from "fast-check";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../../../src/engine/open.js";
import type { Engine } from "../../../src/engine/engine.js";
import { trainModel, type TrainHooks } from "../../../src/pipeline/train-model.js";
import { readCheckpoint } from "../../../src/train/checkpoint.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { sampleConfigs, sampleDataset } from "../samples.js";
import { demand, judge, type OpenSurface, type Surface } from "../surface.js";

interface Input {
  readonly file: number;
  readonly header: readonly JsonChange[];
  readonly bytes: readonly ByteChange[];
  /** Whether the checksum is that of the changed file. */
  readonly signed: boolean;
  /** Whether a training goes on from it, which is what a checkpoint is for; reading alone is quicker. */
  readonly resumed: boolean;
}

/** A checkpoint as it lies in the folder, and the files that lie beside it. */
interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
  readonly beside: readonly { readonly name: string; readonly bytes: Buffer }[];
}

const CHECKSUM = 32;
const PREFIX = 16;
const dataset = sampleDataset();
const [config] = sampleConfigs();

const inputs: fc.Arbitrary<Input> = fc.record({
  file: fc.nat(999),
  header: fc.oneof({ weight: 2, arbitrary: jsonChanges(["f32", "f64", "i32", "position", "order"]) },
    { weight: 1, arbitrary: fc.constant([]) }),
  bytes: fc.oneof({ weight: 2, arbitrary: byteChanges }, { weight: 1, arbitrary: fc.constant([]) }),
  signed: fc.oneof(fc.constant(true), fc.boolean()),
  resumed: fc.boolean(),
});

async function open(): Promise<OpenSurface> {
  const folder = await mkdtemp(join(tmpdir(), "unknot-fuzz-"));
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 26 });
  const samples = await stopped(engine, folder);
  const check = async (input: Input): ReturnType<typeof judge> => {
    const { name, bytes, beside } = samples[input.file % samples.length];
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await writeFile(join(folder, name), written(bytes, input));
    for (const other of beside) await writeFile(join(folder, other.name), other.bytes);
    return judge(() => (input.resumed ? goOn(engine, folder, true) : readCheckpoint(join(folder, name))));
  };
  const surface: OpenSurface<Input> = { inputs, check, close: () => rm(folder, { recursive: true, force: true }) };
  return surface;
}

/** Trainings that were stopped in the recommender's stage, and in the SAE's. */
async function stopped(engine: Engine, folder: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const stage of ["cfae", "sae"] as const) {
    const stop = new AbortController();
    const reason = new Error("enough");
    await rm(folder, { recursive: true, force: true });
    await goOn(engine, folder, false, {
      signal: stop.signal, onStep: (at, step) => { if (at === stage && step === 2) stop.abort(reason); },
    }).catch((error: unknown) => { if (error !== reason) throw error; });
    const names = (await readdir(folder)).filter((name) => /^\w+\.(checkpoint|trained)$/.test(name));
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
    for (const { name, bytes } of files) {
      samples.push({ name, bytes, beside: files.filter((other) => other.name !== name) });
    }
  }
  return samples;
}

async function goOn(engine: Engine, folder: string, resume: boolean, hooks: TrainHooks = {}): Promise<void> {
  const checkpoint = { folder, every: 0, resume };
  const model = await trainModel(dataset, { config, seed: 1, engine, minTagApplications: 1, checkpoint, hooks });
  demand([...model.sae.decoderW].every(Number.isFinite), "a weight is not finite");
}

function written(bytes: Buffer, { header, bytes: changes, signed }: Input): Buffer {
  const from = PREFIX + bytes.readUInt32LE(12);
  const json = Buffer.from(changeJson(JSON.parse(bytes.toString("utf8", PREFIX, from)), header));
  const prefix = Buffer.from(bytes.subarray(0, PREFIX));
  prefix.writeUInt32LE(json.length, 12);
  const body = changeBytes(Buffer.concat([prefix, json, bytes.subarray(from, -CHECKSUM)]), changes);
  const checksum = signed ? createHash("sha256").update(body).digest() : bytes.subarray(-CHECKSUM);
  return Buffer.concat([body, checksum]);
}

export const checkpoints: Surface = { name: "checkpoints", about: "checkpoints of a training", round: 200, open };
