/**
 * A grid of experiments as a JSON file: recommenders × SAEs × seeds. Any setting may be a list, and lists multiply.
 *
 *   {
 *     "name": "small", "preset": "paper", "seeds": [1, 2], "baselines": true,
 *     "cfaes": [{ "model": "elsa", "factors": [256, 512] }, { "model": "multvae", "factors": 256 }],
 *     "saes":  [{ "kind": "topk", "loss": ["l2", "cosine"], "k": [16, 32] }, { "kind": "basic", "l1": [3e-4, 1e-3] }]
 *   }
 *
 * Every SAE is trained on every recommender. What an entry leaves out is the preset's; MultVAE's hidden layer is then
 * 3·factors. An SAE may have a "preset" of its own, and a "name" to be listed by instead of its kind and k. A setting
 * that does not exist, or values that make no sense together, are refused before anything runs.
 */
import { readFile } from "node:fs/promises";
import { UserError } from "../base/user-error.js";
import { recommenders } from "../models/recommenders/registry.js";
import { resolveConfig } from "../models/resolve-config.js";
import { presetNamed, presetNames } from "../config/presets.js";
import type { Config, PartialConfig, Section } from "../config/config.js";
import { typeName, type Fields } from "../config/field.js";
import { SAE } from "../config/sae.js";
import { CheckedJson } from "../base/checked-json.js";
import { suggestion } from "../base/suggest.js";

/** A grid of runs: recommenders, the SAEs on each, seeds. */
export interface Grid {
  readonly name: string;
  readonly seeds: readonly number[];
  /** Whether popularity, item-kNN, EASE and TEASER are evaluated too. */
  readonly baselines: boolean;
  /** One configuration a recommender; `sae` in it means nothing. */
  readonly cfaes: readonly Config[];
  /** For each recommender, in its order: the SAEs on it. */
  readonly saes: readonly (readonly GridSae[])[];
}

/** An SAE of a grid. */
export interface GridSae {
  /** The whole configuration. */
  readonly config: Config;
  /** What the grid calls it, or null. */
  readonly name: string | null;
}

/** @throws UserError naming the file and the entry. */
export async function readGrid(file: string): Promise<Grid> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: cannot be read (${error.code})`);
  });
  return parseGrid(text, file);
}

/**
 * A grid from its JSON text. @throws UserError naming the file and the entry
 *
 * @param file for messages.
 */
export function parseGrid(text: string, file: string): Grid {
  const json = CheckedJson.parse(text, file);
  const known = ["name", "about", "preset", "seeds", "baselines", "cfaes", "saes"];
  for (const key of Object.keys(json.at("name").isNull ? {} : json.raw as object)) {
    if (!known.includes(key)) throw new UserError(`${file}: there is no "${key}"${suggestion(key, known)}`);
  }
  const name = json.at("name").string();
  const preset = json.at("preset").isNull ? "paper" : json.at("preset").oneOf(presetNames);
  const seeds = json.at("seeds").isNull ? [42] : json.at("seeds").list().map((seed) => seed.whole());
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) json.at("seeds").refuse("different seeds");
  const cfaes = json.at("cfaes").list().flatMap((entry) => cfaesOf(entry, presetNamed(preset)));
  const saeEntries = json.at("saes").isNull ? [] : json.at("saes").list();
  const saes = cfaes.map((cfae) => saeEntries.flatMap((entry) => saesOf(entry, cfae)));
  return { name, seeds, baselines: json.at("baselines").isNull ? false : json.at("baselines").boolean(), cfaes, saes };
}

function cfaesOf(entry: CheckedJson, preset: Config): Config[] {
  const model = entry.at("model").oneOf(recommenders.names);
  const { section, fields } = recommenders.get(model);
  return variants(entry, fields, ["model"]).map((said) => cfaeChecked({ model, [section]: said }, preset, entry));
}

/** @param cfae the recommender, with the grid's preset for the SAE. */
function saesOf(entry: CheckedJson, cfae: Config): GridSae[] {
  const base = entry.at("preset").isNull
    ? cfae : { ...cfae, sae: presetNamed(entry.at("preset").oneOf(presetNames)).sae };
  const name = entry.at("name").isNull ? null : entry.at("name").string();
  return variants(entry, SAE, ["preset", "name"]).map((sae) => ({ config: resolved({ sae }, base, entry), name }));
}

/** What the entry says, once for every combination of its lists, the last one changing fastest. */
function variants(entry: CheckedJson, fields: Fields, besides: readonly string[]): Section[] {
  const names = Object.keys(fields);
  let all: Section[] = [{}];
  for (const [key, value] of Object.entries(entry.raw as object)) {
    if (besides.includes(key)) continue;
    if (!names.includes(key)) {
      const hint = suggestion(key, names) || `; there are ${names.join(", ")}`;
      throw new UserError(`${entry.file}: ${entry.path}: there is no setting "${key}"${hint}`);
    }
    const values: unknown[] = Array.isArray(value) ? value : [value];
    const type = typeName(fields[key]);
    const strange = values.find((one) => typeof one !== (type === "text" ? "string" : type));
    if (values.length === 0 || strange !== undefined) entry.at(key).refuse(`a ${type} or a list of them`);
    all = all.flatMap((one) => values.map((chosen) => ({ ...one, [key]: chosen })));
  }
  return all;
}

/** As `resolved`, whatever the preset's SAE would say to these factors. */
function cfaeChecked(said: PartialConfig, preset: Config, entry: CheckedJson): Config {
  const { sae } = preset;
  return { ...resolved(said, { ...preset, sae: { ...sae, k: 1, kStart: 0 } }, entry), sae };
}

function resolved(said: PartialConfig, base: Config, entry: CheckedJson): Config {
  try {
    return resolveConfig(said, base);
  } catch (error) {
    throw new UserError(`${entry.file}: ${entry.path}: ${(error as Error).message}`);
  }
}
