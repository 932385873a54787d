import type { SampleProfile } from "../../model-folder/precomputed.js";
/** Whose taste the desk mixes: samples to start from, a search box, and the items chosen so far. */
import type { FoundItem, ListedItem } from "../../session/session-types.js";
import { Combobox } from "../widgets/combobox.js";
import type { DeskSession } from "../state/desk-session.js";
import { button, element, setAttributes, setText } from "../widgets/element.js";
import { KeyedList, type Row } from "../widgets/keyed-list.js";
import { addItem, removeItem, type DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";

const SUGGESTIONS = 8;

export class ProfileView {
  readonly node: HTMLElement;
  readonly search: Combobox<FoundItem>;
  private readonly list: KeyedList<ListedItem>;
  private readonly count = element("span", { class: "count" });
  private readonly hint = element("p", { class: "hint" },
    "Nothing yet. Start from a sample, or search for what you like.");
  private readonly clear: HTMLButtonElement;
  private readonly samples: { sample: SampleProfile; node: HTMLButtonElement }[];

  constructor(
    private readonly store: Store, session: DeskSession, samples: readonly SampleProfile[],
    failed: (error: unknown) => void,
  ) {
    this.search = new Combobox({
      name: "item", label: "Search for items to add to the profile", placeholder: "Add something you like",
      search: (text) => session.searchItems(text, SUGGESTIONS),
      keyOf: ({ id }) => id,
      titleOf: ({ title }) => title,
      noteOf: ({ id }) => (this.store.state.mix.profile.includes(id) ? "added" : ""),
      choose: ({ id }) => this.store.mix((mix) => addItem(mix, id)),
      failed,
    });
    this.samples = samples.map((sample) => ({
      sample,
      node: button({ class: "chip" }, () => {
        this.store.mix((mix) => ({ ...mix, profile: sample.items }));
      }, sample.name),
    }));
    this.clear = button({ class: "quiet" }, () => {
      this.store.mix((mix) => ({ ...mix, profile: [] }));
      this.search.input.focus();
    }, "Clear");
    const items = element("ul", { class: "likes", "aria-label": "Items in the profile" });
    this.list = new KeyedList(items, ({ id }) => id, (item) => this.row(item));
    this.node = element("section", { class: "panel profile", "aria-labelledby": "profile-heading" },
      element("header", {}, element("h2", { id: "profile-heading" }, "Taste"), this.count, this.clear),
      this.search.node,
      this.samples.length > 0
        ? element("div", { class: "samples", role: "group", "aria-label": "Sample profiles" },
          ...this.samples.map(({ node }) => node))
        : null,
      this.hint, items);
  }

  /** @param liked the profile's items with their titles, as far as they are known. */
  update({ mix }: DeskState, liked: readonly ListedItem[]): void {
    const { profile } = mix;
    const known = new Map(liked.map((item) => [item.id, item]));
    this.list.update(profile.map((id) => known.get(id) ?? { item: -1, id, title: id, score: 0 }));
    setText(this.count, profile.length === 0 ? "" : String(profile.length));
    this.hint.hidden = profile.length > 0;
    this.clear.disabled = profile.length === 0;
    for (const { sample, node } of this.samples) {
      setAttributes(node, { "aria-pressed": String(sample.items.join("\n") === profile.join("\n")) });
    }
  }

  private row({ id }: ListedItem): Row<ListedItem> {
    const title = button({ class: "title" }, () => this.store.go({ inspected: { kind: "item", id } }));
    const remove = button({ class: "icon" }, () => {
      const next = node.nextElementSibling ?? node.previousElementSibling;
      this.store.mix((mix) => removeItem(mix, id));
      (next?.querySelector<HTMLElement>(".icon") ?? this.search.input).focus();
    }, "×");
    const node = element("li", {}, title, remove);
    return {
      node,
      update: (item) => {
        setText(title, item.title);
        setAttributes(title, { title: item.title });
        setAttributes(remove, { "aria-label": `Remove ${item.title}` });
      },
    };
  }
}
