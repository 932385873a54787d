/** The Netflix Prize: "movie:" on a line of its own, then a line for each of its ratings. */
import { idIn, numberIn, RowError } from "../columns/cells.js";
import { column } from "../columns/column-spec.js";
import { tags } from "./known-names.js";
import type { Layout } from "./layout.js";

const COLON = 58;

export const netflix: Layout = {
  name: "netflix",
  title: "Netflix Prize",
  about: "combined_data_1.txt … combined_data_4.txt, or mv_*.txt (with movie_titles.csv)",
  files: {
    interactions: [/^combined_data_\d+\.txt$/i, /^mv_\d+\.txt$/i],
    titles: [/^movie_titles\.(csv|txt)$/i],
  },
  parts: /^(combined_data|mv)_\d+\.txt$/i,
  telling: [["interactions"]],
  looksLike: ({ sample }) => sample.length > 1 && /^\d+:$/.test(sample[0][0]) && sample[1].length === 3,
  // customer, rating, date; the item stands on a line before.
  interactions: {
    user: column("user", 0), item: column("movie", -1, false), rating: column("rating", 1, true, "number"),
    timestamp: column("date", 2, false, "time"),
  },
  // movie, year, title: titles hold commas that nothing protects, so what follows the second comma is the title.
  titles: { item: column("movie", 0), title: column("title", 2), genres: column("genres", -1, false) },
  tags,
  placed: true,
  ragged: true,
  openTitles: true,
  rows: (collector, found) => {
    const { user, rating } = found.columns;
    const { file } = found;
    let item = -1;
    collector.rated = true;
    return (row) => {
      if (row.fields === 1 && row.bytes[row.ends[0] - 1] === COLON) {
        item = collector.itemIds.add(row.bytes, row.starts[0], row.ends[0] - 1);
        return;
      }
      if (item < 0) throw new RowError(file, row.line, "a rating before the first \"movie:\" line");
      if (row.fields !== 3) throw new RowError(file, row.line, `${row.fields} columns, expected user, rating, date`);
      if (!collector.passes(numberIn(row, rating, found, "the rating"))) return;
      collector.pairs.add(idIn(row, user, collector.userIds, file, "user id"), item);
    };
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "combined_data_1.txt", lines: ["1:", "1488844,3,2005-09-06", "822109,5,2005-05-13"] },
    { file: "movie_titles.csv", lines: ["1,2003,Dinosaur Planet"] },
  ],
};
