/**
 * Why an item has its score: one bar for each neuron's part, to the right when it adds and to the left when it takes
 * away; with the parts that are no neuron's they add up to the score. A mark on a bar shows the part before turning.
 */
import type { ExplainedItem } from "../../session/session-types.js";
import { fixed, signed } from "../../base/numbers.js";
import { button, element, setLength } from "../widgets/element.js";
import { addItem, type Mix } from "../state/state.js";
import type { Store } from "../state/store.js";
import { neuronName } from "../state/strips.js";

/** Bars shown singly; the rest is one bar. */
const BARS = 12;

/** A line of the sum. */
export interface Part {
  readonly name: string;
  /** null: no neuron. */
  readonly neuron: number | null;
  readonly value: number;
  /** Before turning; null when nothing is turned. */
  readonly before: number | null;
}

/**
 * The sum, line by line: base, the neurons with the largest parts, the others together, what no neuron explains, what
 * knobs that are turned down hold back, and what ELSA subtracts for an item that the person has. Pure; the values add
 * up to `score` (exactly for ELSA).
 * @param turned with the knobs @param rest without them; null when none is turned
 */
export function partsOf(turned: ExplainedItem, rest: ExplainedItem | null): Part[] {
  const before = new Map(rest?.contributions.map(({ neuron, contribution }) => [neuron, contribution]));
  const now = new Map(turned.contributions.map(({ neuron, contribution }) => [neuron, contribution]));
  const labels = new Map([...(rest?.contributions ?? []), ...turned.contributions].map((c) => [c.neuron, c.label]));
  const neurons = [...labels].map(([neuron, label]): Part => ({
    name: neuronName(neuron, label), neuron, value: now.get(neuron) ?? 0,
    before: rest ? before.get(neuron) ?? 0 : null,
  })).sort((a, b) => weight(b) - weight(a) || a.neuron! - b.neuron!);
  const shown = neurons.slice(0, neurons.length > BARS + 1 ? BARS : neurons.length);
  const others = neurons.slice(shown.length);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return [
    { name: "baseline", neuron: null, value: turned.base, before: rest ? rest.base : null },
    ...shown.sort((a, b) => b.value - a.value || a.neuron! - b.neuron!),
    ...(others.length === 0 ? [] : [{
      name: `${others.length} others`, neuron: null, value: sum(others.map(({ value }) => value)),
      before: rest ? sum(others.map((part) => part.before ?? 0)) : null,
    }]),
    ...(turned.unexplained === 0 && (rest?.unexplained ?? 0) === 0 ? [] : [{
      name: "not explained by any neuron", neuron: null, value: turned.unexplained,
      before: rest ? rest.unexplained : null,
    }]),
    ...(turned.heldBack === 0 ? [] : [{
      name: "held back", neuron: null, value: -turned.heldBack, before: rest ? 0 - rest.heldBack : null,
    }]),
    ...(turned.own === 0 ? [] : [{
      name: "already in the profile", neuron: null, value: -turned.own, before: rest ? -rest.own : null,
    }]),
  ];
}

function weight({ value, before }: Part): number {
  return Math.max(Math.abs(value), Math.abs(before ?? 0));
}

export function whyView(store: Store, mix: Mix, turned: ExplainedItem, rest: ExplainedItem | null): HTMLElement {
  const parts = partsOf(turned, rest);
  const ends = parts.flatMap(({ value, before }) => [value, before ?? 0]);
  const low = Math.min(0, ...ends);
  const range = Math.max(0, ...ends) - low || 1;
  const along = (value: number): number => (value - low) / range;
  const { id, title } = turned.item;
  const liked = mix.profile.includes(id);
  const rows = parts.map(({ name, neuron, value, before }) => {
    const bar = element("span", { class: `why-bar ${value < 0 ? "minus" : "plus"}`, "aria-hidden": "true" },
      element("i"), before === null ? null : element("b"));
    setLength(bar, "--zero", along(0));
    setLength(bar, "--start", along(Math.min(0, value)));
    setLength(bar, "--size", Math.abs(value) / range);
    if (before !== null) setLength(bar, "--before", along(before));
    const label = neuron === null ? element("span", { class: "name" }, name)
      : button({ class: "name", title: `${name}: card of neuron ${neuron}` }, () => {
        store.go({ inspected: { kind: "neuron", neuron } });
      }, name);
    return element("tr", { "data-neuron": neuron },
      element("th", { scope: "row" }, label), element("td", { class: "bar-cell" }, bar),
      element("td", { class: "number" }, signed(value)));
  });
  const total = element("tr", { class: "total" }, element("th", { scope: "row" }, "score"),
    element("td", { class: "soft" }, rest ? `${fixed(rest.score)} before` : ""),
    element("td", { class: "number" }, fixed(turned.score)));
  return element("div", { class: "why" },
    element("p", { class: "kicker" }, "What its score is made of"),
    element("h2", { tabindex: -1 }, title),
    liked ? null : button({ class: "action" }, () => store.mix((mixed) => addItem(mixed, id)), "Add to the profile"),
    element("table", {}, element("caption", { class: "unseen" }, `Parts of the score of ${title}`),
      element("thead", { class: "unseen" }, element("tr", {},
        ...["part", "bar", "value"].map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows, total)),
    element("p", { class: "hint" }, turned.approximate
      ? "Approximate: a bar is what the score loses without the neuron, so the bars need not add up."
      : `The bars add up to the score.${rest ? " Marks show each part before turning." : ""}`));
}
