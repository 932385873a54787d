/** MovieLens since 1M: ratings, movies, tags; any mixture of .csv and .dat. */
import { column } from "../columns/column-spec.js";
import { COUNT, interactions, ITEM, RATING, TAG, TITLE, USER } from "./known-names.js";
import type { Layout } from "./layout.js";

/** Ratings of four stars and more are likes, users with five of them stay (docs/method.md §1). */
export const movielens: Layout = {
  name: "movielens",
  title: "MovieLens 1M, 10M, 20M, 25M, 32M and latest",
  about: "ratings.csv or ratings.dat with movies.csv or movies.dat (tags.csv or tags.dat too, if there are tags)",
  files: {
    interactions: ["ratings.csv", "ratings.dat"],
    titles: ["movies.csv", "movies.dat"],
    tags: ["tags.csv", "tags.dat"],
  },
  telling: [["interactions", "titles"]],
  interactions: { ...interactions, rating: column(RATING, 2, true, "number") },
  titles: { item: column(ITEM, 0), title: column(TITLE, 1), genres: column("genres genre", 2, false) },
  // userId, movieId, tag, timestamp
  tags: {
    item: column(ITEM, 1), tag: column(TAG, 2), user: column(USER, 0, false), count: column(COUNT, -1, false),
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "ratings.csv", lines: ["userId,movieId,rating,timestamp", "1,31,4.5,1260759144", "1,1029,3.0,1260759179"] },
    { file: "movies.csv", lines: ["movieId,title,genres", "1,Toy Story (1995),Adventure|Animation|Children"] },
    { file: "tags.csv", lines: ["userId,movieId,tag,timestamp", "15,339,sandra 'boring' bullock,1138537770"] },
  ],
};
