/** The trained models of the scale bench on disk: safetensors, as model folders hold them. */
import { join } from "node:path";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import type { Engine } from "../../src/engine/engine.js";
import { readBytes } from "../../src/files/array-file.js";
import { writeAtomically } from "../../src/files/atomic.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/model-folder/safetensors.js";
import { elsa } from "../../src/models/recommenders/elsa.js";
import type { Cfae } from "../../src/models/recommenders/recommender.js";
import type { ScoringModel } from "../../src/models/recommenders/scoring-model.js";
import { elsaSparse } from "../../src/models/recommenders/sparse-elsa.js";
import type { Scale } from "./settings.js";

export type Kind = "dense" | "sparse";

const fileOf = ({ folder }: Scale, kind: Kind): string => join(folder, `${kind}.safetensors`);

/** GiB written. */
export async function saveWeights(scale: Scale, kind: Kind, weights: NamedTensors): Promise<number> {
  const pieces = encodeSafetensors(weights);
  await writeAtomically(fileOf(scale, kind), pieces);
  return pieces.reduce((sum, { length }) => sum + length, 0) / 2 ** 30;
}

export async function openModel(engine: Engine, scale: Scale, kind: Kind): Promise<ScoringModel & Cfae> {
  const file = fileOf(scale, kind);
  const weights = decodeSafetensors(await readBytes(file), file);
  return (kind === "dense" ? elsa : elsaSparse).open(engine, weights);
}
