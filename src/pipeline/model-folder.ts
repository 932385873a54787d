/**
 * A model on disk: a folder of two files.
 *
 *   model.safetensors   the recommender: ELSA's encoder (I, D), or MultVAE's encoder.fc0.weight … [out, in]; and the
 *                       SAE: encoder_w (D, H), encoder_b (H), decoder_w (H, D), decoder_b (D), for BatchTopK also
 *                       threshold (1), for JumpReLU log_threshold (H). Named and laid out as in PyTorch's reference
 *                       (in memory W_enc is (H, D), so it is transposed here); docs/exchange.md has the Python
 *   unknot.json         format and version, configuration, seed, names, labels, metrics, and the other file's SHA-256
 *
 * The folder is renamed into place as a whole, and the checksum ties its files together: a damaged, truncated, mixed or
 * foreign file is refused by name. No time of day goes into it: the same command writes the same bytes.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TagCounts } from "../data/dataset.js";
import type { Estimate } from "../evaluate/metrics.js";
import type { NeuronLabel } from "../interpret/labels.js";
import { UserError } from "../kernels/user-error.js";
import type { NamedWeights } from "../models/multdae.js";
import {
  cfaeNames, checkConfig, factorsOf, multVaeConfigOf, saeKinds, type Preset, type SaeConfig,
} from "../train/config.js";
import { checkFolder, writeFolder } from "./atomic-folder.js";
import { CheckedJson } from "./checked-json.js";
import type { DataSource } from "./data-source.js";
import type { FitSummary, Model, ModelData, ModelMetrics, Quality } from "./model.js";
import { decodeSafetensors, encodeSafetensors, type Tensors } from "./safetensors.js";

const FORMAT = "unknot-model";
/** Raised when an older unknot could not read the folder any more. */
const VERSION = 1;
const TENSORS = "model.safetensors";
const DESCRIPTION = "unknot.json";

/** Refuses a folder that saveModel would refuse: call it before training. */
export function checkModelFolder(folder: string): Promise<void> {
  return checkFolder(folder, [TENSORS, DESCRIPTION]);
}

/**
 * Writes the model; an earlier model in the folder is replaced.
 * @throws UserError when the folder holds other files or cannot be written; it is then as it was.
 */
export async function saveModel(folder: string, model: Model): Promise<void> {
  const { factors: D, neurons: H } = model.shape;
  const tensors = encodeSafetensors({
    ...model.cfae,
    encoder_w: { shape: [D, H], data: transposed(model.sae.encoderW, H, D) },
    encoder_b: { shape: [H], data: model.sae.encoderB },
    decoder_w: { shape: [H, D], data: model.sae.decoderW },
    decoder_b: { shape: [D], data: model.sae.decoderB },
    ...thresholdOf(model),
  });
  const description = new TextEncoder().encode(describe(model, tensors));
  await writeFolder(folder, [{ name: TENSORS, pieces: tensors }, { name: DESCRIPTION, pieces: [description] }]);
}

/** @throws UserError naming the file that is missing, damaged, foreign or newer than this unknot. */
export async function loadModel(folder: string): Promise<Model> {
  const place = await stat(folder).catch(() => null);
  if (!place?.isDirectory()) {
    throw new UserError(`${folder}: no such folder, expected a model written by "unknot train"`);
  }
  const json = CheckedJson.parse((await read(folder, DESCRIPTION)).toString("utf8"), join(folder, DESCRIPTION));
  const format = json.at("format");
  if (format.raw !== FORMAT) format.refuse(`"${FORMAT}": this is no model of unknot`);
  const version = json.at("version").whole(1);
  if (version > VERSION) {
    throw new UserError(`${json.file}: version ${version}, this unknot reads up to ${VERSION}: use a newer unknot`);
  }
  const bytes = await read(folder, TENSORS);
  checkBytes(json, bytes, join(folder, TENSORS));
  return modelFrom(json, decodeSafetensors(bytes, join(folder, TENSORS)), join(folder, TENSORS));
}

async function read(folder: string, name: string): Promise<Buffer> {
  const file = join(folder, name);
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? `is missing: ${folder} is no model folder` : `cannot be read (${error.code})`;
    throw new UserError(`${file}: ${why}`);
  });
}

function checkBytes(json: CheckedJson, bytes: Uint8Array, file: string): void {
  const expected = json.at("tensors");
  const size = expected.at("bytes").whole();
  if (bytes.length !== size) {
    throw new UserError(`${file}: truncated or foreign: ${bytes.length} bytes, expected ${size}`);
  }
  if (sha256([bytes]) !== expected.at("sha256").string()) {
    throw new UserError(`${file}: damaged, or of another run: its checksum is not that of ${json.file}`);
  }
}

