/** Names of settings as people write them. */
import type { SaeConfig } from "../config/sae.js";

export const saeKindNames: Record<SaeConfig["kind"], string> = {
  topk: "TopK", basic: "Basic", "batch-topk": "BatchTopK", jumprelu: "JumpReLU", matryoshka: "Matryoshka TopK",
};

export const lossNames: Record<SaeConfig["loss"], string> = { l2: "L2", cosine: "cosine" };
