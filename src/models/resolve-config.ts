/** Settings checked and completed (config/resolve.ts), with the recommenders and kinds of SAE that are registered. */
import type { Config, PartialConfig } from "../config/config.js";
import { presets } from "../config/presets.js";
import { fieldsOf, resolve, type Declared, type NamedField } from "../config/resolve.js";
import { recommenders } from "./recommenders/registry.js";
import { saeKinds } from "./sae/registry.js";

/**
 * Runs once, where settings come in: everything behind it sees every field.
 * @param base what fills in the rest; default the "paper" preset, which is what the tables of fields say.
 * @throws UserError listing everything that makes no sense, in one message.
 */
export function resolveConfig(said: PartialConfig, base: Config = presets.paper): Config {
  return resolve(said, base, declared());
}

/** Every field by its path, in the order of a configuration. */
export function settings(): NamedField[] {
  return fieldsOf(declared());
}

function declared(): Declared {
  return { recommenders: recommenders.all, saes: saeKinds.all };
}
