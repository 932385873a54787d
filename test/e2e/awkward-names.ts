/** The tiny model under names as awkward as real ones are: some of many words, some of one letter. */
import type { Model } from "../../src/model-folder/model.js";

/** Different for different names: every second is long, the others as short as they can be. */
function awkward(name: string, i: number): string {
  return i % 2 === 0 ? `${name}, ${name} and whatever else belongs to ${name} on a long winter evening` : letters(i);
}

/** a, b … z, ba …: nobody else's, since long names are longer. */
function letters(i: number): string {
  return (i >= 26 ? letters(Math.floor(i / 26)) : "") + String.fromCharCode(97 + i % 26);
}

export function withAwkwardNames(model: Model): Model {
  const { tags, labels, concepts = [], items } = model;
  const names = tags!.names.map(awkward);
  const nameOf = (tag: number, name: string): string => names[tag] ?? awkward(name, 0);
  return {
    ...model,
    items: { ...items, titles: items.titles.map(awkward) },
    tags: { ...tags!, names },
    labels: labels.map((label) => ({
      ...label, label: label.label === null ? null : nameOf(label.tag, label.label),
      runnersUp: label.runnersUp.map((other) => ({ ...other, label: nameOf(other.tag, other.label) })),
    })),
    concepts: concepts.map((concept, i) => ({ ...concept, name: awkward(concept.name, i) })),
  };
}
