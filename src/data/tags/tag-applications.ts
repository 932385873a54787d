/**
 * Reading tags: (item, tag[, user][, count]) rows, or the genres that stand beside titles, into TagApplications.
 *
 * Names are lower-cased and trimmed once per distinct spelling, not per row. Rows of items that are not in the
 * catalogue are skipped. How often a tag must occur to count is decided later (tag-counts.ts).
 */
import type { TagApplications } from "../dataset.js";
import { Int32List } from "../../files/csv/int32-list.js";
import { IdTable } from "../../files/csv/id-table.js";
import type { TagRole } from "../layouts/layouts.js";
import { knownIdIn, numberIn, readTable, textIn } from "../../files/csv/table.js";
import type { Progress, TableSpec } from "../../files/csv/table.js";

/** Tags as they stand in a file: distinct raw spellings and numbers of them. */
export class TagCollector {
  /** Raw spellings (or tag ids); their names are made when the collection is finished. */
  readonly spellings = new IdTable();
  rows = 0;
  /** Rows of items outside the catalogue. */
  foreign = 0;
  /** Rows with a count that is zero, negative or beyond what is possible. */
  absurd = 0;
  private readonly tag = new Int32List();
  private readonly item = new Int32List();
  private readonly user = new Int32List();
  private readonly count: number[] = [];
  /** Per spelling: applications to any item. */
  private readonly support: number[] = [];

  /** A row with a possible count (1 in files without counts); item −1 is outside the catalogue, user −1 unknown. */
  add(spelling: number, item: number, user: number, count: number): void {
    this.support[spelling] = (this.support[spelling] ?? 0) + count;
    if (item < 0) {
      this.foreign++;
      return;
    }
    this.tag.push(spelling);
    this.item.push(item);
    this.user.push(user);
    this.count.push(count);
  }

  /** @param nameOf the name of a raw spelling; an empty one drops its rows. Null takes the spelling itself. */
  finish(nameOf: ((spelling: string) => string) | null): TagApplications {
    const spelt = this.tag.toArray();
    const used = new Uint8Array(this.spellings.size);
    for (const spelling of spelt) used[spelling] = 1;
    const nameBySpelling = Array.from(used.keys(), (s) => {
      const spelling = this.spellings.text(s);
      return normalisedTag(nameOf ? nameOf(spelling) : spelling);
    });
    const numbers = new Map<string, number>();
    for (const [s, name] of nameBySpelling.entries()) {
      if (used[s] && name !== "" && !numbers.has(name)) numbers.set(name, numbers.size);
    }
    const support = new Float64Array(numbers.size);
    nameBySpelling.forEach((name, s) => {
      const number = numbers.get(name);
      if (number !== undefined) support[number] += this.support[s];
    });
    const tag = spelt.map((spelling) => numbers.get(nameBySpelling[spelling]) ?? -1);
    const all = {
      names: [...numbers.keys()], tag, item: this.item.toArray(), user: this.user.toArray(),
      count: Float32Array.from(this.count), support,
    };
    return tag.includes(-1) ? selectApplications(all, (a) => tag[a] >= 0) : all;
  }
}

/** Lower case, no blanks around (docs/method.md §4). */
function normalisedTag(name: string): string {
  return name.toLowerCase().trim();
}

/** The catalogue as tag files see it. */
export interface Catalogue {
  /** Raw item ids of the interactions and, per raw number, the item's index or −1. */
  readonly itemIds: IdTable;
  readonly itemIndex: Int32Array;
  /** Likewise users. */
  readonly userIds: IdTable;
  readonly userIndex: Int32Array;
}

export interface TagFileResult {
  readonly tags: TagApplications;
  readonly notes: readonly string[];
}

/**
 * A file of tag applications.
 *
 * Taggers are taken for the users of the interactions only if at least half of them occur there; else their ids
 * belong to another data set (ml-1m with the tags of ML-10M) and every user is −1.
 */
