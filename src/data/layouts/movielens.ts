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

/** A number from 0 to 1 for each of 1,128 tags and every film: a tag is one from a half on. */
const RELEVANT = 0.5;

/** The tag genome in place of the tags that people wrote: dense, and it says other things, so only by its name. */
export const movielensGenome: Layout = {
  ...movielens,
  name: "movielens-genome",
  title: "MovieLens with the tag genome as tags",
  about: "as movielens, with genome-scores.csv and genome-tags.csv for tags; only by --layout",
  files: { ...movielens.files, tags: ["genome-scores.csv"], dictionary: ["genome-tags.csv"] },
  telling: [],
  tags: {
    item: column(ITEM, 0), tag: column("tagId", 1), count: column("relevance", 2, true, "number"),
    user: column(USER, -1, false),
  },
  dictionary: { id: column("tagId", 0), name: column("tag", 1) },
  leastCount: RELEVANT,
  notes: [`a tag of the genome counts from a relevance of ${RELEVANT} on, and by it`],
  examples: [
    { file: "genome-scores.csv", lines: ["movieId,tagId,relevance", "1,1,0.02875"] },
    { file: "genome-tags.csv", lines: ["tagId,tag", "1,007"] },
  ],
};
