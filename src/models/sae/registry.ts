/** The kinds of SAE. */
import { Registry } from "../../base/registry.js";
import type { DeclaredSae } from "../../config/resolve.js";

export const saeKinds = new Registry<DeclaredSae>("kind of SAE", [
  { name: "topk", k: "row" },
  { name: "basic", k: "unused" },
  { name: "batch-topk", k: "batch" },
  { name: "jumprelu", k: "mean" },
  { name: "matryoshka", k: "row" },
]);
