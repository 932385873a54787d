import type { SampleProfile } from "../../model-folder/precomputed.js";
/** Whose taste the desk mixes: samples to start from, a search box, and the items chosen so far. */
import type { FoundItem, ListedItem } from "../../session/session-types.js";
import { Combobox } from "../widgets/combobox.js";
import type { DeskSession } from "../state/desk-session.js";
import { button, element, setAttributes, setText } from "../widgets/element.js";
import { KeyedList, type Row } from "../widgets/keyed-list.js";
import { knownUsers } from "../state/known-users.js";
import { LeftOutView } from "./left-out-view.js";
import { UserDialog } from "./user-dialog.js";
import { Roving } from "../widgets/roving.js";
import { addItem, removeItem, type DeskState } from "../state/state.js";
import { takeTaste } from "../state/opinions.js";
import type { Store } from "../state/store.js";
import { setTitle } from "../widgets/item-title.js";
import { words } from "../words/words.js";

const SUGGESTIONS = 8;

export class ProfileView {
  readonly node: HTMLElement;
  readonly search: Combobox<FoundItem>;
  private readonly list: KeyedList<ListedItem>;
  private readonly count = element("span", { class: "count" });
  private readonly hint = element("p", { class: "hint" },
    words.taste.nothing);
  private readonly clear: HTMLButtonElement;
  private readonly samples: { sample: SampleProfile; node: HTMLButtonElement }[];
  private readonly roving: Roving;
  private readonly leftOut: LeftOutView;

  /** @param titleOf of an item by its id */
  constructor(
    private readonly store: Store, session: DeskSession, samples: readonly SampleProfile[],
    failed: (error: unknown) => void, private readonly offerBack: (text: string, profile: readonly string[]) => void,
    titleOf: (id: string) => string,
  ) {
    this.leftOut = new LeftOutView(store, titleOf);
    this.search = new Combobox({
      name: "item", label: words.taste.search, placeholder: words.taste.placeholder,
      search: (text) => session.searchItems(text, SUGGESTIONS),
      keyOf: ({ id }) => id,
      titleOf: ({ title }) => title,
      noteOf: ({ id }) => (this.store.state.mix.profile.includes(id) ? words.taste.added : ""),
      choose: ({ id }) => this.store.mix((mix) => addItem(mix, id)),
      failed,
    });
    this.samples = samples.map((sample) => ({
      sample,
      node: button({ class: "chip" }, () => this.replaceBy(sample), sample.name),
    }));
    this.clear = button({ class: "quiet" }, () => {
      const { profile } = this.store.state.mix;
      this.store.mix((mix) => ({ ...mix, profile: [] }));
      this.search.input.focus();
      this.offerBack(words.taste.takenOut(words.titles(profile.length)), profile);
    }, words.taste.clear);
    const items = element("ul", { class: "likes", "aria-label": words.taste.items });
    this.list = new KeyedList(items, ({ id }) => id, (item) => this.row(item));
    this.roving = new Roving(items, {
      axis: () => (getComputedStyle(items).display === "flex" ? "across" : "down"),
    });
    const chips = element("div", { class: "samples", role: "group", "aria-label": words.taste.samples },
      ...this.samples.map(({ node }) => node));
    const users = knownUsers();
    const dialog = users && new UserDialog(users, (user, taken) =>
      this.replaceBy({ name: words.users.user(user), items: taken }));
    if (dialog) {
      chips.append(button({ class: "chip", "aria-haspopup": "dialog" }, () => dialog.open(), words.users.somebody));
    }
    new Roving(chips, { axis: () => "across" }).refresh();
    this.node = element("section", { class: "panel profile", "aria-labelledby": "profile-heading" },
      element("header", {}, element("h2", { id: "profile-heading" }, words.taste.heading), this.count, this.clear),
      this.search.node,
      chips.children.length > 0 ? chips : null, this.hint, items, this.leftOut.node,
      dialog && dialog.node);
  }

  /** @param liked the profile's items with their titles, as far as they are known. */
  update({ mix }: DeskState, liked: readonly ListedItem[]): void {
    const { profile } = mix;
    const known = new Map(liked.map((item) => [item.id, item]));
    this.list.update(profile.map((id) => known.get(id) ?? { item: -1, id, title: id, score: 0 }));
    this.roving.refresh();
    this.leftOut.update(mix);
    setText(this.count, profile.length === 0 ? "" : String(profile.length));
    this.hint.hidden = profile.length > 0;
    this.clear.disabled = profile.length === 0;
    for (const { sample, node } of this.samples) {
      setAttributes(node, { "aria-pressed": String(same(sample.items, profile)) });
    }
  }

  /** A sample takes the place of a taste of one's own: that can be taken back. */
  private replaceBy({ name, items }: SampleProfile): void {
    const { profile } = this.store.state.mix;
    const own = profile.length > 0 && !this.samples.some(({ sample }) => same(sample.items, profile));
    this.store.mix((mix) => takeTaste(mix, items));
    if (own) this.offerBack(words.taste.replaced(name), profile);
  }

  private row({ id }: ListedItem): Row<ListedItem> {
    const title = button({ class: "title", dir: "auto" }, () => this.store.go({ inspected: { kind: "item", id } }));
    const takeOut = (): void => {
      const next = node.nextElementSibling ?? node.previousElementSibling;
      this.store.mix((mix) => removeItem(mix, id));
      (next?.querySelector<HTMLElement>(".icon") ?? this.search.input).focus();
    };
    const remove = button({ class: "icon" }, takeOut, "×");
    const node = element("li", {}, title, remove);
    node.addEventListener("keydown", ({ key }) => {
      if (key === "Delete") takeOut();
    });
    return {
      node,
      update: (item) => {
        setTitle(title, item.title);
        setAttributes(title, { title: item.title });
        setAttributes(remove, { "aria-label": words.taste.remove(item.title) });
      },
    };
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join("\n") === b.join("\n");
}
