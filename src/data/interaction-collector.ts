/**
 * Takes the rows of a file of interactions: ids become numbers, rows below the threshold fall out, and what a person
 * should know of the ratings (their range, the share kept) is counted on the way.
 */
import { IdTable } from "../files/csv/id-table.js";
import type { Row } from "../files/csv/row-parser.js";
import type { InteractionRole } from "./columns/column-spec.js";
import type { FoundColumns } from "./columns/find-columns.js";
import { idIn, numberIn } from "./columns/cells.js";
import { PairList } from "./interactions.js";

export class InteractionCollector {
  readonly userIds = new IdTable();
  readonly itemIds = new IdTable();
  readonly pairs = new PairList();
  /** Interactions met, taken or not. */
  rows = 0;
  /** Whether there are ratings; their range, and how many are 0. */
  rated = false;
  min = Infinity;
  max = -Infinity;
  zeros = 0;

  /** @param threshold rows with a lower rating are no interactions. */
  constructor(readonly threshold: number) {}

  /** The function that takes the rows of a table of user, item[, rating]. */
  taker(found: FoundColumns<InteractionRole>): (row: Row) => void {
    const { file } = found;
    const { user, item, rating } = found.columns;
    const { userIds, itemIds, pairs } = this;
    if (rating < 0) {
      return (row) => {
        this.rows++;
        pairs.users.push(idIn(row, user, userIds, file, "user id"));
        pairs.items.push(idIn(row, item, itemIds, file, "item id"));
      };
    }
    this.rated = true;
    return (row) => {
      if (!this.passes(numberIn(row, rating, found, "the rating"))) return;
      pairs.users.push(idIn(row, user, userIds, file, "user id"));
      pairs.items.push(idIn(row, item, itemIds, file, "item id"));
    };
  }

  /** Counts a rating; whether it reaches the threshold. */
  passes(value: number): boolean {
    this.rows++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value === 0) this.zeros++;
    return value >= this.threshold;
  }
}
