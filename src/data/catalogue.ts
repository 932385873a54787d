/**
 * The catalogue of a data set as files of titles and tags see it: raw ids of the interactions and what became of them.
 */
import type { IdTable } from "../files/csv/id-table.js";

export interface Catalogue {
  /** Raw item ids of the interactions and, per raw number, the item's index or −1. */
  readonly itemIds: IdTable;
  readonly itemIndex: Int32Array;
  /** Likewise users. */
  readonly userIds: IdTable;
  readonly userIndex: Int32Array;
}
