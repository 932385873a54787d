/** Lists of items per user, as LightGCN and its kin are fed: one row a user, "user item item item …". */
import { RowError } from "../columns/cells.js";
import { column } from "../columns/column-spec.js";
import { looksLikeLists } from "../columns/find-lists.js";
import { tags, titles } from "./known-names.js";
import type { Layout } from "./layout.js";

export const lists: Layout = {
  name: "lists",
  title: "Lists per user (LightGCN, NGCF and their kin)",
  about: "train.txt and test.txt, or any table of rows user item item item …, without a header",
  files: { interactions: [/^(train|test)\.txt$/i], titles: [/^items?\.(csv|tsv|txt)$/i] },
  parts: /^(train|test)\.txt$/i,
  telling: [["interactions"]],
  looksLike: looksLikeLists,
  interactions: {
    user: column("user", 0), item: column("item", 1), rating: column("rating", -1, false),
    timestamp: column("timestamp", -1, false),
  },
  titles,
  tags,
  placed: true,
  ragged: true,
  rows: (collector, { file }) => {
    const { userIds, itemIds, pairs } = collector;
    return ({ bytes, starts, ends, fields, line }) => {
      if (ends[0] === starts[0]) throw new RowError(file, line, "the user id is empty, expected an id");
      const user = userIds.add(bytes, starts[0], ends[0]);
      for (let f = 1; f < fields; f++) {
        if (ends[f] === starts[f]) continue;
        collector.rows++;
        pairs.add(user, itemIds.add(bytes, starts[f], ends[f]));
      }
    };
  },
  minRating: -Infinity,
  minUserInteractions: 5,
  minItemInteractions: 1,
  notes: [
    "every row is the list of one user's items; train.txt and test.txt are read together, unknot splits by itself",
  ],
  examples: [{ file: "train.txt", lines: ["0 12 7 31", "1 5 12"] }],
};
