/** Anything else: one table of interactions, and files of titles and tags if their names say so. */
import { interactions, tableNamed, tags, titles } from "./known-names.js";
import type { Layout } from "./layout.js";

/** The threshold holds only where there is a rating column. */
export const table: Layout = {
  name: "table",
  title: "Any table",
  about: "interactions.csv, .tsv, .txt, .jsonl … (or ratings.*, events.*, part-*.*, or one table alone): user, item" +
    "[, rating[, timestamp]]",
  files: {
    interactions: [
      tableNamed("interactions"), tableNamed("ratings?"),
      tableNamed("events|likes|plays|clicks|views|purchases|listens|reviews|orders|transactions"),
      tableNamed("(.*[_-])?(interactions?|ratings?|events|likes|plays|clicks|views|purchases|reviews)([_-].*)?"),
    ],
    titles: [
      tableNamed("items|titles|movies|books|songs|tracks|artists|albums|products|games|news|articles|anime|recipes"),
      tableNamed("(items?|titles?|movies?|books?|songs?|tracks?|artists?|albums?|products?|games?|meta)[_-].*"),
      tableNamed(".*[_-](items|titles|metadata|names)"), tableNamed("meta|metadata"),
    ],
    tags: [tableNamed("(item[_-]?)?tags"), tableNamed("(.*[_-])?(item|movie|book|song|artist|product)[_-]?tags?")],
    dictionary: [tableNamed("tag[_-]?(names|dictionary|ids)")],
  },
  parts: /^part-\d+.*\.(csv|tsv|txt|json|jsonl|parquet)$/i,
  telling: [["interactions"]],
  interactions,
  titles,
  tags,
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "interactions.csv", lines: ["user,item,rating", "ann,alien,5", "ann,heat,3.5"] },
    { file: "items.csv", lines: ["item,title,genres", "alien,Alien (1979),Horror|Science fiction"] },
    { file: "tags.csv", lines: ["item,tag,count", "alien,claustrophobic,12"] },
  ],
};
