/**
 * A model on its way to a browser: two files that any static host can send.
 *
 *   unknot-web.json       format and version, precision, the other file's size and SHA-256, what smaller numbers cost,
 *                         sample profiles, the tags' knobs, and what a model folder's description says but for where
 *                         the data was
 *   weights.safetensors   the model's tensors, and the item codes S, which would take a browser too long to work out
 *
 * Precision: f32 as trained; f16 halves; int8 whole numbers −127 … 127 with a scale for each item or neuron. Only
 * matrices are made smaller: biases and thresholds stay f32. Codes are stored as positions and values, values in f16
 * unless the weights are f32.
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Precomputed, SampleProfile, TagKnob } from "./precomputed.js";
import { CheckedJson } from "../base/checked-json.js";
import { fromHalf, toHalf } from "./float16.js";
import { checkFormat, describeModel, modelFrom, modelTensors } from "./format.js";
import type { Model } from "./model.js";
import { encodeStored, decodeStored, type StoredTensor, type StoredType } from "./safetensors.js";
import type { NamedTensor } from "../base/named-tensors.js";

export const precisions = ["f32", "f16", "int8"] as const;
/** How weights are stored: 4, 2 or 1 byte each. */
export type Precision = (typeof precisions)[number];

export const WEB_DESCRIPTION = "unknot-web.json";
export const WEB_TENSORS = "weights.safetensors";

const FORMAT = "unknot-web-model";
const VERSION = 1;

/** What smaller numbers cost: lists of the exported model against those of the model as trained. */
export interface WebAccuracy {
  /** Profiles that were compared. */
  readonly profiles: number;
  /** Mean share of the 20 best items that are the same, 0 … 1, and the worst profile's. */
  readonly overlap: number;
  readonly worstOverlap: number;
  /** nDCG@20 of the test users with either, where the data was at hand. */
  readonly ndcg: { readonly trained: number; readonly exported: number; readonly users: number } | null;
}

/** What goes into a web model besides the model. */
export interface WebModelOptions {
  /** Default "f16". */
  readonly precision?: Precision;
  /** Default: none, and the session makes some up from tags. */
  readonly samples?: readonly SampleProfile[];
  /** `Session.tagKnobs` of the model as trained. */
  readonly tagKnobs?: readonly TagKnob[];
  readonly accuracy?: WebAccuracy;
}

/** The files' contents. */
export interface WebModelFiles {
  readonly description: string;
  /** In pieces, to be written one after the other. */
  readonly tensors: readonly Uint8Array[];
}

/** A model as a page loads it, with what it would have to work out. */
export interface WebModel {
  readonly model: Model;
  /** S, (I, H) */
  readonly itemCodes: Csr;
  readonly precision: Precision;
  readonly samples: readonly SampleProfile[] | null;
  readonly tagKnobs: readonly TagKnob[] | null;
  readonly accuracy: WebAccuracy | null;
}

/**
 * A model as the two files that a page loads.
 *
 * @param itemCodes S, (I, H), of the model as trained.
 */
export async function encodeWebModel(
  model: Model, itemCodes: Csr, options: WebModelOptions = {},
): Promise<WebModelFiles> {
  const { precision = "f16", samples = null, tagKnobs = null, accuracy = null } = options;
  const weights = Object.entries(modelTensors(model)).flatMap(([name, tensor]) => shrink(name, tensor, precision));
  const tensors = encodeStored(Object.fromEntries([...weights, ...storeCodes(itemCodes, precision)]));
  // Folders and file names of the machine that trained it stay private.
  const published = { ...model, data: { ...model.data, source: null, notes: [], users: undefined } };
  const description = describeModel({
    format: FORMAT, version: VERSION, precision,
    tensors: { file: WEB_TENSORS, bytes: sizeOf(tensors), sha256: await sha256(joined(tensors)) },
    accuracy, samples,
    knobs: tagKnobs && tagKnobs.map(({ neurons, weights }) => ({ neurons, weights: Array.from(weights, short) })),
  }, published);
  return { description, tensors };
}

