/**
 * What leads from one kind of item ids to another: MovieLens' links.csv has movieId, imdbId and tmdbId, ratings know
 * films by the first and films' descriptions by the last. Files of titles or tags whose key has another name than the
 * items of the interactions are then joined through it.
 */
import { basename } from "node:path";
import type { Catalogue } from "./catalogue.js";
import { simplified } from "./columns/column-spec.js";
import type { KeysUnderstood, TableReading } from "./understood.js";

/** Ids of a second kind, and the item that each leads to. */
export interface Links {
  readonly file: string;
  readonly known: Pick<Catalogue, "itemIds" | "itemIndex">;
  /** What the interactions call their items; null without names. */
  readonly itemName: string | null;
  readonly table: TableReading;
  readonly keys: KeysUnderstood;
}

/** Whether a file whose key has this name is joined through the links. */
export function leadsThrough(links: Links | null, keyName: string | null): links is Links {
  return links !== null && keyName !== null &&
    (links.itemName === null || simplified(keyName) !== simplified(links.itemName));
}

export function linkNote(name: string, key: string, item: string, { file, table }: Links): string {
  const through = table.columns.find(({ role }) => role === "key")?.name ?? "its second column";
  return `${name}: its key "${key}" leads to "${item}" of the interactions through "${through}" of ${basename(file)}`;
}
