/** Names of settings as people write them. */
import type { SaeConfig } from "../config/sae.js";

export const lossNames: Record<SaeConfig["loss"], string> = { l2: "L2", cosine: "cosine" };
