/**
 * The layouts unknot recognises, as data: which files, which columns, which defaults. And the recognition itself.
 *
 * Every file of a layout may be comma-, tab- or `::`-separated and may or may not have a header, so a mixture (ratings
 * as CSV beside movies as .dat) needs no case of its own.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../base/user-error.js";
import type { ColumnSpec, TableSpec } from "../../files/csv/table.js";

export type LayoutName = "movielens" | "goodbooks" | "msd" | "table";

export type InteractionRole = "user" | "item" | "rating" | "timestamp";
export type TitleRole = "item" | "title" | "genres";
export type TagRole = "item" | "tag" | "user" | "count";

export interface Layout {
  readonly name: LayoutName;
  /** For messages: what such a folder holds. */
  readonly about: string;
  /** File names in order of preference; a RegExp matches any file of the folder. */
  readonly files: { readonly [F in "interactions" | "titles" | "tags"]: readonly (string | RegExp)[] };
  readonly interactions: TableSpec<InteractionRole>;
  readonly titles: TableSpec<TitleRole>;
  readonly tags: TableSpec<TagRole>;
  /** A row with a lower rating (or play count) is no interaction. −Infinity keeps every row. */
  readonly minRating: number;
  readonly minUserInteractions: number;
  readonly minItemInteractions: number;
}

const column = (names: string, position: number, required = true): ColumnSpec =>
  ({ names: names.split(" "), position, required });

const USER = "userId user uid customerId memberId visitorId";
const ITEM = "itemId item movieId bookId songId trackId artistId productId iid song track movie book artist product";
const RATING = "rating score stars value";
const TIME = "timestamp time date ts";
const TITLE = "title name itemTitle movieTitle";
const TAG = "tag tagName label concept";

const interactions = {
  user: column(USER, 0),
  item: column(ITEM, 1),
  rating: column(RATING, 2, false),
  timestamp: column(TIME, 3, false),
};

/** Ratings of four stars and more are likes, users with five of them stay (docs/method.md §1). */
const movielens: Layout = {
  name: "movielens",
  about: "ratings.csv or ratings.dat with movies.csv or movies.dat (tags.csv or tags.dat too, if there are tags)",
  files: {
    interactions: ["ratings.csv", "ratings.dat"],
    titles: ["movies.csv", "movies.dat"],
    tags: ["tags.csv", "tags.dat"],
  },
  interactions: { ...interactions, rating: column(RATING, 2) },
  titles: { item: column(ITEM, 0), title: column(TITLE, 1), genres: column("genres genre", 2, false) },
  // userId, movieId, tag, timestamp
  tags: { item: column(ITEM, 1), tag: column(TAG, 2), user: column(USER, 0, false), count: column("count", -1, false) },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
};