/** Six digits: thousands of tags have forty weights each, and only their ratios count. */
function short(weight: number): number {
  return Number(weight.toPrecision(6));
}

/** Bytes of pieces together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** How many bytes the tensors' file must have, by the description. @throws UserError when it is none. */
export function tensorBytes(description: string, name = WEB_DESCRIPTION): number {
  return checked(description, name).at("tensors").at("bytes").whole();
}

/**
 * @param folder where the files came from, for messages only.
 * @throws UserError naming the file that is damaged, foreign or newer than this unknot.
 */
export async function decodeWebModel(description: string, tensors: Uint8Array, folder = "model"): Promise<WebModel> {
  const file = `${folder}/${WEB_TENSORS}`;
  const json = checked(description, `${folder}/${WEB_DESCRIPTION}`);
  const expected = json.at("tensors");
  const bytes = expected.at("bytes").whole();
  if (tensors.length !== bytes) {
    throw new UserError(`${file}: truncated or foreign: ${tensors.length} bytes, expected ${bytes}`);
  }
  const sum = await sha256(tensors);
  if (sum !== "" && sum !== expected.at("sha256").string()) {
    throw new UserError(`${file}: damaged, or of another export: its checksum is not that of ${json.file}`);
  }
  const stored = decodeStored(tensors, file);
  const model = modelFrom(json, restore(stored, file), file);
  const [samples, knobs] = [json.at("samples"), json.at("knobs")];
  return {
    model,
    itemCodes: readCodes(stored, model.items.ids.length, model.shape.neurons, file),
    precision: json.at("precision").oneOf(precisions),
    samples: samples.isNull ? null : samples.list().map((sample) => ({
      name: sample.at("name").string(), items: sample.at("items").strings(),
    })),
    tagKnobs: knobs.isNull ? null : knobs.list(model.tags?.names.length ?? 0).map((knob) => {
      const neurons = knob.at("neurons").list().map((neuron) => neuron.whole(0, model.shape.neurons - 1));
      return { neurons, weights: knob.at("weights").list(neurons.length).map((weight) => weight.number()) };
    }),
    accuracy: json.at("accuracy").raw as WebAccuracy | null,
  };
}

/** What a session on the model need not work out. */
export function partsOf({ itemCodes, samples, tagKnobs }: WebModel): Precomputed {
  return { itemCodes, samples: samples ?? undefined, tagKnobs: tagKnobs ?? undefined };
}

function checked(description: string, name: string): CheckedJson {
  const json = CheckedJson.parse(description, name);
  checkFormat(json, FORMAT, VERSION);
  return json;
}

// Weights

/** Which side of a matrix has one row a neuron or item: those have scales of their own. W_enc lies transposed. */
function scaledByColumn(name: string): boolean {
  return name === "encoder_w";
}

function shrink(name: string, { shape, data }: NamedTensor, precision: Precision): [string, StoredTensor][] {
  if (precision === "f32" || shape.length < 2) return [[name, { dtype: "F32", shape, bytes: bytesOf(data) }]];
  if (precision === "f16") return [[name, { dtype: "F16", shape, bytes: bytesOf(toHalf(data)) }]];
  const [rows, cols] = shape;
  const byColumn = scaledByColumn(name);
  const scale = new Float32Array(byColumn ? cols : rows);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const at = byColumn ? c : r;
      scale[at] = Math.max(scale[at], Math.abs(data[r * cols + c]) / 127);
    }
  }
  const whole = new Int8Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const step = scale[byColumn ? c : r];
      whole[r * cols + c] = step > 0 ? Math.round(data[r * cols + c] / step) : 0;
    }
  }
  return [
    [name, { dtype: "I8", shape, bytes: bytesOf(whole) }],
    [`${name}.scale`, { dtype: "F32", shape: [scale.length], bytes: bytesOf(scale) }],
  ];
}

