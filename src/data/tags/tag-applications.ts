/**
 * Reading tags: (item, tag[, user][, count]) rows, or the genres that stand beside titles, into TagApplications.
 *
 * Names are lower-cased and trimmed once per distinct spelling, not per row. Rows of items that are not in the
 * catalogue are skipped. How often a tag must occur to count is decided later (tag-counts.ts).
 */
import type { TagApplications } from "../dataset.js";
import { numberIn, textIn, knownIdIn } from "../columns/cells.js";
import { readTable, type TableRequest } from "../columns/read-table.js";
import { Int32List } from "../../files/csv/int32-list.js";
import { IdTable } from "../../files/csv/id-table.js";
import { placeName } from "../../files/source/byte-source.js";
import { quotable } from "../../base/printable.js";
import { dictionaryLookup, KeyMatcher } from "../match-keys.js";
import type { Catalogue } from "../catalogue.js";
import { leadsThrough, type Links } from "../links.js";
import type { KeysUnderstood, TableReading } from "../understood.js";
import { pathNames, valueSplitter, type ValueSplitter } from "./split-values.js";

/** Tags as they stand in a file: distinct raw spellings and numbers of them. */
export class TagCollector {
  /** Raw spellings (or tag ids); their names are made when the collection is finished. */
  readonly spellings = new IdTable();
  rows = 0;
  /** Rows of items outside the catalogue. */
  foreign = 0;
  /** Rows without a tag. */
  empty = 0;
  /** Rows of tags that the dictionary does not name, and one of them. */
  unnamed = 0;
  unnamedExample = "";
  /** Rows with a count that is zero, negative or beyond what is possible. */
  absurd = 0;
  private readonly tag = new Int32List();
  private readonly item = new Int32List();
  private readonly user = new Int32List();
  private readonly count: number[] = [];
  /** Per spelling: applications to any item. */
  private readonly support: number[] = [];
  private readonly encoder = new TextEncoder();

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

  /** The number of a spelling that is text already. */
  spelling(text: string): number {
    const bytes = this.encoder.encode(text);
    return this.spellings.add(bytes, 0, bytes.length);
  }

  /** All raw spellings. */
  spelt(): string[] {
    return Array.from({ length: this.spellings.size }, (_, s) => this.spellings.text(s));
  }

  /**
   * @param nameOf the name of a raw spelling; undefined drops its rows. Null takes the spelling itself, of a path its
   *   last step.
   */
  finish(nameOf: ((spelling: string) => string | undefined) | null): TagApplications {
    const spelt = this.tag.toArray();
    const used = new Uint8Array(this.spellings.size);
    for (const spelling of spelt) used[spelling] = 1;
    const all = this.spelt();
    const named = nameOf ?? pathNames(all);
    const nameBySpelling = all.map((spelling) => normalisedTag(named(spelling) ?? ""));
    for (const s of spelt) {
      if (nameBySpelling[s] !== "") continue;
      this.unnamed++;
      this.unnamedExample = all[s];
    }
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
    const applications = {
      names: [...numbers.keys()], tag, item: this.item.toArray(), user: this.user.toArray(),
      count: Float32Array.from(this.count), support,
    };
    return tag.includes(-1) ? selectApplications(applications, (a) => tag[a] >= 0) : applications;
  }
}

/** Lower case, no blanks around (docs/method.md §4). */
function normalisedTag(name: string): string {
  return name.toLowerCase().trim();
}

export interface TagFileResult {
  readonly tags: TagApplications;
  readonly notes: readonly string[];
  readonly tables: readonly TableReading[];
  readonly keys: readonly KeysUnderstood[];
}

export interface TagFileRequest extends Omit<TableRequest<"item" | "tag" | "user" | "count">, "role" | "why"> {
  readonly why?: string;
  readonly catalogue: Catalogue;
  /** What the user says separates several tags of a cell. */
  readonly tagSeparator?: string;
  /** Rows of a lower count are no applications. */
  readonly leastCount?: number;
  readonly links?: Links | null;
  /** Names of tags that stand as ids in the file. */
  readonly dictionary?: ReadonlyMap<string, string> | null;
}

/**
 * A file of tag applications.
 *
 * Taggers are taken for the users of the interactions only if at least half of them occur there; else their ids
 * belong to another data set (ml-1m with the tags of ML-10M) and every user is −1.
 */
