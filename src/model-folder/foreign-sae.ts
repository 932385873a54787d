/**
 * Sparse autoencoders of other libraries, by the names of their tensors. Each is brought to the four tensors of here,
 *
 *   e = activate((û − b_dec)·W_encᵀ + b_enc),   out = e·W_dec + b_dec
 *
 *   library                names                                                          what it becomes
 *   SAELens                W_enc (D, H), b_enc, W_dec (H, D), b_dec [threshold (H)]       jumprelu, topk or basic
 *   sparsify               encoder.weight (H, D), encoder.bias, W_dec (H, D), b_dec       topk
 *   dictionary_learning    encoder.weight (H, D), encoder.bias, decoder.weight (D, H),    topk, batch-topk or basic
 *                          bias or b_dec [k, threshold]
 *   unknot                 encoder_w (D, H), encoder_b, decoder_w (H, D), decoder_b       topk or basic
 *
 * Gated SAEs, and those with a skip connection or another output than their input, compute something else: refused.
 */
import type { CheckedJson } from "../base/checked-json.js";
import { transpose } from "../base/dense.js";
import { UserError } from "../base/user-error.js";
import type { SaeWeights } from "../models/sae/sparse-autoencoder.js";
import { decodeStored, floatsOf, type StoredTensor, type StoredType } from "./safetensors.js";

/** An SAE that was trained elsewhere, as the kinds of here compute it. */
export interface ForeignSae {
  /** Whose names it has: "SAELens". */
  readonly library: string;
  readonly kind: "topk" | "batch-topk" | "jumprelu" | "basic";
  readonly weights: SaeWeights;
  /** D and H. */
  readonly factors: number;
  readonly neurons: number;
  /** Active neurons of a row; null where the kind has no such number, or the file does not say it. */
  readonly k: number | null;
}

type Tensors = Readonly<Record<string, StoredTensor>>;

interface Library {
  readonly name: string;
  /** W_enc, b_enc, W_dec, b_dec. */
  readonly tensors: readonly [encoderW: string, encoderB: string, decoderW: string, decoderB: string];
  /** Whether W_enc is stored as (H, D) and W_dec as (H, D); else the other way round. */
  readonly byNeuron: readonly [encoder: boolean, decoder: boolean];
}

const LIBRARIES: readonly Library[] = [
  { name: "SAELens", tensors: ["W_enc", "b_enc", "W_dec", "b_dec"], byNeuron: [false, true] },
  { name: "sparsify", tensors: ["encoder.weight", "encoder.bias", "W_dec", "b_dec"], byNeuron: [true, true] },
  {
    name: "dictionary_learning", tensors: ["encoder.weight", "encoder.bias", "decoder.weight", "b_dec"],
    byNeuron: [true, false],
  },
  {
    name: "dictionary_learning", tensors: ["encoder.weight", "encoder.bias", "decoder.weight", "bias"],
    byNeuron: [true, false],
  },
  { name: "unknot", tensors: ["encoder_w", "encoder_b", "decoder_w", "decoder_b"], byNeuron: [false, true] },
];
const TYPES: readonly StoredType[] = ["F32", "F16", "BF16", "F64", "I64", "I32"];
/** Tensors of SAEs that compute something else, and what that is. */
const OTHERS: Readonly<Record<string, string>> = {
  W_skip: "a skip connection", b_gate: "gates", gate_bias: "gates", r_mag: "gates", b_dec_out: "another output",
};
/** ln of a threshold that is 0: every activation is above it. */
const LEAST_THRESHOLD = 1e-30;

/** The library whose SAE has tensors of these names, or null: for saying of a file what it is. */
export function libraryOf(names: readonly string[]): string | null {
  return libraryWith(names)?.name ?? null;
}

/**
 * @param file its name, for messages.
 * @param settings the library's cfg.json beside it, or null.
 * @param k active neurons of a row, where the caller says it.
 * @throws UserError for a file that is no such SAE, or one that is computed otherwise.
 */
export function readForeignSae(
  bytes: Uint8Array, file: string, settings: CheckedJson | null, k: number | null = null,
): ForeignSae {
  const tensors = decodeStored(bytes, file, TYPES);
  const names = Object.keys(tensors);
  const library = libraryWith(names);
  const other = names.find((name) => Object.hasOwn(OTHERS, name));
  if (other !== undefined) throw new UserError(`${file}: an SAE with ${OTHERS[other]} ("${other}"): unknot has none`);
  if (!library) {
    throw new UserError(`${file}: no SAE of ${[...new Set(LIBRARIES.map(({ name }) => name))].join(", ")}: it has ` +
      `${some(names)}; expected for example ${LIBRARIES[0].tensors.join(", ")}`);
  }
  const { weights, factors, neurons } = weightsOf(tensors, library, file);
  if (settings && !appliesDecoderBias(settings)) addDecoderBias(weights, factors, neurons);
  const chosen = k ?? scalarOf(tensors.k) ?? numberIn(settings, "k") ?? fromActivation(settings);
  return { library: library.name, factors, neurons, ...activationOf(tensors, weights, neurons, chosen, file) };
}

