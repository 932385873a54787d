/** MovieLens 100K: u.data, and u.item with a column of 0 and 1 for each genre of u.genre. */
import { textIn } from "../columns/cells.js";
import { column } from "../columns/column-spec.js";
import { readDictionary } from "../tags/read-dictionary.js";
import { interactions, RATING, tags } from "./known-names.js";
import type { Layout } from "./layout.js";

/** movie, title, release, video release, address; the genres follow. */
const FIRST_GENRE = 5;

export const ml100k: Layout = {
  name: "ml-100k",
  title: "MovieLens 100K",
  about: "u.data with u.item and u.genre",
  files: { interactions: ["u.data"], titles: ["u.item"], dictionary: ["u.genre"] },
  telling: [["interactions"]],
  interactions: { ...interactions, rating: column(RATING, 2, true, "number") },
  titles: { item: column("movie", 0), title: column("title", 1), genres: column("genres", -1, false) },
  tags,
  dictionary: { id: column("id", 1), name: column("genre", 0) },
  placed: true,
  genresOf: async ({ dictionary }) => {
    const names = dictionary ? (await readDictionary(dictionary, ml100k.dictionary!, { placed: true })).names : null;
    return (row) => {
      const genres: string[] = [];
      // u.genre counts from 0; a release that begins its flags one column later has as many columns more.
      const first = Math.max(FIRST_GENRE, names ? row.fields - names.size : FIRST_GENRE);
      for (let f = first; f < row.fields; f++) {
        if (textIn(row, f).trim() === "1") genres.push(names?.get(String(f - first)) ?? `genre ${f - first}`);
      }
      return genres;
    };
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "u.data", lines: ["196\t242\t3\t881250949"] },
    { file: "u.item", lines: ["1|Toy Story (1995)|01-Jan-1995||http://…|0|0|0|1|1|1|0|…"] },
    { file: "u.genre", lines: ["unknown|0", "Action|1"] },
  ],
};
