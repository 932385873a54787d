/** Steam's 200K purchases and hours of play: a row for the purchase, another one for the hours. */
import { idIn, textIn } from "../columns/cells.js";
import { column } from "../columns/column-spec.js";
import { tags, titles } from "./known-names.js";
import type { Layout } from "./layout.js";

export const steam: Layout = {
  name: "steam-200k",
  title: "Steam 200K",
  about: "steam-200k.csv: user, game, purchase or play, hours, 0, without a header",
  files: { interactions: [/^steam-200k\.csv$/i] },
  telling: [["interactions"]],
  looksLike: ({ sample, names }) => names === null && sample.length > 0 &&
    sample.every((row) => row.length === 5 && /^(purchase|play)$/.test(row[2])),
  interactions: {
    user: column("user", 0), item: column("game", 1), rating: column("hours", -1, false),
    timestamp: column("timestamp", -1, false),
  },
  titles,
  tags,
  placed: true,
  rows: (collector, found) => {
    const { file, columns: { user, item } } = found;
    return (row) => {
      // Who has played has purchased: the row of hours says nothing new of who has what.
      if (textIn(row, 2).trim() !== "purchase") return;
      collector.rows++;
      collector.pairs.add(
        idIn(row, user, collector.userIds, file, "user id"), idIn(row, item, collector.itemIds, file, "game"),
      );
    };
  },
  minRating: -Infinity,
  minUserInteractions: 5,
  minItemInteractions: 1,
  notes: ["every purchase is one interaction; rows of hours played are left out"],
  examples: [
    {
      file: "steam-200k.csv",
      lines: ["151603712,\"Fallout 4\",purchase,1.0,0", "151603712,\"Fallout 4\",play,87.0,0"],
    },
  ],
};
