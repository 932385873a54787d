/**
 * Under which terms known public data sets stand, for whoever passes on a model that was trained on one. A reminder, no
 * legal advice: the publisher's own text counts, and a data set that is not listed may have any terms.
 */

export interface Licence {
  /** The data set's full name. */
  readonly title: string;
  /** The terms in a sentence. */
  readonly terms: string;
  /** Their page, and what they ask to be cited or credited; null for the generated world, which is nobody's. */
  readonly publisher: { readonly url: string; readonly credit: string } | null;
}

const MOVIELENS_CREDIT =
  "F. M. Harper and J. A. Konstan: The MovieLens Datasets: History and Context. ACM TiiS 5(4), 2015";

const licences: Readonly<Record<string, Licence>> = {
  "ml-latest-small": {
    title: "MovieLens latest small",
    terms: "Non-commercial use; the data may be redistributed under the same terms only.",
    publisher: { url: "https://grouplens.org/datasets/movielens/latest/", credit: MOVIELENS_CREDIT },
  },
  "ml-1m": {
    title: "MovieLens 1M",
    terms: "Research use; the data itself may not be redistributed, nor used commercially without permission.",
    publisher: { url: "https://grouplens.org/datasets/movielens/1m/", credit: MOVIELENS_CREDIT },
  },
  "ml-20m": {
    title: "MovieLens 20M",
    terms: "Research use; no commercial use without permission, redistribution under the same terms only.",
    publisher: { url: "https://grouplens.org/datasets/movielens/20m/", credit: MOVIELENS_CREDIT },
  },
  "ml-25m": {
    title: "MovieLens 25M",
    terms: "Research use; no commercial use without permission, redistribution under the same terms only.",
    publisher: { url: "https://grouplens.org/datasets/movielens/25m/", credit: MOVIELENS_CREDIT },
  },
  world: {
    title: "the built-in world",
    terms: "It is generated: made-up people, items and tags, free of terms.",
    publisher: null,
  },
  "goodbooks-10k": {
    title: "goodbooks-10k",
    terms: "CC BY-SA 4.0: credit the source, share what is built on it alike.",
    publisher: { url: "https://github.com/zygmuntz/goodbooks-10k", credit: "Z. Zając: Goodbooks-10k, 2017" },
  },
};

/** By the data set's name; null when nothing is known. */
export function licenceOf(dataset: string): Licence | null {
  return Object.hasOwn(licences, dataset) ? licences[dataset] : null;
}