export async function readTagFile(
  file: string, spec: TableSpec<TagRole>, catalogue: Catalogue, progress?: Progress,
): Promise<TagFileResult> {
  const collector = new TagCollector();
  const taggers = new IdTable();
  /** Per tagger: 1 when the interactions know the same id. */
  const taggerKnown: number[] = [];
  await readTable(file, spec, (columns) => (row) => {
    collector.rows++;
    let user = -1;
    if (columns.user >= 0) {
      const tagger = taggers.add(row.bytes, row.starts[columns.user], row.ends[columns.user]);
      const raw = knownIdIn(row, columns.user, catalogue.userIds);
      if (tagger === taggerKnown.length) taggerKnown.push(raw >= 0 ? 1 : 0);
      if (raw >= 0) user = catalogue.userIndex[raw];
    }
    const count = columns.count >= 0 ? numberIn(row, columns.count, file, "the count") : 1;
    if (count <= 0) {
      collector.absurd++;
      return;
    }
    const raw = knownIdIn(row, columns.item, catalogue.itemIds);
    const spelling = collector.spellings.add(row.bytes, row.starts[columns.tag], row.ends[columns.tag]);
    collector.add(spelling, raw >= 0 ? catalogue.itemIndex[raw] : -1, user, count);
  }, progress);
  let tags = collector.finish(null);
  const known = taggerKnown.reduce((sum, k) => sum + k, 0);
  const notes = [tagNote(file, collector, tags)];
  if (2 * known < taggers.size) {
    tags = { ...tags, user: new Int32Array(tags.user.length).fill(-1) };
    notes.push(`${file}: only ${known} of ${taggers.size} taggers have an id that also occurs in the interactions: ` +
      "they are taken for other people, all taggers are unknown");
  }
  return { tags, notes };
}

/** One line about what a tag file held. */
export function tagNote(file: string, collector: TagCollector, tags: TagApplications): string {
  const parts = [`${collector.rows} rows`, `${collector.foreign} of items outside the catalogue`];
  if (collector.absurd > 0) parts.push(`${collector.absurd} with an impossible count`);
  return `${file}: ${parts.join(", ")}; ${tags.tag.length} kept, ${tags.names.length} distinct tags`;
}

/** Collects the genres beside titles ("Comedy|Romance") as applications by nobody in particular. */
export class GenreCollector {
  private readonly collector = new TagCollector();
  private readonly encoder = new TextEncoder();

  add(item: number, genres: string): void {
    for (const genre of genres.split("|")) {
      if (genre.trim() === "" || genre === "(no genres listed)") continue;
      const bytes = this.encoder.encode(genre);
      this.collector.add(this.collector.spellings.add(bytes, 0, bytes.length), item, -1, 1);
    }
  }

  finish(): TagApplications {
    return this.collector.finish(null);
  }
}

/** The rows of a table of two columns as a map from the first to the second: a dictionary of tag ids. */
export async function readDictionary(file: string, spec: TableSpec<"id" | "name">): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  await readTable(file, spec, (columns) => (row) => {
    names.set(textIn(row, columns.id).trim(), textIn(row, columns.name));
  });
  return names;
}

/** Both lists of applications, the same name being the same tag. */
export function joinApplications(a: TagApplications, b: TagApplications): TagApplications {
  const names = [...a.names];
  const numbers = new Map(names.map((name, n) => [name, n]));
  const renamed = b.names.map((name) => {
    const known = numbers.get(name);
    return known !== undefined ? known : names.push(name) - 1;
  });
  const support = new Float64Array(names.length);
  support.set(supportOf(a));
  supportOf(b).forEach((n, t) => {
    support[renamed[t]] += n;
  });
  return {
    names,
    tag: concatenated(a.tag, b.tag.map((t) => renamed[t])),
    item: concatenated(a.item, b.item),
    user: concatenated(a.user, b.user),
    count: concatenated(a.count, b.count),
    support,
  };
}

/** (T) total applications of each tag, the number that a support threshold is compared with. */
export function supportOf(tags: TagApplications): Float64Array {
  if (tags.support) return tags.support;
  const support = new Float64Array(tags.names.length);
  tags.tag.forEach((t, a) => {
    support[t] += tags.count[a];
  });
  return support;
}

function concatenated<T extends Int32Array | Float32Array>(a: T, b: T): T {
  const both = new (a.constructor as new (length: number) => T)(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function selectApplications(tags: TagApplications, keep: (application: number) => boolean): TagApplications {
  const kept = Int32Array.from(tags.tag.keys()).filter(keep);
  return {
    names: tags.names,
    support: tags.support,
    tag: kept.map((a) => tags.tag[a]),
    item: kept.map((a) => tags.item[a]),
    user: kept.map((a) => tags.user[a]),
    count: Float32Array.from(kept, (a) => tags.count[a]),
  };
}
