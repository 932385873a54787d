/**
 * The trainings behind one seed's figures (bench/meaning.ts). With a folder each one is kept there under a name that
 * its settings decide, and one that was stopped goes on from its checkpoint.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { csrSelectRows, type Csr } from "../../src/base/csr.js";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import { sectionOf, type Config } from "../../src/config/config.js";
import type { OpenedData } from "../../src/data/data-source.js";
import type { Engine } from "../../src/engine/engine.js";
import type { ModelWeights } from "../../src/model-folder/model.js";
import { openCfae } from "../../src/model-folder/open-model.js";
import { embedAll } from "../../src/models/encode-all.js";
import { recordOf } from "../../src/models/recommenders/registry.js";
import type { SaeWeights } from "../../src/models/sae/sparse-autoencoder.js";
import { updateConfig } from "../../src/pipeline/train-model.js";
import { trainCfae } from "../../src/train/train-recommender.js";
import { trainSae } from "../../src/train/train-sae.js";
import { kept, resumable } from "../backbones/kept.js";

/** Figures by name, as a table's column. */
export type Figures = Record<string, number>;

export class Trainings {
  private readonly watched: Csr;

  /** @param folder null: nothing is kept. @param seed of the data and the split; part of every name. */
  constructor(
    private readonly engine: Engine, private readonly opened: OpenedData, private readonly folder: string | null,
    private readonly seed: number,
  ) {
    if (folder !== null) mkdirSync(folder, { recursive: true });
    this.watched = csrSelectRows(opened.dataset.interactions, opened.split.validation.users);
  }

  /** @param start weights to go on from. */
  recommender(config: Config, seed: number, start: NamedTensors | null = null): Promise<NamedTensors> {
    const settings = sectionOf(config, recordOf(config).section);
    const file = this.file("recommender", { settings, seed, from: start && digest(start) }, "safetensors");
    return kept(file, () => resumable(file && `${file}.checkpoint`, async (hooks) => {
      const given = { train: this.opened.split.train, validation: this.watched, ...(start ? { start } : {}) };
      return (await trainCfae(this.engine, config, given, seed, hooks)).weights;
    }));
  }

  async dictionary(
    config: Config, cfae: NamedTensors, seed: number, start: SaeWeights | null = null,
  ): Promise<ModelWeights> {
    const shape = { factors: 0, neurons: 0, k: config.sae.k };
    const from = start && digest(asTensors(start));
    const file = this.file("sae", { sae: config.sae, on: digest(cfae), seed, from }, "safetensors");
    const tensors = await kept(file, () => resumable(file && `${file}.checkpoint`, (hooks) =>
      this.engine.scope(async () => {
        const { split } = this.opened;
        const opened = openCfae(this.engine, config, cfae);
        const { weights } = await trainSae(
          this.engine, embedAll(this.engine, opened, split.train), embedAll(this.engine, opened, this.watched),
          config.sae, seed, hooks, { cfae: opened, train: split.train, validation: this.watched }, start,
        );
        return asTensors(weights);
      })));
    [shape.neurons, shape.factors] = tensors.decoderW.shape;
    return { config, cfae, sae: fromTensors(tensors), shape };
  }

  /** Everything anew with other seeds. */
  async again(config: Config, [first, second]: readonly [number, number]): Promise<ModelWeights> {
    return this.dictionary(config, await this.recommender(config, first), second);
  }

  /** A training with other seeds that goes on from an earlier one, as `unknot train --from` does. */
  async from({ config, cfae, sae }: ModelWeights, [first, second]: readonly [number, number]): Promise<ModelWeights> {
    const shorter = updateConfig(config);
    return this.dictionary(shorter, await this.recommender(shorter, first, cfae), second, sae);
  }

  /** Figures that were worked out before with the same settings, or now. */
  async figures(part: string, settings: object, work: () => Figures | Promise<Figures>): Promise<Figures> {
    const file = this.file(`figures-${part}`, settings, "json");
    if (file !== null && existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Figures;
    const found = await work();
    if (file !== null) writeFileSync(file, JSON.stringify(found));
    return found;
  }

  private file(what: string, settings: object, ending: string): string | null {
    if (this.folder === null) return null;
    const { dataset } = this.opened;
    const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 10);
    return join(this.folder, `${dataset.name.replace(/\W+/g, "-")}-${this.seed}-${what}-${key}.${ending}`);
  }
}

function digest(tensors: NamedTensors): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(tensors).sort()) {
    const { data } = tensors[name];
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function asTensors({ encoderW, encoderB, decoderW, decoderB, threshold }: SaeWeights): NamedTensors {
  const [H, D] = [encoderB.length, decoderB.length];
  return {
    encoderW: { shape: [H, D], data: encoderW }, encoderB: { shape: [H], data: encoderB },
    decoderW: { shape: [H, D], data: decoderW }, decoderB: { shape: [D], data: decoderB },
    ...(threshold ? { threshold: { shape: [threshold.length], data: threshold } } : {}),
  };
}

function fromTensors({ encoderW, encoderB, decoderW, decoderB, threshold }: NamedTensors): SaeWeights {
  return {
    encoderW: encoderW.data, encoderB: encoderB.data, decoderW: decoderW.data, decoderB: decoderB.data,
    ...((threshold as typeof encoderW | undefined) ? { threshold: threshold.data } : {}),
  };
}
