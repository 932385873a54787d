/** Every built-in world by its name, flat (world.ts) and hard (hard-world.ts), for whoever is given a name. */
import { UserError } from "../../base/user-error.js";
import { suggestion } from "../../base/suggest.js";
import type { Dataset } from "../dataset.js";
import { generateHardWorld, hardWorldPresets, type HardTruth } from "./hard-world.js";
import { generateWorld, worldPresets, type WorldTruth } from "./world.js";

export const worldNames: readonly string[] = [...Object.keys(worldPresets), ...Object.keys(hardWorldPresets)];

/** @throws UserError when no world has this name. */
export function generateNamedWorld(name: string, seed: number): { dataset: Dataset; truth: WorldTruth | HardTruth } {
  if (Object.hasOwn(worldPresets, name)) return generateWorld({ ...worldPresets[name], seed });
  if (Object.hasOwn(hardWorldPresets, name)) return generateHardWorld({ ...hardWorldPresets[name], seed });
  throw new UserError(`there is no world "${name}"${suggestion(name, worldNames) || `: ${worldNames.join(", ")}`}`);
}

/** Whether a truth is that of a hard world, with grades, strengths and a forest. */
export function isHardTruth(truth: WorldTruth | HardTruth): truth is HardTruth {
  return "forest" in truth;
}
