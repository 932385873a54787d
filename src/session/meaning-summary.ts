/** What a session's summary says about meaning: of the figures in a model's file those for a page's head. */
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import type { MeaningSummary } from "./session-types.js";

export function meaningSummary(meaning: Meaning | undefined): MeaningSummary | null {
  if (!meaning) return null;
  const { codes, sets, ceilings, proven, groups } = meaning;
  return {
    neuron: codes.SAE.f1, sets: sets.f1, axis: codes.PCA.f1, probe: ceilings["probe on the embedding"],
    provenNeurons: proven?.neurons ?? null, provenConcepts: groups?.proven ?? null, provenShare: groups?.share ?? null,
  };
}
