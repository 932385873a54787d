/** What a session says of concepts (interpret/concepts/concepts.ts): found by name, taken apart, put for neurons. */
import { nameKey } from "../base/folded.js";
import { quotable } from "../base/printable.js";
import { suggestion } from "../base/suggest.js";
import { UserError } from "../base/user-error.js";
import { conceptOfNeurons, type Concept } from "../interpret/concepts/concepts.js";
import type { NeuronContribution } from "../interpret/explain.js";
import type { Model } from "../model-folder/model.js";
import type { Catalogue } from "./catalogue.js";
import type { ConceptEntry, ConceptPart, ConceptReport } from "./session-types.js";

export class ConceptAnswers {
  private readonly byName: ReadonlyMap<string, number>;
  /** (H) */
  private readonly conceptOf: Int32Array;

  constructor(readonly all: readonly Concept[], private readonly model: Model, private readonly catalogue: Catalogue) {
    this.byName = new Map(all.map(({ name }, c) => [nameKey(name), c]));
    this.conceptOf = conceptOfNeurons(all, model.shape.neurons);
  }

  /** @throws UserError for an unknown name, with the nearest, or that it is a tag. */
  find(text: string): number {
    const found = this.byName.get(nameKey(text));
    if (found !== undefined) return found;
    if (this.model.tags?.names.some((tag) => nameKey(tag) === nameKey(text))) {
      throw new UserError(`there is no concept "${quotable(text, 80)}": it is a tag, which no concept is proven for`);
    }
    const names = this.all.map(({ name }) => name);
    const hint = suggestion(text, names) || ` among the model's ${names.length}`;
    throw new UserError(`there is no concept "${quotable(text, 80)}"${hint}`);
  }

  /** The concept of a neuron, −1 for one that is in none. */
  ofNeuron(neuron: number): number {
    return this.conceptOf[neuron];
  }

  /** What the concept of a neuron is; null for a neuron that is in none. */
  entryOf(neuron: number): ConceptEntry | null {
    const concept = this.conceptOf[neuron];
    return concept < 0 ? null : this.entry(concept);
  }

  list(): ConceptEntry[] {
    return this.all.map((_, concept) => this.entry(concept));
  }

  report(text: string, n: number): ConceptReport {
    const concept = this.find(text);
    const { neurons, weights, items } = this.all[concept];
    return {
      ...this.entry(concept),
      members: neurons.map((neuron, i) => ({ neuron, label: this.model.labels[neuron].label, weight: weights[i] }))
        .sort((a, b) => b.weight - a.weight || a.neuron - b.neuron),
      topItems: items.slice(0, n).map((item, i) => this.catalogue.listed(item, items.length - i)),
    };
  }

  /** Parts of a score summed by concept, largest first; neurons of no concept (dead ones that woke) are one part. */
  parts(contributions: readonly NeuronContribution[]): ConceptPart[] {
    const sums = new Map<number, ConceptPart>();
    for (const { neuron, contribution, activation } of contributions) {
      const concept = this.conceptOf[neuron];
      const before = sums.get(concept);
      sums.set(concept, {
        concept: concept < 0 ? null : this.all[concept].name, proven: concept >= 0 && this.all[concept].proven,
        neurons: (before?.neurons ?? 0) + 1, activation: (before?.activation ?? 0) + activation,
        contribution: (before?.contribution ?? 0) + contribution,
      });
    }
    return [...sums].sort((a, b) => b[1].contribution - a[1].contribution || a[0] - b[0]).map(([, part]) => part);
  }

  private entry(concept: number): ConceptEntry {
    const { name, tag, proven, f1, neurons, items } = this.all[concept];
    return {
      concept, name, tag: tag < 0 ? null : this.model.tags!.names[tag], proven, f1, neurons: neurons.length,
      like: items.slice(0, 3).map((item) => this.model.items.titles[item]),
    };
  }
}