export async function readTagFile(request: TagFileRequest): Promise<TagFileResult> {
  const file = placeName(request.places[0]);
  const matcher = new KeyMatcher("tags", request.catalogue);
  let pass = await readApplications(request, matcher);
  if (matcher.mustReread(file)) pass = await readApplications(request, matcher);
  const { collector, table, taggers, known, splitter } = pass;
  const { dictionary } = request;
  const lookup = dictionary ? dictionaryLookup(dictionary, collector.spelt(), file) : null;
  let tags = collector.finish(lookup?.nameOf ?? null);
  const notes = [tagNote(file, collector, tags)];
  if (lookup?.rule) notes.push(`${file}: its tags are found in the dictionary once taken ${lookup.rule}`);
  if (splitter && splitter.about !== ONE) notes.push(`${file}: ${splitter.about} (--tag-separator overrules)`);
  if (2 * known < taggers) {
    tags = { ...tags, user: new Int32Array(tags.user.length).fill(-1) };
    notes.push(`${file}: only ${known} of ${taggers} taggers have an id that also occurs in the interactions: ` +
      "they are taken for other people, all taggers are unknown");
  }
  return { tags, notes, tables: [table], keys: [matcher.understood()] };
}

const ONE = "one tag a cell";
/** A larger count is a mistake; so many of them add up exactly enough in single precision. */
const MOST_APPLICATIONS = 1e12;

interface Pass {
  readonly collector: TagCollector;
  readonly table: TableReading;
  /** Distinct taggers, and how many of them the interactions know. */
  readonly taggers: number;
  readonly known: number;
  readonly splitter: ValueSplitter | null;
}

async function readApplications(request: TagFileRequest, matcher: KeyMatcher): Promise<Pass> {
  const { catalogue, leastCount: least = 0, links = null } = request;
  const collector = new TagCollector();
  const taggers = new IdTable();
  /** Per tagger: 1 when the interactions know the same id. */
  const taggerKnown: number[] = [];
  let splitter: ValueSplitter | null = null;
  const table = await readTable({ ...request, role: "tags", why: request.why ?? "" }, (found) => {
    const { columns, understood } = found;
    const key = understood.columns.find(({ role }) => role === "item")?.name ?? null;
    if (leadsThrough(links, key)) matcher.lookAmong(links.known);
    const by = splitter = valueSplitter(found.cells(columns.tag), request.tagSeparator, true);
    const one = by.about === ONE;
    return (row) => {
      collector.rows++;
      let user = -1;
      if (columns.user >= 0) {
        const tagger = taggers.add(row.bytes, row.starts[columns.user], row.ends[columns.user]);
        const raw = knownIdIn(row, columns.user, catalogue.userIds);
        if (tagger === taggerKnown.length) taggerKnown.push(raw >= 0 ? 1 : 0);
        if (raw >= 0) user = catalogue.userIndex[raw];
      }
      const count = columns.count >= 0 ? numberIn(row, columns.count, found, "the count") : 1;
      // Counts are kept in single precision, and summed there.
      if (!(Math.fround(count) > 0 && count <= MOST_APPLICATIONS)) {
        collector.absurd++;
        return;
      }
      if (count < least) return;
      const item = matcher.itemIn(row, columns.item);
      if (one && row.ends[columns.tag] > row.starts[columns.tag]) {
        const spelling = collector.spellings.add(row.bytes, row.starts[columns.tag], row.ends[columns.tag]);
        collector.add(spelling, item, user, count);
        return;
      }
      const tags = by.split(textIn(row, columns.tag));
      if (tags.length === 0) collector.empty++;
      for (const tag of tags) collector.add(collector.spelling(tag), item, user, count);
    };
  });
  return { collector, table, taggers: taggers.size, known: taggerKnown.reduce((sum, k) => sum + k, 0), splitter };
}

/** One line about what a tag file held. */
export function tagNote(file: string, collector: TagCollector, tags: TagApplications): string {
  const parts = [`${collector.rows} rows`, `${collector.foreign} of items outside the catalogue`];
  if (collector.absurd > 0) parts.push(`${collector.absurd} with an impossible count`);
  if (collector.empty > 0) parts.push(`${collector.empty} without a tag`);
  if (collector.unnamed > 0) {
    parts.push(`${collector.unnamed} of tags without a name (such as "${quotable(collector.unnamedExample)}")`);
  }
  return `${file}: ${parts.join(", ")}; ${tags.tag.length} kept, ${tags.names.length} distinct tags`;
}

/** Collects the genres beside titles as applications by nobody in particular, each of an item once. */
export class GenreCollector {
  private readonly collector = new TagCollector();
  /** genre · 2³² + item of what was added. */
  private readonly seen = new Set<number>();

  add(item: number, genres: readonly string[]): void {
    for (const genre of genres) {
      const spelling = this.collector.spelling(genre);
      const application = spelling * 2 ** 32 + item;
      if (this.seen.has(application)) continue;
      this.seen.add(application);
      this.collector.add(spelling, item, -1, 1);
    }
  }

  finish(): TagApplications {
    return this.collector.finish(null);
  }
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
