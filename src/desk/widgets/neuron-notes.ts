/** A person's own notes on a neuron: kept in this browser alone, by the model's names and the neuron's number. */
import { element } from "./element.js";
import { recall, remember } from "./remembered.js";
import { words } from "../words/words.js";

/** @param model fingerprint of its names: another training's neuron of this number is another one */
export function neuronNotes(model: string, neuron: number): HTMLElement {
  const key = `unknot-note ${model} ${neuron}`;
  const box = element("textarea", { rows: 2, dir: "auto", "aria-describedby": "note-place", maxlength: 4000 });
  box.value = recall(key) ?? "";
  // Kept with each letter: a card may go at any time.
  box.addEventListener("input", () => remember(key, box.value));
  return element("section", { class: "notes" }, element("label", {}, element("h3", {}, words.card.notes), box),
    element("small", { id: "note-place", class: "hint" }, words.card.notesPlace));
}
