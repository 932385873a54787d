/** All surfaces, in the order in which they are fuzzed. */
import type { Surface } from "./surface.js";
import { checkpoints } from "./surfaces/checkpoints.js";
import { deskAddresses } from "./surfaces/desk-addresses.js";
import { gridsAndSettings } from "./surfaces/grids.js";
import { http } from "./surfaces/http.js";
import { modelFolders } from "./surfaces/model-folders.js";
import { safetensors } from "./surfaces/safetensors.js";
import { splits } from "./surfaces/splits.js";
import { tables } from "./surfaces/tables.js";
import { tagFiles } from "./surfaces/tag-files.js";

export const surfaces: readonly Surface[] = [
  tables, tagFiles, splits, modelFolders, checkpoints, gridsAndSettings, http, deskAddresses, safetensors,
];
