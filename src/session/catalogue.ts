/**
 * Items and tags by name: the one that is meant, or those that a half-typed text may mean.
 *
 * Searching ignores capitals and diacritics ("amelie" finds "Amélie"). It looks at every name: catalogues have tens of
 * thousands of them, a pass takes a few milliseconds and needs no index.
 */
import { folded, nameKey } from "../base/folded.js";
import { UserError } from "../base/user-error.js";
import type { FoundItem, FoundTag, ListedItem } from "./session-types.js";
import { quotable } from "../base/printable.js";
import { yearOf } from "../base/title-year.js";
import { suggestion } from "../base/suggest.js";
import type { Model } from "../model-folder/model.js";

export class Catalogue {
  private readonly itemOf: ReadonlyMap<string, number>;
  /** Items from this one on are estimated. */
  private readonly trained: number;
  private foldedTitles: readonly string[] | null = null;
  private foldedTags: readonly string[] | null = null;

  constructor(private readonly model: Pick<Model, "items" | "tags">) {
    this.itemOf = new Map(model.items.ids.map((id, i) => [id, i]));
    this.trained = model.items.ids.length - (model.items.estimated?.length ?? 0);
  }

  /**
   * An item by its id, its title, or a part of the title that only one item has. Capitals do not matter in titles.
   * @throws UserError when there is none, or more than one.
   */
  item(text: string): number {
    if (typeof text !== "string") throw new UserError(`an item is named by a text, got ${typeof text} ${String(text)}`);
    return this.itemOf.get(text) ?? this.byTitle(text);
  }

  /** An item by its id; undefined when there is none. */
  byId(id: string): number | undefined {
    return this.itemOf.get(id);
  }

  /**
   * An item by its title, or a part of it that only one item has.
   * @throws UserError when there is none, or more than one.
   */
  byTitle(text: string): number {
    const { titles } = this.model.items;
    const wanted = text.trim().toLowerCase();
    const exact = titles.flatMap((title, i) => (title.toLowerCase() === wanted ? [i] : []));
    if (exact.length === 1) return exact[0];
    if (exact.length > 1) {
      const { ids } = this.model.items;
      const some = exact.slice(0, 6).map((i) => `"${ids[i]}"`).join(", ");
      throw new UserError(`"${quotable(text, 80)}" is the title of ${exact.length} items: say which by its id: ` +
        `${some}${exact.length > 6 ? ", …" : ""}`);
    }
    const within = titles.flatMap((title, i) => (wanted !== "" && title.toLowerCase().includes(wanted) ? [i] : []));
    if (within.length === 1) return within[0];
    if (within.length > 1) {
      const some = within.slice(0, 4).map((i) => `"${titles[i]}" (${this.model.items.ids[i]})`).join(", ");
      const more = within.length > 4 ? ", …" : "";
      throw new UserError(`"${quotable(text, 80)}" fits ${within.length} items: ${some}${more}`);
    }
    throw new UserError(`no item has the id or title "${quotable(text, 80)}"${suggestion(text, titles)}`);
  }

  /** @throws UserError for an unknown tag, with the nearest names. */
  tag(text: string): number {
    const { tags } = this.model;
    if (!tags) throw new UserError("this model has no tags: its data set had none, turn concepts or neurons instead");
    const exact = tags.names.indexOf(text);
    // Names that a caller gave, or a model written elsewhere has, are not always as tidy as those read from tables.
    const tag = exact >= 0 ? exact : tags.names.findIndex((name) => nameKey(name) === nameKey(text));
    if (tag >= 0) return tag;
    const hint = suggestion(text, tags.names) || ` among the model's ${tags.names.length}`;
    throw new UserError(`there is no tag "${quotable(text, 80)}"${hint}`);
  }

  /** See `Session.searchItems`. */
  searchItems(text: string, n: number): FoundItem[] {
    const { ids, titles, users } = this.model.items;
    this.foldedTitles ??= titles.map(folded);
    return matches(text, this.foldedTitles, (item) => users?.[item] ?? 0, n)
      .map((item) => ({
        item, id: ids[item], title: titles[item], year: yearOf(titles[item]), users: users?.[item] ?? null,
        ...this.mark(item),
      }));
  }

  /** See `Session.searchTags`. */
  searchTags(text: string, n: number): FoundTag[] {
    const { tags } = this.model;
    if (!tags) return [];
    this.foldedTags ??= tags.names.map(folded);
    const { indptr } = tags.counts;
    const items = (tag: number): number => indptr[tag + 1] - indptr[tag];
    return matches(text, this.foldedTags, items, n).map((tag) => ({ tag: tags.names[tag], items: items(tag) }));
  }

  listed(item: number, score: number): ListedItem {
    const { ids, titles } = this.model.items;
    const listed = { item, id: ids[item], title: titles[item], score };
    return item >= this.trained ? { ...listed, estimated: true } : listed;
  }

  private mark(item: number): { readonly estimated?: true } {
    return item >= this.trained ? { estimated: true } : {};
  }
}

/**
 * Numbers of the names that begin with the text, then of those with a word that does, then of those that contain it;
 * within each group the heaviest first.
 */
function matches(text: string, names: readonly string[], weight: (i: number) => number, n: number): number[] {
  if (!Number.isInteger(n) || n < 1) throw new UserError(`a search needs at least 1 result, got ${n}`);
  const wanted = folded(text.trim());
  const found: { i: number; place: number; weight: number }[] = [];
  names.forEach((name, i) => {
    const at = name.indexOf(wanted);
    if (at < 0) return;
    const place = at === 0 ? 0 : startsWord(name, wanted, at) ? 1 : 2;
    found.push({ i, place, weight: weight(i) });
  });
  return found.sort((a, b) => a.place - b.place || b.weight - a.weight || a.i - b.i).slice(0, n).map(({ i }) => i);
}

/** Whether any occurrence from `at` on begins a word. */
function startsWord(name: string, wanted: string, at: number): boolean {
  for (let from = at; from >= 0; from = name.indexOf(wanted, from + 1)) {
    if (!/[\p{Letter}\p{Number}]/u.test(name[from - 1])) return true;
  }
  return false;
}
