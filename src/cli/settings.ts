/** --set elsa.factors=128: any field of a preset by its path, checked against the type of the value that is there. */
import { presets, type Preset, type PresetName } from "../train/config.js";
import { suggestion } from "../pipeline/closest.js";
import { UsageError } from "./context.js";

/** Fields that are words, and what they may say. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "sae.kind": ["topk", "basic"],
  "sae.loss": ["l2", "cosine"],
  "sae.target": ["embedding", "standardised"],
};

/** @throws UsageError for an unknown field, with the nearest, or a value of another type. */
export function configWith(preset: PresetName, assignments: readonly string[] = []): Preset {
  const config: Preset = structuredClone(presets[preset]);
  const fields = settingNames(config);
  for (const text of assignments) {
    const at = text.indexOf("=");
    const [path, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === "") throw new UsageError(`--set ${text}: expected key=value, for example elsa.factors=128`);
    if (!fields.includes(path)) {
      const hint = suggestion(path, fields) || `; there are ${fields.join(", ")}`;
      throw new UsageError(`--set ${path}: there is no such setting${hint}`);
    }
    const [part, field] = path.split(".") as ["elsa" | "sae", string];
    const target = config[part] as unknown as Record<string, unknown>;
    target[field] = parsed(path, value, target[field]);
  }
  return config;
}

/** "elsa.factors", … in the order of the configuration. */
export function settingNames(config: Preset = presets.default): string[] {
  return (["elsa", "sae"] as const).flatMap((part) => Object.keys(config[part]).map((field) => `${part}.${field}`));
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
