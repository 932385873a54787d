/**
 * What is recommended before and after turning, side by side: rank changes, lines that join an item's two places, and
 * three figures of what the mix does.
 */
import type { ListedItem, SteeredLists } from "../../session/session-types.js";
import { fixed } from "../../base/numbers.js";
import { drawCables } from "./cables.js";
import { button, element, setAttributes, setLength, setText, svg } from "../widgets/element.js";
import { KeyedList, type Row } from "../widgets/keyed-list.js";
import { changeMark, changeWords, rankChanges, type RankChange } from "../state/rank-changes.js";
import { addItem, type DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";

interface Line {
  readonly item: ListedItem;
  /** Of the list afterwards; in the list before, null for an item that leaves. */
  readonly change: RankChange | null;
  readonly inspected: boolean;
}

export class ListsView {
  readonly node: HTMLElement;
  private readonly before: KeyedList<Line>;
  private readonly after: KeyedList<Line>;
  private readonly cables = svg("svg", { class: "cables", "aria-hidden": "true", preserveAspectRatio: "none" });
  private readonly empty = element("p", { class: "hint empty" },
    "Recommendations appear here as soon as the profile has an item.");
  private readonly body: HTMLElement;
  private readonly figures: readonly Figure[];
  private readonly sides: readonly [before: HTMLButtonElement, after: HTMLButtonElement];

  constructor(private readonly store: Store, length: number) {
    const list = (name: string, title: string): [HTMLElement, HTMLElement] => {
      const rows = element("ol", { class: "rows", "aria-labelledby": `${name}-heading` });
      return [rows, element("div", { class: `column ${name}` }, element("h3", { id: `${name}-heading` }, title), rows)];
    };
    const [beforeRows, beforeColumn] = list("before", "Before");
    const [afterRows, afterColumn] = list("after", "After");
    this.before = new KeyedList(beforeRows, ({ item }) => item.item, (line) => this.row(line, false));
    this.after = new KeyedList(afterRows, ({ item }) => item.item, (line) => this.row(line, true), true);
    this.figures = [
      new Figure(`overlap@${length}`, "of the list stays"),
      new Figure("taste kept", "of the score that the untouched profile gives"),
    ];
    // On a narrow screen one list shows at a time.
    this.sides = [
      button({}, () => this.show("before"), "Before"),
      button({}, () => this.show("after"), "After"),
    ];
    this.body = element("div", { class: "columns" }, beforeColumn, this.cables, afterColumn);
    this.body.style.setProperty("--rows", String(length));
    this.node = element("section", { class: "panel lists", "aria-labelledby": "lists-heading" },
      element("header", {},
        element("h2", { id: "lists-heading" }, "Recommended"),
        element("div", { class: "switch narrow", role: "group", "aria-label": "Which list" }, ...this.sides),
        element("dl", { class: "figures" }, ...this.figures.map(({ node }) => node))),
      this.empty, this.body);
    this.show("after");
  }

  update({ mix, place }: DeskState, lists: SteeredLists | null): void {
    const { before, after } = mix.profile.length > 0 && lists ? lists : { before: [], after: [] };
    const inspected = place.inspected?.kind === "item" ? place.inspected.id : null;
    const changes = rankChanges(before, after);
    const staying = new Map(after.map(({ item }, i) => [item, changes[i]]));
    this.before.update(before.map((item) => ({
      item, change: staying.get(item.item) ?? null, inspected: item.id === inspected,
    })));
    this.after.update(after.map((item, i) => ({ item, change: changes[i], inspected: item.id === inspected })));
    this.body.style.setProperty("--shown", String(Math.max(before.length, after.length)));
    drawCables(this.cables, changes, before.length);
    this.empty.hidden = mix.profile.length > 0;
    this.node.classList.toggle("idle", after.length === 0);
    this.figures[0].update(after.length > 0 ? lists!.overlap : NaN);
    this.figures[1].update(after.length > 0 ? lists!.kept : NaN);
  }

  private show(side: "before" | "after"): void {
    this.body.setAttribute("data-side", side);
    this.sides.forEach((node, i) => setAttributes(node, { "aria-pressed": String((side === "after") === (i === 1)) }));
  }

  private row({ item: { id } }: Line, after: boolean): Row<Line> {
    const rank = element("span", { class: "rank", "aria-hidden": "true" });
    const title = button({ class: "title" }, () => this.store.go({ inspected: { kind: "item", id } }));
    const change = element("span", { class: "change", "aria-hidden": "true" });
    const words = element("span", { class: "unseen" });
    const add = button({ class: "icon add", title: "Add to the profile" }, () => {
      this.store.mix((mix) => addItem(mix, id));
    }, "+");
    const node = element("li", { "data-id": id }, rank, title, words, after ? change : null, add);
    return {
      node,
      update: (line, index) => {
        const { item, change: moved, inspected } = line;
        setText(rank, String(index + 1));
        setText(title, item.title);
        setAttributes(title, { title: `${item.title}, score ${fixed(item.score)}: why?` });
        setAttributes(add, { "aria-label": `Add ${item.title} to the profile` });
        setAttributes(node, { "aria-current": inspected ? "true" : null });
        setText(words, moved ? (after ? `, ${changeWords(moved)}` : "") : ", leaves the list");
        setText(change, moved ? changeMark(moved) : "");
        const gained = moved?.gained ?? null;
        node.classList.toggle("up", after && gained !== null && gained > 0);
        node.classList.toggle("down", after && gained !== null && gained < 0);
        node.classList.toggle("new", after && moved !== null && gained === null);
        node.classList.toggle("leaves", !after && moved === null);
      },
    };
  }
}

/** A share with its name and a bar. */
class Figure {
  readonly node: HTMLElement;
  private readonly value = element("dd");
  private readonly bar = element("i");

  constructor(name: string, meaning: string) {
    this.node = element("div", { title: meaning, "data-figure": name },
      element("dt", {}, name), this.value, element("dd", { class: "bar", "aria-hidden": "true" }, this.bar));
  }

  update(share: number): void {
    setText(this.value, Number.isFinite(share) ? `${Math.round(100 * share)} %` : "–");
    setLength(this.bar, "--share", Number.isFinite(share) ? Math.max(0, Math.min(1, share)) : 0);
  }
}
