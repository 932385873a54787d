/** Jester: a matrix of jokes, one row a user. Recognised so that it is refused with the reason. */
import { UserError } from "../../base/user-error.js";
import { interactions, tags, titles } from "./known-names.js";
import type { Layout } from "./layout.js";

export const jester: Layout = {
  name: "jester",
  title: "Jester (not read)",
  about: "jester-data-*.csv: a matrix, which is refused",
  files: { interactions: [/^jester[-_ ]?(data|final)?.*\.(csv|xls|txt)$/i] },
  telling: [],
  looksLike: (table) => {
    // How many a user rated, then a number from −10 to 10 for each joke, 99 for none.
    const matrix = table.sample.length > 0 && table.sample[0].length > 20 &&
      table.sample.every((row) => row.slice(1).every((cell) => cell === "99" || Math.abs(Number(cell)) <= 10)) &&
      table.sample.some((row) => row.includes("99"));
    if (!matrix) return false;
    throw new UserError(`${table.file}:1: ${table.sample[0].length} columns without a header: a matrix of ratings ` +
      "from −10 to 10, one row a user and 99 for none, as Jester is published. It is not read: write a row of " +
      "user, item, rating for every rating that is not 99");
  },
  interactions,
  titles,
  tags,
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [{ file: "jester-data-1.csv", lines: ["74,-7.82,8.79,99,99,-8.16,…"] }],
};
