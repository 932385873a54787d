/** --set elsa.factors=128: any field of a configuration by its path, read as its declaration says. */
import type { Config, Section } from "../config/config.js";
import { allowed, parseValue } from "../config/field.js";
import { resolveConfig, settings } from "../models/resolve-config.js";
import { suggestion } from "../base/suggest.js";
import { UsageError } from "./context.js";

/**
 * @param model what `--model` says.
 * @throws UsageError for an unknown field, with the nearest, or a value of another type; UserError for values that make
 *   no sense.
 */
export function configWith(base: Config, assignments: readonly string[] = [], model?: string): Config {
  const said: Section = model === undefined ? {} : { model };
  for (const text of assignments) {
    const at = text.indexOf("=");
    const [path, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === "") throw new UsageError(`--set ${text}: expected key=value, for example elsa.factors=128`);
    const [name, field] = path.split(".");
    const parsed = valueOf(path, value);
    if (field === undefined) said[name] = parsed;
    else said[name] = { ...said[name] as Section | undefined, [field]: parsed };
  }
  return resolveConfig(said, base);
}

/** "model", "elsa.factors", … in the order of the configuration. */
export function settingNames(): string[] {
  return settings().map(({ path }) => path);
}

function valueOf(path: string, text: string): unknown {
  const found = settings().find((one) => one.path === path);
  if (!found) {
    const names = settingNames();
    throw new UsageError(
      `--set ${path}: there is no such setting${suggestion(path, names) || `; there are ${names.join(", ")}`}`,
    );
  }
  const value = parseValue(found.field, text);
  if (value === undefined) throw new UsageError(`--set ${path}=${text}: expected ${allowed(found.field)}`);
  return value;
}
