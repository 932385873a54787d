/** The taste profile of the Million Song Dataset. */
import { column } from "../columns/column-spec.js";
import { interactions, ITEM, PLAYS, TAG, TITLE, USER } from "./known-names.js";
import type { Layout } from "./layout.js";

/** Every play is one interaction; songs with 200 listeners stay, then listeners with 20 songs (docs/method.md §1). */
export const msd: Layout = {
  name: "msd",
  title: "Million Song Dataset, taste profile",
  about: "train_triplets.txt (any *triplets*.txt, .tsv or .csv): user, song, play count",
  files: {
    interactions: [/triplets.*\.(txt|tsv|csv)$/i],
    titles: ["songs.csv", "songs.tsv", "tracks.csv", "tracks.tsv", "titles.csv", "titles.tsv"],
    tags: [/tags?\.(csv|tsv|txt)$/i],
  },
  telling: [["interactions"]],
  interactions: { ...interactions, rating: column(PLAYS, 2, false, "number") },
  titles: {
    item: column(ITEM, 0), title: column(`${TITLE} songTitle`, 1), genres: column("genres genre", -1, false),
  },
  // song, tag[, count]
  tags: {
    item: column(ITEM, 0), tag: column(TAG, 1), count: column("count weight", 2, false, "number"),
    user: column(USER, -1, false),
  },
  minRating: 1,
  minUserInteractions: 20,
  minItemInteractions: 200,
  examples: [
    { file: "train_triplets.txt", lines: ["b80344d063b5ccb3212f76538f3d9e43d87dca9e\tSOAKIMP12A8C130995\t1"] },
    { file: "song_tags.csv", lines: ["song,tag,count", "SOAKIMP12A8C130995,rock,3"] },
  ],
};
