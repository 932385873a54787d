/**
 * Why an item is where it is: in words first, then what its score is made of, one bar for each concept's part, to the
 * right when it adds and to the left when it takes away; with the parts that are no neuron's they add up to the score.
 * All bars are on one scale. A mark on a bar shows the part before turning.
 */
import type { ExplainedItem } from "../../session/session-types.js";
import { fixed, signed } from "../../base/numbers.js";
import { button, element, setLength } from "../widgets/element.js";
import { partsOf } from "../state/score-parts.js";
import { addItem, type Mix } from "../state/state.js";
import type { Store } from "../state/store.js";
import { listed, ordinal } from "../state/words.js";

/** Where the item stands, and what of the taste speaks for it. */
export interface Standing {
  /** Place in the list, from 1; null when it is not there. */
  readonly place: number | null;
  /** Place among all items before turning; null when nothing is turned, or not known. */
  readonly was: number | null;
  /** Titles of liked items. */
  readonly reasons: readonly string[];
  /** Length of the list. */
  readonly length: number;
}

export function whyView(
  store: Store, mix: Mix, turned: ExplainedItem, rest: ExplainedItem | null, standing: Standing,
): HTMLElement {
  const { id, title } = turned.item;
  const liked = mix.profile.includes(id);
  return element("div", { class: "why" },
    element("p", { class: "kicker" }, liked ? "In your taste" : standing.place === null
      ? "Not in your list" : "Why it is in your list"),
    element("h2", { tabindex: -1 }, title),
    element("p", { class: "why-words" }, standingInWords(standing, liked)),
    liked ? null : button({ class: "action" }, () => store.mix((mixed) => addItem(mixed, id)), "Add to the profile"),
    sumTable(store, turned, rest),
    element("p", { class: "hint" }, turned.approximate
      ? "Approximate: a bar is what the score loses without the part, so the bars need not add up."
      : `The bars are points of the score and add up to it.${rest ? " Marks show each part before turning." : ""}`));
}

/** "17th of 20; 23rd before turning. Mostly because you like VNV Nation and Covenant." */
export function standingInWords({ place, was, reasons, length }: Standing, liked: boolean): string {
  const named = (words: string): string => (reasons.length === 0 ? "" : ` ${words} ${listed(reasons)}.`);
  if (liked) return `You have it already, so no list recommends it.${named("It goes with")}`;
  if (place === null) return `It is not among the ${length}.${named("What speaks for it: you like")}`;
  const before = was === null ? "" : was === place ? ", as before turning" : `; ${ordinal(was)} before turning`;
  return `${ordinal(place)} of ${length}${before}.${named("Mostly because you like")}`;
}

function sumTable(store: Store, turned: ExplainedItem, rest: ExplainedItem | null): HTMLElement {
  const parts = partsOf(turned, rest);
  const ends = parts.flatMap(({ value, before }) => [value, before ?? 0]);
  const low = Math.min(0, ...ends);
  const range = Math.max(0, ...ends) - low || 1;
  const along = (value: number): number => (value - low) / range;
  const rows = parts.map(({ name, target, value, before }) => {
    const bar = element("span", { class: `why-bar ${value < 0 ? "minus" : "plus"}`, "aria-hidden": "true" },
      element("i"), before === null ? null : element("b"));
    setLength(bar, "--zero", along(0));
    setLength(bar, "--start", along(Math.min(0, value)));
    setLength(bar, "--size", Math.abs(value) / range);
    if (before !== null) setLength(bar, "--before", along(before));
    const label = target === null ? element("span", { class: "name" }, name)
      : button({ class: "name", title: `What ${name} stands for` }, () => store.go({ inspected: target }), name);
    return element("tr", {}, element("th", { scope: "row" }, label), element("td", { class: "bar-cell" }, bar),
      element("td", { class: "number" }, signed(value)));
  });
  const total = element("tr", { class: "total" }, element("th", { scope: "row" }, "score"),
    element("td", { class: "soft" }, rest ? `${fixed(rest.score)} before` : ""),
    element("td", { class: "number" }, fixed(turned.score)));
  return element("table", {}, element("caption", { class: "unseen" }, `Parts of the score of ${turned.item.title}`),
    element("thead", { class: "unseen" }, element("tr", {},
      ...["part", "bar", "points"].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows, total));
}