/** tags.csv here is a dictionary; goodbooks.ts joins it with book_tags.csv and the two kinds of book id. */
const goodbooks: Layout = {
  name: "goodbooks",
  about: "ratings.csv with books.csv (book_tags.csv and tags.csv too, if there are tags)",
  files: { interactions: ["ratings.csv"], titles: ["books.csv"], tags: ["book_tags.csv"] },
  interactions: { ...interactions, item: column("bookId", 1), rating: column(RATING, 2) },
  // "id" is what the first release calls its book_id.
  titles: {
    item: column("id bookId", 0), title: column("title originalTitle", 10), genres: column("genres", -1, false),
  },
  tags: {
    item: column("goodreadsBookId", 0), tag: column("tagId", 1), count: column("count", 2),
    user: column("userId", -1, false),
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
};

/** Every play is one interaction; songs with 200 listeners stay, then listeners with 20 songs (docs/method.md §1). */
const msd: Layout = {
  name: "msd",
  about: "train_triplets.txt (any *triplets*.txt, .tsv or .csv): user, song, play count",
  files: {
    interactions: [/triplets.*\.(txt|tsv|csv)$/i],
    titles: ["songs.csv", "songs.tsv", "tracks.csv", "tracks.tsv", "titles.csv", "titles.tsv"],
    tags: [/tags?\.(csv|tsv|txt)$/i],
  },
  interactions: { ...interactions, rating: column("playCount plays count listenCount", 2, false) },
  titles: {
    item: column(ITEM, 0), title: column(`${TITLE} songTitle`, 1), genres: column("genres genre", -1, false),
  },
  // song, tag[, count]
  tags: {
    item: column(ITEM, 0), tag: column(TAG, 1), count: column("count weight", 2, false),
    user: column(USER, -1, false),
  },
  minRating: 1,
  minUserInteractions: 20,
  minItemInteractions: 200,
};

/** Anything else. The threshold holds only where there is a rating column. */
const table: Layout = {
  name: "table",
  about: "interactions.csv, .tsv or .txt (or ratings.*, or one CSV/TSV file alone): user, item[, rating[, timestamp]]",
  files: {
    interactions: [
      /^interactions\.(csv|tsv|txt)$/i, /^ratings\.(csv|tsv|txt|dat)$/i, /^(events|likes|plays)\.(csv|tsv|txt)$/i,
    ],
    titles: [/^(items|titles|movies|books|songs)\.(csv|tsv|txt|dat)$/i],
    tags: [/^(item[_-]?)?tags\.(csv|tsv|txt|dat)$/i],
  },
  interactions,
  titles: { item: column(ITEM, 0), title: column(TITLE, 1), genres: column("genres genre", 2, false) },
  // Without a header a tag file is item, tag[, count].
  tags: {
    item: column(ITEM, 0), tag: column(TAG, 1), count: column("count", 2, false), user: column(USER, -1, false),
  },
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
};

export const layouts: Readonly<Record<LayoutName, Layout>> = { movielens, goodbooks, msd, table };

export interface RecognisedFolder {
  readonly layout: Layout;
  readonly interactions: string;
  readonly titles: string | null;
  readonly tags: string | null;
}

/** Files the user named, in place of those a layout would look for; relative to the folder. */
export interface NamedFiles {
  readonly interactions?: string;
  readonly titles?: string;
  readonly tags?: string;
}

/**
 * Finds out what a folder (or a single file) holds.
 * @throws UserError that lists what was looked for and what is there.
 */
export async function recogniseFolder(
  path: string, wanted: LayoutName | undefined, named: NamedFiles = {},
): Promise<RecognisedFolder> {
  if (wanted !== undefined && !Object.hasOwn(layouts, wanted)) {
    throw new UserError(`unknown layout "${wanted}", expected one of ${Object.keys(layouts).join(", ")}`);
  }
  const kind = await stat(path).catch(() => null);
  if (!kind) throw new UserError(`${path}: no such folder`);
  if (!kind.isDirectory()) {
    const layout = layouts[wanted ?? "table"];
    return { layout, interactions: path, titles: named.titles ?? null, tags: named.tags ?? null };
  }
  const present = (await readdir(path, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory()).map((entry) => entry.name).sort();
  for (const file of Object.values(named) as (string | undefined)[]) {
    if (file !== undefined && !present.includes(file) && !(await stat(join(path, file)).catch(() => null))) {
      throw new UserError(`${join(path, file)}: no such file; the folder has ${listed(present)}`);
    }
  }

  const layout = wanted !== undefined ? layouts[wanted] : guessLayout(present, named);
  const find = (role: keyof NamedFiles): string | null =>
    named[role] ?? firstOf(present, layout?.files[role] ?? []);
  const interactionsFile = layout && (find("interactions") ?? (layout.name === "table" ? onlyTable(present) : null));
  if (!layout || !interactionsFile) {
    const looked = (wanted !== undefined ? [layouts[wanted]] : Object.values(layouts))
      .map(({ name, about }) => `\n  ${name.padEnd(10)} ${about}`).join("");
    throw new UserError(`${path}: no data set recognised; looked for${looked}\nbut found ${listed(present)}`);
  }
  const within = (file: string | null): string | null => (file === null ? null : join(path, file));
  return {
    layout,
    interactions: join(path, interactionsFile),
    titles: within(find("titles")),
    tags: within(find("tags")),
  };
}

/** The most special layout whose telling files are there. */
function guessLayout(present: readonly string[], named: NamedFiles): Layout | null {
  const has = (layout: Layout, role: keyof NamedFiles): boolean => firstOf(present, layout.files[role]) !== null;
  if (named.interactions !== undefined) return table;
  if (has(goodbooks, "interactions") && (has(goodbooks, "titles") || has(goodbooks, "tags"))) return goodbooks;
  if (has(movielens, "interactions") && has(movielens, "titles")) return movielens;
  if (has(msd, "interactions")) return msd;
  return has(table, "interactions") || onlyTable(present) !== null ? table : null;
}

function firstOf(present: readonly string[], candidates: readonly (string | RegExp)[]): string | null {
  for (const candidate of candidates) {
    const found = present.find((name) => (typeof candidate === "string" ? name === candidate : candidate.test(name)));
    if (found !== undefined) return found;
  }
  return null;
}

/** The single CSV or TSV file that is not a tag or title file. */
function onlyTable(present: readonly string[]): string | null {
  const others = [...table.files.titles, ...table.files.tags] as RegExp[];
  const tables = present.filter((name) => /\.(csv|tsv)$/i.test(name) && !others.some((other) => other.test(name)));
  return tables.length === 1 ? tables[0] : null;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "no files";
  return names.slice(0, 12).join(", ") + (names.length > 12 ? `, … (${names.length} files)` : "");
}
