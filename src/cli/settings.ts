/** --set elsa.factors=128: any field of a preset by its path, checked against the type of the value that is there. */
import { cfaeNames, presets, saeKinds, type Config, type PresetName } from "../config/config.js";
import { suggestion } from "../base/suggest.js";
import { UsageError } from "./context.js";

/** Fields that are words, and what they may say. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "sae.kind": saeKinds,
  "sae.loss": ["l2", "cosine"],
  "sae.target": ["embedding", "standardised"],
  "sae.downstreamLoss": ["kl", "own"],
  "sae.start": ["random", "data"],
  "sae.centre": ["zero", "mean", "median"],
  model: cfaeNames,
};

/** @throws UsageError for an unknown field, with the nearest, or a value of another type. */
export function configWith(preset: PresetName, assignments: readonly string[] = []): Config {
  const config: Config = structuredClone(presets[preset]);
  const fields = settingNames(config);
  for (const text of assignments) {
    const at = text.indexOf("=");
    const [path, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === "") throw new UsageError(`--set ${text}: expected key=value, for example elsa.factors=128`);
    if (!fields.includes(path)) {
      const hint = suggestion(path, fields) || `; there are ${fields.join(", ")}`;
      throw new UsageError(`--set ${path}: there is no such setting${hint}`);
    }
    const [part, field] = path.split(".");
    const target = (field === undefined ? config : config[part as "sae"]) as unknown as Record<string, unknown>;
    target[field ?? part] = parsed(path, value, target[field ?? part]);
  }
  // The paper's hidden layer is three times as wide as the embedding, unless something else was said.
  const said = assignments.map((text) => text.slice(0, text.indexOf("=")));
  if (config.multvae && said.includes("multvae.factors") && !said.includes("multvae.hidden")) {
    config.multvae.hidden = 3 * config.multvae.factors;
  }
  return config;
}

/** "model", "elsa.factors", … in the order of the configuration. */
export function settingNames(config: Config = presets.default): string[] {
  const parts = (["elsa", "multvae", "sae"] as const);
  return ["model", ...parts.flatMap((part) => Object.keys(config[part] ?? {}).map((field) => `${part}.${field}`))];
}

function parsed(path: string, value: string, before: unknown): unknown {
  if (typeof before === "number") {
    const number = Number(value);
    if (!Number.isFinite(number)) throw new UsageError(`--set ${path}=${value}: expected a number`);
    return number;
  }
  if (typeof before === "boolean") {
    if (value !== "true" && value !== "false") throw new UsageError(`--set ${path}=${value}: expected true or false`);
    return value === "true";
  }
  const words = WORDS[path];
  if (words && !words.includes(value)) throw new UsageError(`--set ${path}=${value}: expected ${words.join(" or ")}`);
  return value;
}
