/** Lists of names with a value each and a bar behind the name, as cards have them (neuron-view.ts, tag-view.ts). */
import type { ListedItem } from "../../session/session-types.js";
import { fixed } from "../words/numbers.js";
import { button, element, setLength } from "../widgets/element.js";
import type { Store } from "./store.js";
import { neuronName } from "./strips.js";
import { titleParts } from "../widgets/item-title.js";
import { words } from "../words/words.js";

/** A name that can be chosen, and its value. */
export interface Measured {
  readonly name: HTMLElement;
  readonly value: number;
  /** How the value is written. */
  readonly text: string;
}

/** @param most the value of a full bar; null when there is nothing to list */
export function measuredList(title: string, lines: readonly Measured[], most: number): HTMLElement | null {
  if (lines.length === 0) return null;
  return element("section", {}, element("h3", {}, title), element("ul", { class: "measured" },
    ...lines.map(({ name, value, text }) => {
      const bar = element("i", { "aria-hidden": "true" });
      setLength(bar, "--share", most > 0 ? Math.max(0, value / most) : 0);
      return element("li", {}, name, element("span", { class: "number" }, text), bar);
    })));
}

/**
 * Items with their scores (digits null: without); choosing one asks what its score is made of.
 * @param most the value of a full bar: lists of one card are on one scale
 */
export function itemList(
  title: string, items: readonly ListedItem[], store: Store, digits: number | null = 2,
  most = Math.max(...items.map(({ score }) => score)),
): HTMLElement | null {
  return measuredList(title, items.map(({ id, title: name, score }) => ({
    name: itemButton(id, name, store),
    value: digits === null ? 0 : score, text: digits === null ? "" : fixed(score, digits),
  })), most);
}

/** An item's title, which asks what its score is made of. */
export function itemButton(id: string, title: string, store: Store): HTMLElement {
  return button({ class: "title", dir: "auto", title: words.askParts(title) }, () => {
    store.go({ inspected: { kind: "item", id } });
  }, ...titleParts(title));
}

/** A neuron's name, which opens its card. */
export function neuronLink(neuron: number, label: string | null, store: Store): HTMLElement {
  return button({ class: "title", dir: "auto" }, () => store.go({ inspected: { kind: "neuron", neuron } }),
    neuronName(neuron, label), element("small", {}, ` #${neuron}`));
}
