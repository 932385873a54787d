/**
 * Takes the rows of a file of interactions: ids become numbers, rows below the threshold fall out, and what a person
 * should know of the ratings (their range, the share kept) is counted on the way.
 */
import { UserError } from "../base/user-error.js";
import { IdTable } from "../files/csv/id-table.js";
import type { Row } from "../files/csv/row-parser.js";
import type { WeightedRole } from "./columns/column-spec.js";
import type { FoundColumns } from "./columns/find-columns.js";
import { idIn, numberIn, RowError, timeIn } from "./columns/cells.js";
import { columnsText } from "./describe-understood.js";
import { PairList } from "./interactions.js";

export class InteractionCollector {
  readonly userIds = new IdTable();
  readonly itemIds = new IdTable();
  readonly pairs: PairList;
  /** Interactions met, taken or not. */
  rows = 0;
  /** Whether there are ratings; their range, and how many are 0. */
  rated = false;
  min = Infinity;
  max = -Infinity;
  zeros = 0;

  /**
   * @param threshold rows with a lower rating are no interactions.
   * @param wants what is kept of a row beside the pair.
   */
  constructor(readonly threshold: number, wants: { readonly weights?: boolean; readonly times?: boolean } = {}) {
    this.pairs = new PairList(wants);
  }

  /** The function that takes the rows of a table of user, item[, rating]. */
  taker(found: FoundColumns<WeightedRole>): (row: Row) => void {
    if (this.pairs.weights ?? this.pairs.times) return this.weighingTaker(found);
    const { file } = found;
    const { user, item, rating } = found.columns;
    const { userIds, itemIds, pairs } = this;
    if (rating < 0) {
      return (row) => {
        this.rows++;
        pairs.add(idIn(row, user, userIds, file, "user id"), idIn(row, item, itemIds, file, "item id"));
      };
    }
    this.rated = true;
    return (row) => {
      if (!this.passes(numberIn(row, rating, found, "the rating"))) return;
      pairs.add(idIn(row, user, userIds, file, "user id"), idIn(row, item, itemIds, file, "item id"));
    };
  }

  /** As taker, and keeps weights and times: the rating is the weight where no other column is. */
  private weighingTaker(found: FoundColumns<WeightedRole>): (row: Row) => void {
    const { file } = found;
    const { user, item, rating, timestamp } = found.columns;
    const weight = found.columns.weight >= 0 ? found.columns.weight : rating;
    const { userIds, itemIds, pairs } = this;
    if (pairs.weights && weight < 0) {
      const numeric = found.understood.unused.filter(({ range }) => range !== null);
      const hint = numeric.length === 0 ? "leave --weight out"
        : `is it ${columnsText(numeric)}? Say --column weight=NAME`;
      throw new UserError(`${file}: --weight was given, but no column says how much an interaction counts: ${hint}`);
    }
    if (pairs.times && timestamp < 0) {
      throw new UserError(`${file}: no column is the time of an interaction, which a half-life and a split by time ` +
        "need: say --column timestamp=NAME");
    }
    if (rating >= 0) this.rated = true;
    return (row) => {
      if (rating < 0) this.rows++;
      else if (!this.passes(numberIn(row, rating, found, "the rating"))) return;
      const counts = pairs.weights ? numberIn(row, weight, found, "the weight") : 1;
      if (!(counts > 0)) throw new RowError(file, row.line, `the weight is ${counts}, expected more than 0`);
      const time = pairs.times ? timeIn(row, timestamp, found) : 0;
      pairs.add(idIn(row, user, userIds, file, "user id"), idIn(row, item, itemIds, file, "item id"));
      pairs.weights?.push(counts);
      pairs.times?.push(time);
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
