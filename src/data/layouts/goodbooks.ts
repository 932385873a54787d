/**
 * Goodbooks-10k's own ways (its README): tags are keyed by goodreads_book_id, ratings by book_id, and books.csv joins
 * the two; tags.csv is a dictionary of tag ids; counts are shelvings by all of Goodreads, not by the raters.
 *
 * The first release calls the same two ids `book_id` and `id`; both are read.
 */
import { basename, dirname, join } from "node:path";
import { UserError } from "../../base/user-error.js";
import { IdTable } from "../../files/csv/id-table.js";
import { idIn, numberIn } from "../columns/cells.js";
import { column, type TableSpec } from "../columns/column-spec.js";
import { readTable } from "../columns/read-table.js";
import type { Catalogue } from "../catalogue.js";
import { keysLines } from "../describe-understood.js";
import { dictionaryLookup, KeyMatcher } from "../match-keys.js";
import type { KeysUnderstood, TableReading } from "../understood.js";
import { readDictionary } from "../tags/read-dictionary.js";
import { TagCollector, tagNote, type TagFileResult } from "../tags/tag-applications.js";
import { interactions, RATING } from "./known-names.js";
import type { Layout, TagRequest } from "./layout.js";

/** tags.csv here is a dictionary. */
export const goodbooks: Layout = {
  name: "goodbooks",
  title: "Goodbooks-10k",
  about: "ratings.csv with books.csv (book_tags.csv and tags.csv too, if there are tags)",
  files: {
    interactions: ["ratings.csv"], titles: ["books.csv"], tags: ["book_tags.csv"], dictionary: ["tags.csv"],
  },
  telling: [["interactions", "titles"], ["interactions", "tags"]],
  interactions: { ...interactions, item: column("bookId", 1), rating: column(RATING, 2, true, "number") },
  // "id" is what the first release calls its book_id.
  titles: {
    item: column("id bookId", 0), title: column("title originalTitle", 10), genres: column("genres", -1, false),
  },
  tags: {
    item: column("goodreadsBookId", 0), tag: column("tagId", 1), count: column("count", 2, true, "number"),
    user: column("userId", -1, false),
  },
  dictionary: { id: column("tagId", 0), name: column("tagName name tag", 1) },
  readTags: readBookTags,
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "ratings.csv", lines: ["book_id,user_id,rating", "258,1,5"] },
    {
      file: "books.csv",
      lines: ["book_id,goodreads_book_id,…,title,…", "1,2767052,…,\"The Hunger Games (The Hunger Games, #1)\",…"],
    },
    { file: "book_tags.csv", lines: ["goodreads_book_id,tag_id,count", "1,30574,167697"] },
    { file: "tags.csv", lines: ["tag_id,tag_name", "30574,to-read"] },
  ],
};

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

/** The books of books.csv by number. */
interface Books {
  readonly goodreadsIds: IdTable;
  /** Item index, −1 outside the catalogue. */
  readonly item: Int32Array;
  /** How many people rated the book: nobody can have shelved it more often than that under one content tag. */
  readonly ratings: readonly number[];
}

/**
 * book_tags.csv through books.csv and tags.csv. Counts ≤ 0, and counts above the number of people who ever rated the
 * book, are dropped as impossible (in practice those are `to-read`).
 */
async function readBookTags(request: TagRequest): Promise<TagFileResult> {
  const { files, catalogue } = request;
  const [tagsFile] = files.tags!;
  const file = tagsFile.path;
  if (!files.titles) {
    throw new UserError(`${file}: books.csv is missing beside it, expected to map goodreads_book_id to book_id`);
  }
  const books = await readBooks(files.titles[0].path, catalogue);
  const places = files.dictionary ?? [{ path: join(dirname(file), "tags.csv") }];
  const { names, table: dictionary } = await readDictionary(places, goodbooks.dictionary!, request);
  const matcher = new KeyMatcher("tags", {
    itemIds: books.goodreadsIds, itemIndex: Int32Array.from(books.item.keys()),
  });
  let pass = await readShelvings(request, books, matcher);
  if (matcher.mustReread(file)) pass = await readShelvings(request, books, matcher);
  const tags = pass.collector.finish(dictionaryLookup(names, pass.collector.spelt(), file).nameOf);
  const keys: KeysUnderstood = {
    ...matcher.understood(), items: count(catalogue.itemIndex), itemsMet: new Set(tags.item).size,
  };
  const notes = [tagNote(file, pass.collector, tags), ...keysLines(basename(file), keys)];
  return { tags, notes, tables: [pass.table, dictionary], keys: [keys] };
}

async function readShelvings(
  { files, spec, catalogue: _, ...wishes }: TagRequest, books: Books, matcher: KeyMatcher,
): Promise<{ collector: TagCollector; table: TableReading }> {
  const collector = new TagCollector();
  const file = files.tags![0].path;
  const request = { ...wishes, role: "tags" as const, places: files.tags!, why: "tags of books", spec };
  const table = await readTable(request, (found) => {
    const { columns } = found;
    return (row) => {
      collector.rows++;
      const shelvings = numberIn(row, columns.count, found, "the count");
      const book = matcher.itemIn(row, columns.item);
      if (shelvings <= 0 || (book >= 0 && shelvings > books.ratings[book])) {
        collector.absurd++;
        return;
      }
      const tag = idIn(row, columns.tag, collector.spellings, file, "tag id");
      collector.add(tag, book >= 0 ? books.item[book] : -1, -1, shelvings);
    };
  });
  return { collector, table };
}

/** The titles have said already how the books' own ids meet those of the interactions. */
async function readBooks(file: string, catalogue: Catalogue): Promise<Books> {
  const matcher = new KeyMatcher("titles", catalogue);
  let books = await readBooksOnce(file, matcher);
  if (matcher.mustReread(file)) books = await readBooksOnce(file, matcher);
  return books;
}

async function readBooksOnce(file: string, matcher: KeyMatcher): Promise<Books> {
  const goodreadsIds = new IdTable();
  const item: number[] = [];
  const ratings: number[] = [];
  const request = { role: "dictionary" as const, places: [{ path: file }], why: "both kinds of ids", spec: bookIds };
  await readTable(request, (found) => {
    const { columns } = found;
    return (row) => {
      const book = idIn(row, columns.goodreads, goodreadsIds, file, "goodreads_book_id");
      item[book] = matcher.itemIn(row, columns.own);
      ratings[book] = columns.ratings >= 0 ? numberIn(row, columns.ratings, found, "the number of ratings") : Infinity;
    };
  });
  return { goodreadsIds, item: Int32Array.from(item), ratings };
}

function count(itemIndex: Int32Array): number {
  return itemIndex.reduce((n, index) => n + (index >= 0 ? 1 : 0), 0);
}
