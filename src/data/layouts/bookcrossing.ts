/** BookCrossing, the original dump (semicolons, latin-1, quotes escaped by backslashes) and Kaggle's copy of it. */
import { column, simplified } from "../columns/column-spec.js";
import { interactions, tableNamed, tags } from "./known-names.js";
import type { Layout } from "./layout.js";

/** Ratings go from 1 to 10, and 0 says that somebody had the book without rating it: eight is what four of five is. */
export const bookcrossing: Layout = {
  name: "bookcrossing",
  title: "BookCrossing",
  about: "BX-Book-Ratings.csv or Ratings.csv with BX-Books.csv or Books.csv: User-ID, ISBN, Book-Rating",
  files: {
    interactions: [tableNamed("(BX[_-])?(book[_-])?ratings")],
    titles: [tableNamed("(BX[_-])?books")],
  },
  telling: [["interactions"]],
  looksLike: ({ sample: [header, ...rows] }) => {
    const names = header?.map(simplified) ?? [];
    const rating = names.indexOf("bookrating");
    const isTable = names.length === 3 && names.includes("userid") && names.includes("isbn") && rating >= 0;
    return isTable && rows.some((row) => Number(row[rating]) > 5);
  },
  interactions: { ...interactions, item: column("ISBN", 1), rating: column("bookRating", 2, true, "number") },
  titles: { item: column("ISBN", 0), title: column("bookTitle title", 1), genres: column("genres", -1, false) },
  tags,
  minRating: 8,
  minUserInteractions: 5,
  minItemInteractions: 1,
  zero: "that the book was not rated",
  examples: [
    { file: "BX-Book-Ratings.csv", lines: ["\"User-ID\";\"ISBN\";\"Book-Rating\"", "\"276726\";\"0155061224\";\"5\""] },
  ],
};
