/**
 * The models of the steering benches: ELSA until early stopping and TopK SAEs on its embeddings, in the shape of the
 * reference (docs/method.md §2–3), kept in a folder between runs.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { csrFromLists, csrRow, type Csr } from "../src/base/csr.js";
import { configWith } from "../src/cli/settings.js";
import type { ElsaConfig } from "../src/config/elsa.js";
import { presetNamed } from "../src/config/presets.js";
import type { SaeConfig } from "../src/config/sae.js";
import type { Split } from "../src/data/dataset.js";
import type { Engine } from "../src/engine/engine.js";
import { decodeSafetensors, encodeSafetensors } from "../src/model-folder/safetensors.js";
import { embedAll } from "../src/models/encode-all.js";
import { Elsa, elsa as recordOfElsa } from "../src/models/recommenders/elsa.js";
import type { SaeShape, SaeWeights } from "../src/models/sae/sparse-autoencoder.js";
import { trainRecommender } from "../src/train/train-recommender.js";
import { trainSae } from "../src/train/train-sae.js";

/** The SAEs that the reference was measured with, by its names for them. */
export const KINDS: Readonly<Record<string, Pick<SaeConfig, "loss" | "target">>> = {
  "L2, standardised target (reference)": { loss: "l2", target: "standardised" },
  "L2, embedding target": { loss: "l2", target: "embedding" },
  "Cosine, embedding target": { loss: "cosine", target: "embedding" },
};

export function elsaOf(preset: string, factors: number, set: readonly string[] = []): ElsaConfig {
  return configWith(presetNamed(preset), [
    `elsa.factors=${factors}`, "elsa.epochs=400", "elsa.patience=10", ...set,
  ]).elsa;
}

export function saeOf(set: readonly string[] = []): SaeConfig {
  return configWith(presetNamed("paper"), ["sae.kind=topk", "sae.expansion=4", "sae.k=32", ...set]).sae;
}

export function shapeOf({ factors }: ElsaConfig, { expansion, k }: SaeConfig): SaeShape & { k: number } {
  return { factors, neurons: factors * expansion, k };
}

export interface SteeringModels {
  /** A, (I, D) */
  readonly encoder: Float32Array;
  readonly sae: (kind: Pick<SaeConfig, "loss" | "target">) => Promise<SaeWeights>;
}

export interface SteeringModelOptions {
  readonly elsa: ElsaConfig;
  readonly sae: SaeConfig;
  readonly seed: number;
  /** Folder where weights are kept, one for each seed. Default: nowhere. */
  readonly cache?: string;
}

/** Trains, or reads what was trained before. */
export async function openSteeringModels(
  engine: Engine, name: string, split: Split, { elsa, sae, seed, cache }: SteeringModelOptions,
): Promise<SteeringModels> {
  const watched = inputAndTargetOf(split);
  const { encoder } = await kept(cache, `${name}-elsa`, async () => {
    const data = { train: split.train, validation: watched };
    return { encoder: (await trainRecommender(engine, recordOfElsa, data, elsa, seed)).weights.encoder.data };
  });
  const embeddings = engine.scope(() => {
    const model = new Elsa(engine, encoder, split.train.cols, elsa.factors);
    return { train: embedAll(engine, model, split.train), watched: embedAll(engine, model, watched) };
  });
  return {
    encoder,
    sae: async (kind) => await kept(cache, `${name}-sae-${kind.loss}-${kind.target}`, async () => ({
      ...(await trainSae(engine, embeddings.train, embeddings.watched, { ...sae, ...kind }, seed + 1)).weights,
    })) as unknown as SaeWeights,
  };
}

/** Validation users with input and targets together. */
export function inputAndTargetOf({ validation: { input, target } }: Split): Csr {
  return csrFromLists(
    Array.from({ length: input.rows }, (_, r) => [...csrRow(input, r), ...csrRow(target, r)]), input.cols,
  );
}

type Arrays = Record<string, Float32Array>;

async function kept(folder: string | undefined, name: string, train: () => Promise<Arrays>): Promise<Arrays> {
  const file = join(folder ?? "", `${name}.safetensors`);
  if (folder !== undefined && existsSync(file)) {
    return Object.fromEntries(
      Object.entries(decodeSafetensors(await readFile(file), file)).map(([key, { data }]) => [key, data]),
    );
  }
  const weights = await train();
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, encodeSafetensors(Object.fromEntries(
      Object.entries(weights).map(([key, data]) => [key, { shape: [data.length], data }]),
    )));
  }
  return weights;
}
