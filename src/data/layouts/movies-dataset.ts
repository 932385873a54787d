/** Kaggle's "The Movies Dataset": MovieLens' ratings, films under TMDB's ids, and links.csv from one to the other. */
import { column } from "../columns/column-spec.js";
import { COUNT, interactions, RATING } from "./known-names.js";
import type { Layout } from "./layout.js";

export const moviesDataset: Layout = {
  name: "movies-dataset",
  title: "The Movies Dataset (Kaggle)",
  about: "ratings.csv or ratings_small.csv with movies_metadata.csv (keywords.csv and links.csv too, if there are any)",
  files: {
    interactions: ["ratings.csv", "ratings_small.csv"], titles: ["movies_metadata.csv"], tags: ["keywords.csv"],
    links: ["links.csv", "links_small.csv"],
  },
  telling: [["interactions", "titles"]],
  interactions: { ...interactions, item: column("movieId", 1), rating: column(RATING, 2, true, "number") },
  titles: {
    item: column("id movieId", 5), title: column("title originalTitle", 20), genres: column("genres", 3, false),
  },
  tags: {
    item: column("id movieId", 0), tag: column("keywords", 1), count: column(COUNT, -1, false),
    user: column("userId", -1, false),
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "ratings.csv", lines: ["userId,movieId,rating,timestamp", "1,31,4.5,1260759144"] },
    {
      file: "movies_metadata.csv",
      lines: ["…,genres,…,id,…,title,…", "…,\"[{'id': 18, 'name': 'Drama'}]\",…,9091,…,Sudden Death,…"],
    },
    { file: "keywords.csv", lines: ["id,keywords", "862,\"[{'id': 931, 'name': 'jealousy'}, …]\""] },
    { file: "links.csv", lines: ["movieId,imdbId,tmdbId", "1,0114709,862"] },
  ],
};
