/**
 * Why an item is where it is: in words first, then what its score is made of, one bar for each concept's part, to the
 * right when it adds and to the left when it takes away; with the parts that are no neuron's they add up to the score.
 * All bars are on one scale. A mark on a bar shows the part before turning.
 */
import type { ExplainedItem } from "../../session/session-types.js";
import { fixed, signed } from "../words/numbers.js";
import { button, element, setLength } from "../widgets/element.js";
import { itemPage, itemPicture } from "../widgets/item-picture.js";
import { partsOf } from "../state/score-parts.js";
import { addItem, type Mix } from "../state/state.js";
import type { Store } from "../state/store.js";
import { titleParts } from "../widgets/item-title.js";
import { words } from "../words/words.js";

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
    element("p", { class: "kicker" }, liked ? words.why.inTaste : standing.place === null
      ? words.why.notInList : words.why.inList),
    element("h2", { tabindex: -1, dir: "auto" }, ...titleParts(title)),
    itemPicture(turned.item, "cover"),
    element("p", { class: "why-words" }, standingInWords(standing, liked)),
    liked ? null : button({ class: "action" }, () => store.mix((mixed) => addItem(mixed, id)), words.add),
    itemPage(turned.item),
    sumTable(store, turned, rest),
    element("p", { class: "hint" }, turned.approximate
      ? words.why.approximate
      : words.why.addUp + (rest ? words.why.marks : "")));
}

/** "17th of 20; 23rd before turning. Mostly because you like VNV Nation and Covenant." */
export function standingInWords({ place, was, reasons, length }: Standing, liked: boolean): string {
  const named = (say: (titles: string) => string): string =>
    (reasons.length === 0 ? "" : ` ${say(words.listed(reasons))}`);
  if (liked) return words.why.have + named(words.why.goesWith);
  if (place === null) return words.why.notAmong(length) + named(words.why.speaksFor);
  const before = was === null ? "" : was === place ? words.why.asBefore : words.why.placeBefore(words.ordinal(was));
  return words.why.place(words.ordinal(place), length, before) + named(words.why.because);
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
    const label = target === null ? element("span", { class: "name", dir: "auto" }, name)
      : button({ class: "name", dir: "auto", title: words.why.part(name) }, () => {
        store.go({ inspected: target });
      }, name);
    return element("tr", {}, element("th", { scope: "row" }, label), element("td", { class: "bar-cell" }, bar),
      element("td", { class: "number" }, signed(value)));
  });
  const total = element("tr", { class: "total" }, element("th", { scope: "row" }, words.why.score),
    element("td", { class: "soft" }, rest ? words.why.scoreBefore(fixed(rest.score)) : ""),
    element("td", { class: "number" }, fixed(turned.score)));
  return element("table", {}, element("caption", { class: "unseen" }, words.why.caption(turned.item.title)),
    element("colgroup", {}, ...["what", "bars", "points"].map((name) => element("col", { class: name }))),
    element("thead", { class: "unseen" }, element("tr", {},
      ...words.why.columns.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows, total));
}
