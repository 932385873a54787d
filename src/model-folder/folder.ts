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
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../base/user-error.js";
import { readSettled, writeFolderAtomically } from "../files/atomic.js";
import { checkFolder, type FolderPlace } from "../files/place.js";
import { CheckedJson } from "../base/checked-json.js";
import { checkFormat, describeModel, modelFrom, modelTensors } from "./format.js";
import type { Model } from "./model.js";
import { libraryOf } from "./foreign-sae.js";
import { encodeSafetensors, decodeSafetensors, tensorNames } from "./safetensors.js";

const FORMAT = "unknot-model";
/** Raised when an older unknot could not read the folder any more. */
const VERSION = 1;
const TENSORS = "model.safetensors";
const DESCRIPTION = "unknot.json";

/** Refuses a folder that saveModel would refuse: call it before training. */
export function checkModelFolder(folder: string): Promise<FolderPlace> {
  return checkFolder(folder, [TENSORS, DESCRIPTION]);
}

/**
 * Writes the model; an earlier model in the folder is replaced.
 * @throws UserError when the folder holds other files or cannot be written; it is then as it was.
 */
export async function saveModel(folder: string, model: Model): Promise<void> {
  const tensors = encodeSafetensors(modelTensors(model));
  const bytes = tensors.reduce((sum, piece) => sum + piece.length, 0);
  const description = new TextEncoder().encode(describeModel({
    format: FORMAT, version: VERSION, tensors: { file: TENSORS, bytes, sha256: sha256(tensors) },
  }, model));
  await writeFolderAtomically(folder, [
    { name: TENSORS, pieces: tensors }, { name: DESCRIPTION, pieces: [description] },
  ]);
}

/** @throws UserError naming the file that is missing, damaged, foreign or newer than this unknot. */
export function loadModel(folder: string): Promise<Model> {
  return readSettled(folder, () => readModel(folder));
}

async function readModel(folder: string): Promise<Model> {
  const place = await stat(folder).catch(() => null);
  if (!place?.isDirectory()) {
    throw new UserError(`${folder}: no such folder, expected a model written by "unknot train"`);
  }
  const json = CheckedJson.parse((await read(folder, DESCRIPTION)).toString("utf8"), join(folder, DESCRIPTION));
  checkFormat(json, FORMAT, VERSION);
  const bytes = await read(folder, TENSORS);
  checkForeign(bytes, join(folder, TENSORS));
  checkBytes(json, bytes, join(folder, TENSORS));
  return modelFrom(json, decodeSafetensors(bytes, join(folder, TENSORS)), join(folder, TENSORS));
}

async function read(folder: string, name: string): Promise<Buffer> {
  const file = join(folder, name);
  return readFile(file).catch(async (error: NodeJS.ErrnoException) => {
    const foreign = await foreignIn(folder);
    if (foreign && error.code === "ENOENT") throw new UserError(`${file}: is missing: ${foreign}`);
    const why = error.code === "ENOENT" ? `is missing: ${folder} is no model folder` : `cannot be read (${error.code})`;
    throw new UserError(`${file}: ${why}`);
  });
}

/** What a folder without a model holds instead, when it is an SAE of another library; else null. */
async function foreignIn(folder: string): Promise<string | null> {
  const names: string[] = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".safetensors"))) {
    const library = libraryOf(tensorNames(await readFile(join(folder, name)).catch(() => new Uint8Array())));
    if (library) return `${name} is an SAE of ${library}: "unknot import" puts it into a model`;
  }
  return null;
}

/** @throws UserError for a file that is another library's, by its tensors' names. */
function checkForeign(bytes: Uint8Array, file: string): void {
  const library = libraryOf(tensorNames(bytes));
  if (library === null || library === "unknot") return;
  throw new UserError(
    `${file}: not the model's weights but an SAE of ${library}: "unknot import" puts it into a model`,
  );
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

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
