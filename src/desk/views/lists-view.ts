/**
 * What is recommended before and after turning, side by side: rank changes, lines that join an item's two places, and
 * figures of what the mix does. While nothing is turned there is one list, and beside it what a fader would do.
 */
import type { ListedItem, SteeredLists } from "../../session/session-types.js";
import { fixed, percent } from "../words/numbers.js";
import { ItemMenu } from "./item-menu.js";
import { CompareView } from "./mixes/compare-view.js";
import { drawCables } from "./cables.js";
import { button, element, setAttributes, setText, svg } from "../widgets/element.js";
import { itemPicture } from "../widgets/item-picture.js";
import type { Carried } from "../state/carriers.js";
import { KeyedList, type Row } from "../widgets/keyed-list.js";
import { Roving } from "../widgets/roving.js";
import { changeMark, changeWords, rankChanges, type RankChange } from "../state/rank-changes.js";
import type { Opinion } from "../state/opinions.js";
import { addItem, type DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";
import { setTitle } from "../widgets/item-title.js";
import { words } from "../words/words.js";

interface Line {
  readonly item: ListedItem;
  /** Of the list afterwards; in the list before, null for an item that leaves. */
  readonly change: RankChange | null;
  readonly inspected: boolean;
  /** What is turned and it has, in words; "" for nothing. */
  readonly has: string;
}

const NO_LISTS: Pick<SteeredLists, "before" | "after" | "knobs" | "overlap" | "kept"> =
  { before: [], after: [], knobs: [], overlap: 1, kept: 1 };

/** What is done with the lists beside reading them. */
export interface ListActions {
  think(opinion: Opinion, item: ListedItem): void;
  /** The button that compares is held, or let go. */
  hold(held: boolean): void;
  takeAlong(): void;
}

export class ListsView {
  readonly node: HTMLElement;
  private readonly before: KeyedList<Line>;
  private readonly after: KeyedList<Line>;
  private readonly cables = svg("svg", { class: "cables", "aria-hidden": "true", preserveAspectRatio: "none" });
  private readonly empty = element("p", { class: "hint empty" },
    words.lists.nothing);
  private readonly body: HTMLElement;
  private readonly figures: readonly Figure[];
  private readonly rovings: readonly Roving[];
  private readonly sides: readonly [before: HTMLButtonElement, after: HTMLButtonElement];

  private readonly menu: ItemMenu;
  private readonly compare: CompareView;
  private readonly afterHeading: HTMLElement;
  private readonly takeAlong: HTMLButtonElement;

  constructor(private readonly store: Store, length: number, actions: ListActions) {
    const [before, after] = (["before", "after"] as const).map((name) => ({
      rows: element("ol", { class: "rows", "aria-labelledby": `${name}-heading` }),
      heading: element("h3", { id: `${name}-heading` }, words.lists[name]),
    }));
    this.before = new KeyedList(before.rows, ({ item }) => item.item, (line) => this.row(line, false));
    this.after = new KeyedList(after.rows, ({ item }) => item.item, (line) => this.row(line, true), true);
    this.figures = [new Figure("stays", words.lists.stays), new Figure("taste kept", words.lists.kept)];
    // On a narrow screen one list shows at a time.
    this.sides = [
      button({}, () => this.show("before"), words.lists.before),
      button({}, () => this.show("after"), words.lists.after),
    ];
    this.afterHeading = after.heading;
    this.menu = new ItemMenu((opinion, item) => actions.think(opinion, item));
    this.compare = new CompareView(store, actions.hold);
    this.takeAlong = button({ class: "quiet", "aria-haspopup": "dialog" }, actions.takeAlong, words.take.open);
    this.rovings = [before, after].map(({ rows }) => new Roving(rows, { axis: () => "down" }));
    this.body = element("div", { class: "columns" },
      element("div", { class: "column before" }, before.rows), this.cables,
      element("div", { class: "column after" }, after.rows,
        element("p", { class: "hint prompt" }, words.lists.prompt)));
    this.body.style.setProperty("--rows", String(length));
    this.node = element("section", { class: "panel lists", "aria-labelledby": "lists-heading" },
      element("header", {},
        element("div", {}, element("h2", { id: "lists-heading" }, words.lists.heading), before.heading,
          element("div", { class: "switch narrow", role: "group", "aria-label": words.lists.which }, ...this.sides)),
        element("div", {}, after.heading,
          element("dl", { class: "figures" }, ...this.figures.map(({ node }) => node)))),
      this.empty, this.body, element("div", { class: "list-tools" }, this.compare.node, this.takeAlong),
      this.menu.node);
    this.show("after");
  }

  /**
   * @param carried what is turned, and which items have it
   * @param held what the list afterwards is of while a person compares; null for the desk as it stands
   */
  update(
    { mix, place }: DeskState, lists: SteeredLists | null, carried: readonly Carried[], held: string | null = null,
  ): void {
    const { before, after, knobs, overlap, kept } = mix.profile.length > 0 && lists ? lists : NO_LISTS;
    // Before the rows move: those of a list that is not shown have no places to glide from.
    this.node.classList.toggle("still", knobs.length === 0);
    this.node.classList.toggle("held", held !== null);
    setText(this.afterHeading, held ?? words.lists.after);
    this.compare.update(mix, knobs.length > 0);
    this.takeAlong.disabled = after.length === 0;
    const inspected = place.inspected?.kind === "item" ? place.inspected.id : null;
    const changes = rankChanges(before, after);
    const staying = new Map(after.map(({ item }, i) => [item, changes[i]]));
    const lineOf = (item: ListedItem, change: RankChange | null): Line => ({
      item, change, inspected: item.id === inspected,
      has: words.listed(carried.filter(({ items }) => items.has(item.item)).map(({ name }) => name)),
    });
    this.before.update(before.map((item) => lineOf(item, staying.get(item.item) ?? null)));
    this.after.update(after.map((item, i) => lineOf(item, changes[i])));
    for (const roving of this.rovings) roving.refresh();
    this.body.style.setProperty("--shown", String(Math.max(before.length, after.length)));
    drawCables(this.cables, changes, before.length);
    this.empty.hidden = mix.profile.length > 0;
    this.node.classList.toggle("idle", after.length === 0);
    const both = Math.round(overlap * before.length);
    this.figures[0].update(words.lists.stay(both, before.length), words.lists.stayMeaning);
    this.figures[1].update(words.lists.keptWords(words.share(kept)), words.lists.keptMeaning(percent(kept)));
  }

  /** The first title of the list that is shown. */
  focus(): void {
    const titles = [".after", ".before"].flatMap((side) =>
      Array.from(this.body.querySelectorAll<HTMLElement>(`${side} .rows .title`)));
    titles.find((title) => title.checkVisibility())?.focus();
  }

  private show(side: "before" | "after"): void {
    this.body.setAttribute("data-side", side);
    this.sides.forEach((node, i) => setAttributes(node, { "aria-pressed": String((side === "after") === (i === 1)) }));
  }

  private row({ item }: Line, after: boolean): Row<Line> {
    const { id } = item;
    const rank = element("span", { class: "rank", "aria-hidden": "true" });
    const title = button({ class: "title", dir: "auto" }, () => this.store.go({ inspected: { kind: "item", id } }));
    const mark = element("span", { class: "change", "aria-hidden": "true" });
    const spoken = element("span", { class: "unseen" });
    const dot = element("span", { class: "dot", "aria-hidden": "true" });
    const add = button({ class: "icon add", title: words.add }, () => {
      leave("add");
      this.store.mix((mix) => addItem(mix, id));
    }, "+");
    const more = button({ class: "icon opinions", "aria-haspopup": "menu", "aria-expanded": "false" }, () => {
      this.menu.open(more, item);
    }, "⋯");
    const node = element("li", { "data-id": id }, rank, dot, itemPicture(item, "thumb"), title, spoken,
      after ? mark : null, add, more);
    // The row goes with what is decided about it: the focus stays in the list.
    const leave = (part: string): void => {
      const next = node.nextElementSibling ?? node.previousElementSibling;
      next?.querySelector<HTMLElement>(`.${part}`)?.focus({ preventScroll: true });
    };
    more.addEventListener("decided", () => leave("opinions"));
    return {
      node,
      update: (line, index) => {
        const { change: moved, inspected, has } = line;
        setText(rank, String(index + 1));
        setTitle(title, item.title);
        setAttributes(title, { title: words.lists.titleMeaning(item.title, fixed(line.item.score)) });
        setAttributes(more, { "aria-label": words.row.menu(item.title), title: words.row.menu(item.title) });
        setAttributes(add, { "aria-label": words.lists.add(item.title) });
        setAttributes(node, { "aria-current": inspected ? "true" : null });
        const change = moved ? (after ? `, ${changeWords(moved)}` : "") : words.lists.leaves;
        setText(spoken, change + (has === "" ? "" : `, ${words.lists.has(has)}`));
        setAttributes(dot, { title: has === "" ? null : words.lists.has(has) });
        dot.classList.toggle("on", has !== "");
        setText(mark, moved ? changeMark(moved) : "");
        const gained = moved?.gained ?? null;
        node.classList.toggle("up", after && gained !== null && gained > 0);
        node.classList.toggle("down", after && gained !== null && gained < 0);
        node.classList.toggle("new", after && moved !== null && gained === null);
        node.classList.toggle("leaves", !after && moved === null);
      },
    };
  }
}

/** A figure in words. */
class Figure {
  readonly node: HTMLElement;
  private readonly value = element("dd");

  constructor(key: string, name: string) {
    this.node = element("div", { "data-figure": key }, element("dt", { class: "unseen" }, name), this.value);
  }

  update(words: string, meaning: string): void {
    setText(this.value, words);
    setAttributes(this.node, { title: meaning });
  }
}
