/**
 * Amazon's reviews, "ratings only": no header, and in the release of 2018 the item before the user. The reviews
 * themselves (JSON lines of 2014, 2018 and 2023) and the CSV files of 2023 say what their columns are: any table.
 */
import type { OpenedTable } from "../../files/opened-table.js";
import { column } from "../columns/column-spec.js";
import { tags, titles } from "./known-names.js";
import type { Layout } from "./layout.js";

/** Ten characters: a B and a number of its own, or a book's ISBN. */
const PRODUCT = /^(B[0-9A-Z]{9}|\d{9}[\dX])$/;
const REVIEWER = /^A[0-9A-Z]{9,}$/;

/** Whether a headerless table has reviewers and products in these columns. */
function holds({ names, sample }: OpenedTable, reviewer: number, product: number): boolean {
  if (names !== null || sample.length === 0 || sample[0].length < 3) return false;
  const share = (test: RegExp, c: number): number =>
    sample.filter((row) => test.test(row[c] ?? "")).length / sample.length;
  return share(REVIEWER, reviewer) > 0.9 && share(PRODUCT, product) > 0.9;
}

export const amazon2018: Layout = {
  name: "amazon-2018",
  title: "Amazon reviews 2018, ratings only",
  about: "a table of item, user, rating, time without a header, the items being Amazon's product numbers",
  files: {},
  telling: [],
  looksLike: (table) => holds(table, 1, 0),
  interactions: {
    user: column("user", 1), item: column("item", 0), rating: column("rating", 2, true, "number"),
    timestamp: column("timestamp", 3, false, "time"),
  },
  titles,
  tags,
  placed: true,
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  notes: ["the first column holds Amazon's product numbers, the second its reviewers: the item stands first"],
  examples: [{ file: "Gift_Cards.csv", lines: ["B001GXRQW0,APV13CM0919JD,1.0,1229644800"] }],
};
