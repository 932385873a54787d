/**
 * Reads a file that leads from one kind of item ids to another (links.ts), its own key joined to the interactions as
 * those of titles are.
 */
import { IdTable } from "../files/csv/id-table.js";
import { placeName, type FilePlace } from "../files/source/byte-source.js";
import type { Catalogue } from "./catalogue.js";
import { idIn } from "./columns/cells.js";
import { column, type LinkRole, type TableSpec } from "./columns/column-spec.js";
import { readTable } from "./columns/read-table.js";
import { ITEM } from "./layouts/known-names.js";
import { KeyMatcher } from "./match-keys.js";
import { withNames, type ReadOptions } from "./read-options.js";
import type { Links } from "./links.js";

const LINKS: TableSpec<LinkRole> = {
  item: column(ITEM, 0), key: column("tmdbId imdbId externalId sourceId key id", 1),
};

/** @param itemName what the interactions call their items. */
export async function readLinks(
  places: readonly FilePlace[], catalogue: Catalogue, itemName: string | null, options: ReadOptions,
): Promise<Links> {
  const matcher = new KeyMatcher("links", catalogue);
  const file = placeName(places[0]);
  const spec = withNames(LINKS, options.columns ?? {}, "links");
  const request = {
    ...options, role: "links" as const, places, why: "leads from one kind of ids to another", spec,
    progress: options.onProgress,
  };
  const pass = async (): Promise<Omit<Links, "keys">> => {
    const itemIds = new IdTable();
    const items: number[] = [];
    const table = await readTable(request, ({ columns }) => (row) => {
      // Films that the other side does not know have no key.
      if (row.ends[columns.key] === row.starts[columns.key]) return;
      items[idIn(row, columns.key, itemIds, file, "key")] = matcher.itemIn(row, columns.item);
    });
    return { file, known: { itemIds, itemIndex: Int32Array.from(items) }, itemName, table };
  };
  let links = await pass();
  if (matcher.mustReread(file)) links = await pass();
  return { ...links, keys: matcher.understood() };
}
