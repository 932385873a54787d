/**
 * Labels against the planted truth: of the concepts that were recovered, how many have a neuron with the right name?
 *
 * For a recovered concept (recovery.ts) the neuron that recovers it should be labelled with the concept's own name.
 * Concepts that no neuron recovers are not counted: a name cannot be right for something that is not there.
 */
import type { NeuronLabel } from "./labels.js";
import type { Recovery } from "./meaning/recovery.js";

/** How many labels are right, where the truth is known. */
export interface LabelAccuracy {
  /** Recovered concepts. */
  readonly concepts: number;
  /** Those whose best neuron carries the concept's name. */
  readonly right: number;
  /** right / concepts; NaN when nothing was recovered. */
  readonly accuracy: number;
  /** The others: what the neuron is called instead (null: unlabelled). */
  readonly wrong: readonly { readonly concept: string; readonly neuron: number; readonly label: string | null }[];
}

export function labelAccuracy(labels: readonly NeuronLabel[], found: Recovery): LabelAccuracy {
  const recovered = found.concepts.filter((c) => c.f1 >= found.level);
  const wrong = recovered
    .filter((c) => labels[c.neuron].label !== c.name)
    .map((c) => ({ concept: c.name, neuron: c.neuron, label: labels[c.neuron].label }));
  const right = recovered.length - wrong.length;
  return { concepts: recovered.length, right, accuracy: right / recovered.length, wrong };
}
