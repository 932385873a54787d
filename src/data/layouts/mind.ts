/** MIND, Microsoft's news: a row is an impression, with what its user had read before and what was clicked then. */
import { idIn, textIn } from "../columns/cells.js";
import { column } from "../columns/column-spec.js";
import { tags } from "./known-names.js";
import type { Layout } from "./layout.js";

const CLICKS = 4;
const encoder = new TextEncoder();

export const mind: Layout = {
  name: "mind",
  title: "MIND (Microsoft News)",
  about: "behaviors.tsv with news.tsv",
  files: { interactions: ["behaviors.tsv"], titles: ["news.tsv"] },
  telling: [["interactions"]],
  // impression, user, time, history, clicks
  interactions: {
    user: column("user", 1), item: column("history", 3), rating: column("rating", -1, false),
    timestamp: column("time", 2, false, "time"),
  },
  // news, category, subcategory, title, …
  titles: { item: column("news", 0), title: column("title", 3), genres: column("category", 1, false) },
  tags,
  placed: true,
  rows: (collector, found) => {
    const { file, columns: { user, item } } = found;
    return (row) => {
      const read = textIn(row, item).split(" ");
      const clicked = textIn(row, CLICKS).split(" ").filter((one) => one.endsWith("-1")).map((one) => one.slice(0, -2));
      for (const news of [...read, ...clicked]) {
        if (news === "") continue;
        const bytes = encoder.encode(news);
        collector.rows++;
        const reader = idIn(row, user, collector.userIds, file, "user id");
        collector.pairs.add(reader, collector.itemIds.add(bytes, 0, bytes.length));
      }
    };
  },
  genresOf: () => Promise.resolve((row) => [textIn(row, 1), textIn(row, 2)]),
  minRating: -Infinity,
  minUserInteractions: 5,
  minItemInteractions: 1,
  notes: ["a user's interactions are the news of the histories and the clicks (those marked -1)"],
  examples: [
    { file: "behaviors.tsv", lines: ["1\tU13740\t11/11/2019 9:05:58 AM\tN55189 N42782 N34694\tN55689-1 N35729-0"] },
    { file: "news.tsv", lines: ["N55528\tlifestyle\tlifestyleroyals\tThe Brands Queen Elizabeth Swears By\t…"] },
  ],
};