/** All tensors as floats again; scales and codes are left out. */
function restore(stored: Readonly<Record<string, StoredTensor>>, file: string): Record<string, NamedTensor> {
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, tensor] of Object.entries(stored)) {
    if (name.endsWith(".scale") || name.startsWith("codes.")) continue;
    const { dtype, shape, bytes } = tensor;
    if (dtype === "F32") tensors[name] = { shape, data: new Float32Array(bytes.buffer) };
    else if (dtype === "F16") tensors[name] = { shape, data: fromHalf(new Uint16Array(bytes.buffer)) };
    else if (dtype === "I8" && shape.length === 2) {
      const [rows, cols] = shape;
      const byColumn = scaledByColumn(name);
      const scales = need(stored, `${name}.scale`, "F32", byColumn ? cols : rows, file);
      const data = unscaled(new Int8Array(bytes.buffer), new Float32Array(scales.buffer), cols, byColumn);
      tensors[name] = { shape, data };
    } else throw new UserError(`${file}: tensor "${name}" is of type ${dtype}, expected floats or scaled I8`);
  }
  return tensors;
}

function unscaled(whole: Int8Array, scale: Float32Array, cols: number, byColumn: boolean): Float32Array {
  const data = new Float32Array(whole.length);
  for (let from = 0, r = 0; from < whole.length; from += cols, r++) {
    for (let c = 0; c < cols; c++) data[from + c] = whole[from + c] * scale[byColumn ? c : r];
  }
  return data;
}

// Item codes

function storeCodes(codes: Csr, precision: Precision): [string, StoredTensor][] {
  const { indptr, indices, values } = codes;
  const small = codes.cols <= 65536;
  const neurons = small ? Uint16Array.from(indices) : indices;
  const activations = precision === "f32" ? bytesOf(values!) : bytesOf(toHalf(values!));
  const entries = [indices.length];
  return [
    ["codes.starts", { dtype: "I32", shape: [indptr.length], bytes: bytesOf(indptr) }],
    ["codes.neurons", { dtype: small ? "U16" : "I32", shape: entries, bytes: bytesOf(neurons) }],
    ["codes.activations", { dtype: precision === "f32" ? "F32" : "F16", shape: entries, bytes: activations }],
  ];
}

function readCodes(stored: Readonly<Record<string, StoredTensor>>, items: number, neurons: number, file: string): Csr {
  const indptr = new Int32Array(need(stored, "codes.starts", "I32", items + 1, file).buffer);
  const size = indptr[items];
  if (indptr[0] !== 0 || indptr.some((at, i) => i > 0 && at < indptr[i - 1])) {
    throw new UserError(`${file}: tensor "codes.starts" does not ascend from 0`);
  }
  const positions = need(stored, "codes.neurons", neurons <= 65536 ? "U16" : "I32", size, file);
  const indices = neurons <= 65536
    ? Int32Array.from(new Uint16Array(positions.buffer)) : new Int32Array(positions.buffer);
  if (indices.some((neuron) => neuron < 0 || neuron >= neurons)) {
    throw new UserError(`${file}: tensor "codes.neurons" names neurons that the model does not have`);
  }
  const half = stored["codes.activations"]?.dtype === "F16";
  const activations = need(stored, "codes.activations", half ? "F16" : "F32", size, file);
  const values = half ? fromHalf(new Uint16Array(activations.buffer)) : new Float32Array(activations.buffer);
  return { rows: items, cols: neurons, indptr, indices, values };
}

/** The bytes of a tensor that must be there. */
function need(
  stored: Readonly<Record<string, StoredTensor>>, name: string, dtype: StoredType, length: number, file: string,
): Uint8Array {
  const found = Object.hasOwn(stored, name) ? stored[name] : null;
  if (!found) throw new UserError(`${file}: tensor "${name}" is missing`);
  if (found.dtype !== dtype || found.shape.join() !== String(length)) {
    const got = `${found.dtype} of shape ${found.shape.join("×")}`;
    throw new UserError(`${file}: tensor "${name}" is ${got}, expected ${dtype} of shape ${length}`);
  }
  return found.bytes;
}

function bytesOf(data: Float32Array | Int32Array | Uint16Array | Int8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** In hexadecimal; empty where there is no such function: browsers have it on secure pages only. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle;
  if (!subtle) return "";
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