function libraryWith(names: readonly string[]): Library | undefined {
  return LIBRARIES.find(({ tensors }) => tensors.every((name) => names.includes(name)));
}

function some(names: readonly string[]): string {
  return names.length === 0 ? "no tensor" : names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "");
}

function weightsOf(
  tensors: Tensors, { tensors: [encoderW, encoderB, decoderW, decoderB], byNeuron }: Library, file: string,
): { weights: SaeWeights; factors: number; neurons: number } {
  const [neurons] = tensors[encoderB].shape;
  const [factors] = tensors[decoderB].shape;
  const matrix = (name: string, rows: boolean): Float32Array => {
    const [r, c] = rows ? [neurons, factors] : [factors, neurons];
    const values = finite(tensors[name], name, [r, c], file);
    return rows ? values : transpose(values, r, c);
  };
  const weights = {
    encoderW: matrix(encoderW, byNeuron[0]), encoderB: finite(tensors[encoderB], encoderB, [neurons], file),
    decoderW: matrix(decoderW, byNeuron[1]), decoderB: finite(tensors[decoderB], decoderB, [factors], file),
  };
  return { weights, factors, neurons };
}

function finite(
  tensor: StoredTensor, name: string, shape: readonly (number | undefined)[], file: string,
): Float32Array {
  if (tensor.shape.join() !== shape.join() || shape.includes(0)) {
    throw new UserError(`${file}: tensor "${name}" is ${tensor.shape.join("×") || "a number"}, expected ` +
      `${shape.map((n) => n ?? "?").join("×")}, by the lengths of the biases`);
  }
  const values = floatsOf(tensor);
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new UserError(`${file}: tensor "${name}" holds ${values[strange]}: the SAE is broken`);
  return values;
}

/** Which of the kinds it is: a threshold for each neuron, one for all, or the k largest; else all positive ones. */
function activationOf(
  tensors: Tensors, weights: SaeWeights, neurons: number, k: number | null, file: string,
): Pick<ForeignSae, "kind" | "weights" | "k"> {
  if (k !== null && !(Number.isInteger(k) && k >= 1 && k <= neurons)) {
    throw new UserError(`${file}: k is ${k}, expected a whole number from 1 to the ${neurons} neurons`);
  }
  const logs = tensors.log_threshold as StoredTensor | undefined;
  const name = logs ? "log_threshold" : "threshold";
  const found = logs ?? (tensors.threshold);
  if (found && found.shape.length === 1 && found.shape[0] === neurons && neurons > 1) {
    const values = finite(found, name, [neurons], file);
    const threshold = logs ? values : values.map((theta) => Math.log(Math.max(theta, LEAST_THRESHOLD)));
    return { kind: "jumprelu", weights: { ...weights, threshold }, k };
  }
  const theta = scalarOf(found);
  // Below 0 it was never learnt: the k largest are meant.
  if (theta !== null && theta > 0) {
    return { kind: "batch-topk", weights: { ...weights, threshold: Float32Array.of(theta) }, k };
  }
  return { kind: k === null ? "basic" : "topk", weights, k };
}

function scalarOf(tensor: StoredTensor | undefined): number | null {
  const values = tensor ? floatsOf(tensor) : [];
  return values.length === 1 ? values[0] : null;
}

function numberIn(settings: CheckedJson | null, key: string): number | null {
  return settings && !settings.at(key).isNull ? settings.at(key).number() : null;
}

/** Earlier versions of SAELens: { activation_fn_kwargs: { k: 32 } }. */
function fromActivation(settings: CheckedJson | null): number | null {
  return settings && !settings.at("activation_fn_kwargs").isNull
    ? numberIn(settings.at("activation_fn_kwargs"), "k") : null;
}

/** SAELens may leave out the −b_dec before the encoder. */
function appliesDecoderBias(settings: CheckedJson): boolean {
  const said = settings.at("apply_b_dec_to_input");
  return said.isNull || said.boolean();
}

/** u·W_encᵀ + b_enc = (u − b_dec)·W_encᵀ + (b_enc + b_dec·W_encᵀ) */
function addDecoderBias({ encoderW, encoderB, decoderB }: SaeWeights, factors: number, neurons: number): void {
  for (let n = 0; n < neurons; n++) {
    let sum = encoderB[n];
    for (let d = 0; d < factors; d++) sum += encoderW[n * factors + d] * decoderB[d];
    encoderB[n] = sum;
  }
}