/** One top-level member a line: readable enough, and diffs show what changed. */
function describe(model: Model, tensors: readonly Uint8Array[]): string {
  const { tags } = model;
  const members = {
    format: FORMAT,
    version: VERSION,
    tensors: { file: TENSORS, bytes: tensors.reduce((sum, piece) => sum + piece.length, 0), sha256: sha256(tensors) },
    config: model.config,
    seed: model.seed,
    numerics: model.numerics,
    shape: { items: model.items.ids.length, ...model.shape },
    metrics: model.metrics,
    fit: model.fit,
    data: model.data,
    labels: model.labels,
    tags: tags && {
      names: tags.names,
      indptr: Array.from(tags.counts.indptr),
      items: Array.from(tags.counts.indices),
      counts: Array.from(tags.counts.values!),
    },
    items: model.items,
  };
  const lines = Object.entries(members).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function modelFrom(json: CheckedJson, tensors: Tensors, file: string): Model {
  const shape = json.at("shape");
  const I = shape.at("items").whole(1);
  const D = shape.at("factors").whole(1);
  const H = shape.at("neurons").whole(1);
  const tensor = (name: string, ...expected: number[]): Float32Array => {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : null;
    if (!found) throw new UserError(`${file}: tensor "${name}" is missing`);
    if (found.shape.join() !== expected.join()) {
      throw new UserError(`${file}: tensor "${name}" is ${found.shape.join("×")}, expected ${expected.join("×")}`);
    }
    return found.data;
  };
  const tags = tagsFrom(json.at("tags"), I);
  const config = configFrom(json.at("config"));
  if (factorsOf(config) !== D) {
    throw new UserError(`${json.file}: shape.factors is ${D}, the configuration says ${factorsOf(config)}`);
  }
  const cfae = cfaeFrom(config, I, tensor);
  const threshold = THRESHOLDS[config.sae.kind];
  return {
    config,
    seed: json.at("seed").number(),
    numerics: json.at("numerics").oneOf(["fused", "portable", "plain"]),
    items: itemsFrom(json.at("items"), I),
    cfae,
    sae: {
      encoderW: transposed(tensor("encoder_w", D, H), D, H),
      encoderB: tensor("encoder_b", H),
      decoderW: tensor("decoder_w", H, D),
      decoderB: tensor("decoder_b", D),
      ...(threshold ? { threshold: tensor(threshold.name, threshold.perNeuron ? H : 1) } : {}),
    },
    shape: { factors: D, neurons: H, k: shape.at("k").whole(1) },
    tags,
    labels: json.at("labels").list(H).map((label, neuron) => labelFrom(label, neuron, tags)),
    fit: { cfae: fitFrom(json.at("fit").at("cfae")), sae: fitFrom(json.at("fit").at("sae")) },
    metrics: metricsFrom(json.at("metrics")),
    data: dataFrom(json.at("data")),
  };
}

/** The tensors that only some kinds of SAE have. */
const THRESHOLDS: Partial<Record<SaeConfig["kind"], { name: string; perNeuron: boolean }>> = {
  "batch-topk": { name: "threshold", perNeuron: false },
  jumprelu: { name: "log_threshold", perNeuron: true },
};

function thresholdOf({ config, sae }: Model): Tensors {
  const found = THRESHOLDS[config.sae.kind];
  return found && sae.threshold ? { [found.name]: { shape: [sae.threshold.length], data: sae.threshold } } : {};
}

/** The recommender's tensors, each of the shape that the configuration asks for. */
function cfaeFrom(
  config: Preset, items: number, tensor: (name: string, ...shape: number[]) => Float32Array,
): NamedWeights {
  const D = factorsOf(config);
  if ((config.model ?? "elsa") === "elsa") return { encoder: { shape: [items, D], data: tensor("encoder", items, D) } };
  const { hidden } = multVaeConfigOf(config);
  const heads = config.model === "multvae" ? ["encoder_mu", "encoder_logvar"] : ["encoder_mu"];
  const layers: [string, number, number][] = [
    ["encoder.fc0", hidden, items], ...heads.map((name): [string, number, number] => [name, D, hidden]),
    ["decoder.fc0", hidden, D], ["decoder.fc1", items, hidden],
  ];
  return Object.fromEntries(layers.flatMap(([name, out, fanIn]) => [
    [`${name}.weight`, { shape: [out, fanIn], data: tensor(`${name}.weight`, out, fanIn) }],
    [`${name}.bias`, { shape: [out], data: tensor(`${name}.bias`, out) }],
  ]));
}

function configFrom(json: CheckedJson): Preset {
  const [model, sae] = [json.at("model"), json.at("sae")];
  if (!model.isNull) model.oneOf(cfaeNames);
  json.at("elsa").at("factors").whole(1);
  if (!json.at("multvae").isNull) json.at("multvae").at("factors").whole(1);
  sae.at("kind").oneOf(saeKinds);
  sae.at("loss").oneOf(["l2", "cosine"]);
  sae.at("target").oneOf(["embedding", "standardised"]);
  const config = json.raw as Preset;
  try {
    checkConfig(config);
  } catch (error) {
    throw new UserError(`${json.file}: config: ${(error as Error).message}`);
  }
  return config;
}

function itemsFrom(json: CheckedJson, items: number): Model["items"] {
  const users = json.at("users");
  return {
    ids: json.at("ids").strings(items), titles: json.at("titles").strings(items),
    ...(users.isNull ? {} : { users: users.list(items).map((count) => count.whole()) }),
  };
}

function tagsFrom(json: CheckedJson, items: number): TagCounts | null {
  if (json.isNull) return null;
  const names = json.at("names").strings();
  const indptr = Int32Array.from(json.at("indptr").list(names.length + 1), (entry) => entry.whole());
  const size = indptr[names.length];
  if (indptr[0] !== 0 || indptr.some((at, t) => t > 0 && at < indptr[t - 1])) {
    json.at("indptr").refuse("ascending numbers from 0");
  }
  return {
    names,
    counts: {
      rows: names.length, cols: items, indptr,
      indices: Int32Array.from(json.at("items").list(size), (entry) => entry.whole(0, items - 1)),
      values: Float32Array.from(json.at("counts").list(size), (entry) => entry.number()),
    },
  };
}

function labelFrom(json: CheckedJson, neuron: number, tags: TagCounts | null): NeuronLabel {
  const last = (tags?.names.length ?? 0) - 1;
  return {
    neuron: json.at("neuron").whole(neuron, neuron),
    label: json.at("label").isNull ? null : json.at("label").string(),
    tag: json.at("tag").whole(-1, last),
    confidence: json.at("confidence").numberOrNaN(),
    runnersUp: json.at("runnersUp").list().map((other) => ({
      tag: other.at("tag").whole(0, last),
      label: other.at("label").string(),
      confidence: other.at("confidence").numberOrNaN(),
    })),
    density: json.at("density").number(),
  };
}

function fitFrom(json: CheckedJson): FitSummary {
  return {
    epochs: json.at("epochs").whole(1),
    bestEpoch: json.at("bestEpoch").whole(),
    bestValidationLoss: json.at("bestValidationLoss").numberOrNaN(),
    stoppedEarly: json.at("stoppedEarly").boolean(),
  };
}

function metricsFrom(json: CheckedJson): ModelMetrics {
  const estimate = (at: CheckedJson): Estimate =>
    ({ mean: at.at("mean").numberOrNaN(), se: at.at("se").numberOrNaN(), n: at.at("n").whole() });
  const quality = (name: string): Quality =>
    ({ recall: estimate(json.at(name).at("recall")), ndcg: estimate(json.at(name).at("ndcg")) });
  return {
    testUsers: json.at("testUsers").whole(),
    popularity: quality("popularity"),
    cfae: quality("cfae"),
    nested: quality("nested"),
    change: quality("change"),
    cosine: estimate(json.at("cosine")),
    l0: estimate(json.at("l0")),
    dead: json.at("dead").whole(),
  };
}

function dataFrom(json: CheckedJson): ModelData {
  const source = json.at("source");
  if (!source.isNull) source.at("seed").number();
  return {
    name: json.at("name").string(),
    source: source.isNull ? null : source.raw as DataSource,
    trainUsers: json.at("trainUsers").whole(),
    validationUsers: json.at("validationUsers").whole(),
    testUsers: json.at("testUsers").whole(),
    interactions: json.at("interactions").whole(),
    minTagApplications: json.at("minTagApplications").number(),
    notes: json.at("notes").strings(),
  };
}

/** (rows, cols) → (cols, rows) */
function transposed(x: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) out[c * rows + r] = x[r * cols + c];
  return out;
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
