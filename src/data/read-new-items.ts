/**
 * A table of items that no interaction speaks of: id, title and tags (or genres), one row an item or several. Read like
 * any file of titles: columns by name or place, several tags in a cell.
 */
import { printable } from "../base/printable.js";
import { withYear } from "../base/title-year.js";
import { UserError } from "../base/user-error.js";
import { expandPattern } from "./layouts/path-pattern.js";
import { GENRES, ITEM, TAG, TITLE, year } from "./layouts/known-names.js";
import { column } from "./columns/column-spec.js";
import { readTable } from "./columns/read-table.js";
import { textIn } from "./columns/cells.js";
import { valueSplitter } from "./tags/split-values.js";

/** An item with what is said of it. */
export interface ListedNewItem {
  readonly id: string;
  readonly title: string;
  /** As they stand in the file, each once. */
  readonly tags: readonly string[];
}

/** How the table is written, where it is not found out. */
export interface NewItemsOptions {
  /** Between several tags of a cell. */
  readonly tagSeparator?: string;
}

const SPEC = {
  item: column(`${ITEM} id`, 0), title: column(TITLE, 1, false), genres: column(`${TAG} ${GENRES}`, 2), year,
};

/** Items in the order of their first rows. @throws UserError for a file that cannot be read or has no item. */
export async function readNewItems(file: string, options: NewItemsOptions = {}): Promise<ListedNewItem[]> {
  const found = new Map<string, { title: string; tags: Set<string> }>();
  const request = {
    role: "titles" as const, places: await expandPattern(file), why: "new items", spec: SPEC, widest: Infinity,
  };
  await readTable(request, ({ columns, cells }) => {
    const splitter = valueSplitter(cells(columns.genres), options.tagSeparator, false);
    return (row) => {
      const id = textIn(row, columns.item).trim();
      if (id === "") return;
      const item = found.get(id) ?? { title: id, tags: new Set<string>() };
      found.set(id, item);
      const title = columns.title < 0 ? "" : printable(textIn(row, columns.title).trim());
      if (title !== "") item.title = withYear(title, columns.year < 0 ? "" : textIn(row, columns.year));
      for (const tag of splitter.split(textIn(row, columns.genres))) item.tags.add(tag);
    };
  });
  if (found.size === 0) throw new UserError(`${file}: no item in it, expected rows of item, title, tags`);
  return Array.from(found, ([id, { title, tags }]) => ({ id, title, tags: [...tags] }));
}
