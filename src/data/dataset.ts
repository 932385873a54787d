/**
 * What a data set is once it has been read and filtered: plain arrays, indices instead of ids.
 *
 * Glossary (docs/method.md): U users, I items, T tags. Index order is the order of first appearance in the interactions
 * after filtering, so the same file gives the same indices.
 */
import type { Csr } from "../base/csr.js";
import type { Understood } from "./understood.js";

/** Who chose what: X, (U, I) binary, with ids and, where there are any, titles and tags. */
export interface Dataset {
  /** A short name, for example the folder's. */
  readonly name: string;
  /** (U, I) binary: the interactions that passed the filter. */
  readonly interactions: Csr;
  /** (nnz) of mean 1: how much each interaction counts in fitting; absent: all the same. */
  readonly strengths?: Float32Array;
  /** (nnz) when each was, in seconds since 1970; absent unless asked for. */
  readonly times?: Float64Array;
  /** (U) ids as they stand in the file. */
  readonly userIds: readonly string[];
  /** (I) ids as they stand in the file. */
  readonly itemIds: readonly string[];
  /** (I) readable titles; the id where none is known. */
  readonly itemTitles: readonly string[];
  /** Every application of a tag to an item of the catalogue; null when the data set has no tags. */
  readonly tags: TagApplications | null;
  /** What was read and what the filter dropped, as lines for a person. */
  readonly notes: readonly string[];
  /** The same and more as data; absent for what was not read from files. */
  readonly understood?: Understood;
}

/**
 * Tag applications in coordinate form, as they were read: names lower-cased and trimmed, not yet filtered by support.
 * Entry a says: user[a] gave tag[a] to item[a] count[a] times.
 */
export interface TagApplications {
  /** (T) distinct names. */
  readonly names: readonly string[];
  /** Tag numbers. */
  readonly tag: Int32Array;
  /** Item indices of the data set. */
  readonly item: Int32Array;
  /** User indices of the data set, −1 when the tagger is unknown or not among its users. */
  readonly user: Int32Array;
  /** Applications: 1 in application files, the count in files that give counts. Positive. */
  readonly count: Float32Array;
  /**
   * (T) applications of each tag in the whole source, to items outside the catalogue too: what the support filter
   * counts, as the reference does. Absent: the applications listed here are all there are.
   */
  readonly support?: Float64Array;
}

/** Item–tag counts after the support filter: C of docs/method.md §4. */
export interface TagCounts {
  /** (T) names, in the order of the rows. */
  readonly names: readonly string[];
  /** (T, I) with values: applications of the tag to the item. */
  readonly counts: Csr;
}

/** Users held out for evaluation: what the model sees, and what it should find. Rows are aligned. */
export interface HeldOut {
  /** (n) user indices of the data set. */
  readonly users: Int32Array;
  /** (n, I) interactions that are given as input. */
  readonly input: Csr;
  /** (n, I) interactions to be found. */
  readonly target: Csr;
}

/** Strong generalisation (docs/method.md §1): no user is in two of the three parts. */
export interface Split {
  /** User indices of the training part, ascending in permutation order. */
  readonly trainUsers: Int32Array;
  /** (n, I) all interactions of the training users; of a split by time those before the cut. */
  readonly train: Csr;
  /** (nnz of train) how much each counts in fitting; absent: all the same. */
  readonly strengths?: Float32Array;
  readonly validation: HeldOut;
  readonly test: HeldOut;
  /** Split by time (split-time.ts): users are in several parts, and held-out ones have a future that is not theirs. */
  readonly byTime?: true;
}
