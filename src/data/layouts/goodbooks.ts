/**
 * Goodbooks-10k's own ways (its README): tags are keyed by goodreads_book_id, ratings by book_id, and books.csv joins
 * the two; tags.csv is a dictionary of tag ids; counts are shelvings by all of Goodreads, not by the raters.
 *
 * The first release calls the same two ids `book_id` and `id`; both are read.
 */
import { dirname, join } from "node:path";
import { IdTable } from "../../files/csv/id-table.js";
import { readDictionary, TagCollector, tagNote } from "../tags/tag-applications.js";
import type { Catalogue, TagFileResult } from "../tags/tag-applications.js";
import { idIn, knownIdIn, numberIn, readTable } from "../../files/csv/table.js";
import type { Progress, TableSpec } from "../../files/csv/table.js";
import type { TagRole } from "./layouts.js";

/**
 * Shelves that describe the reader, the copy or the moment, not the book; for `drop` of tagCounts. Names are as
 * normalised (lower case). Judged by hand over the shelves with at least 10,000 entries.
 */
export const readerShelves: readonly RegExp[] = [
  // What somebody did or means to do with it.
  /^(to|want-to|wanna|must|need-to|will|should)-?(read|buy|get|find|own|listen|re-?read|review)(-.*)?$/,
  /^books-to-(buy|read|get|find|own|review)(-.*)?$/,
  /^(tbr|tbr-.*|.*-tbr|wish-?list|.*-wish-?list|wish|wants?|wants?-.*|.*wanted.*|maybe|maybe-.*|someday|next|next-.*)$/,
  /^(currently|currently-.*|reading|reading-.*|in-progress|now-reading|started|not-finished|unfinished|on-hold|hold)$/,
  /^(abandoned|dnf|did-?n[o'-]*t-finish|did-not-finish|gave-up(-.*)?|couldn-t-finish|never-finished|finished-series)$/,
  /^(read|already-read|finished|completed|have-read|i-ve-read|read-it|read-.*|re-?read.*|books-.*-read|books-read.*)$/,
  /^(.*-read|.*-reads|unread|reviewed|to-review|reviews?|1001(-import|-books.*)?|\d+-books.*|childhood(-books)?)$/,
  /^((19|20)\d\d|(19|20)\d\d-.*|.*-(19|20)\d\d|.*-challenge.*|challenge.*|popsugar.*|bingo.*)$/,
  // Whose it is, where it is, in what form.
  /^(owned?|owned-.*|own-.*|i-own.*|i-have.*|have)$/,
  /^(have-.*|books-i-.*|books-owned|books-own|my-.*|mine|personal.library)$/,
  /^(home|library|library-.*|.*-library|borrowed.*|lent|lend.*|bought|buy|purchased|bookshelf|shelf.*|.*-shelf)$/,
  /^(default|books?|e-?books?.*|.*-e-?books?|kindle.*|.*-kindle|nook.*|.*-nook|ibooks?|calibre.*|epub|pdf|digital)$/,
  /^(audio|audios|audio-?books?.*|.*-audio-?books?|.*-audio|audible.*|audio-.*|listened.*|listen.*|cds?|overdrive.*)$/,
  /^(hardcover.*|hardback.*|paperback.*|physical.*|softcover)$/,
  /^(signed.*|first-edition.*|arcs?|arc-.*|netgalley|on-my-.*)$/,
  /^(book-?clubs?.*|.*-book-?club|book-?groups?.*|bookcrossing|givea?way.*|gave-away|freebies?|free)$/,
  // How they liked it.
  /^(favou?rites?.*|.*-favou?rites?|faves?|favs?|all-time-.*|best-.*|loved.*|love-it|i-love.*|liked.*|disliked.*)$/,
  /^((one|two|three|four|five|\d)(-5)?-?stars?.*|\d-\d|rated-.*|.*-stars|top-\d+.*|.*-top-\d+|good|great|awesome)$/,
  /^(amazing|meh|ok|recommended.*|guilty-pleasures?|cover-love|made-me-cry|book-boyfriends?)$/,
  // Catalogue chores.
  /^(unsorted|uncategori[sz]ed|misc|miscellaneous|other|others|unknown|general|work|english|in-english|personal|-+)$/,
];

const bookIds: TableSpec<"own" | "goodreads" | "ratings"> = {
  own: { names: ["id", "bookId"], position: 0, required: true },
  goodreads: { names: ["goodreadsBookId", "bookId"], position: 1, required: true },
  ratings: { names: ["workRatingsCount", "ratingsCount"], position: -1, required: false },
};

/** Goodreads ids in the order of books.csv, and what each stands for. */
interface Books {
  readonly goodreadsIds: IdTable;
  /** Item index, −1 outside the catalogue. */
  readonly item: number[];
  /** How many people rated the book: nobody can have shelved it more often than that under one content tag. */
  readonly ratings: number[];
}

/**
 * book_tags.csv through books.csv and tags.csv. Counts ≤ 0, and counts above the number of people who ever rated the
 * book, are dropped as impossible (in practice those are `to-read`).
 */
export async function readBookTags(
  file: string, booksFile: string, spec: TableSpec<TagRole>, catalogue: Catalogue, progress?: Progress,
): Promise<TagFileResult> {
  const books = await readBooks(booksFile, catalogue);
  const dictionary = join(dirname(file), "tags.csv");
  const names = await readDictionary(dictionary, {
    id: { names: ["tagId"], position: 0, required: true },
    name: { names: ["tagName", "name", "tag"], position: 1, required: true },
  });
  const collector = new TagCollector();
  await readTable(file, spec, (columns) => (row) => {
    collector.rows++;
    const count = numberIn(row, columns.count, file, "the count");
    const book = knownIdIn(row, columns.item, books.goodreadsIds);
    if (count <= 0 || (book >= 0 && count > books.ratings[book])) {
      collector.absurd++;
      return;
    }
    const tag = idIn(row, columns.tag, collector.spellings, file, "tag id");
    collector.add(tag, book >= 0 ? books.item[book] : -1, -1, count);
  }, progress);
  const tags = collector.finish((id) => names.get(id) ?? "");
  return { tags, notes: [tagNote(file, collector, tags)] };
}

async function readBooks(file: string, catalogue: Catalogue): Promise<Books> {
  const goodreadsIds = new IdTable();
  const item: number[] = [];
  const ratings: number[] = [];
  await readTable(file, bookIds, (columns) => (row) => {
    const book = idIn(row, columns.goodreads, goodreadsIds, file, "goodreads_book_id");
    const raw = knownIdIn(row, columns.own, catalogue.itemIds);
    item[book] = raw >= 0 ? catalogue.itemIndex[raw] : -1;
    ratings[book] = columns.ratings >= 0 ? numberIn(row, columns.ratings, file, "the number of ratings") : Infinity;
  });
  return { goodreadsIds, item, ratings };
}
