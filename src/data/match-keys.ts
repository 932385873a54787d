/**
 * How the keys of a file of titles or tags meet the items of the interactions. As they stand, as a rule; where hardly
 * any do, what programs do to keys on their way is undone: pandas' "31.0", leading zeros, blanks, case. What was done
 * is said.
 */
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import { trimEnd, trimStart } from "../files/csv/fields.js";
import { IdTable } from "../files/csv/id-table.js";
import type { Row } from "../files/csv/row-parser.js";
import type { Catalogue } from "./catalogue.js";
import type { KeysUnderstood } from "./understood.js";

/** Below this share of keys that meet, something is wrong with them. */
const FEW = 0.1;

const RULES: readonly { readonly about: string; readonly change: (key: string) => string }[] = [
  { about: "without .0", change: (key) => key.replace(/^(-?\d+)\.0+$/, "$1") },
  { about: "without leading zeros", change: (key) => key.replace(/^0+(?=\d)/, "") },
  { about: "without blanks", change: (key) => key.replace(/\s+/g, "") },
  { about: "in lower case", change: (key) => key.toLowerCase() },
  {
    about: "without .0, leading zeros, blanks, and in lower case",
    change: (key) => key.replace(/\s+/g, "").replace(/^(-?\d+)\.0+$/, "$1").replace(/^0+(?=\d)/, "").toLowerCase(),
  },
];

/** What finds the ids of a file among the names of its dictionary, and what had to be undone for it. */
export interface Lookup {
  readonly nameOf: (id: string) => string | undefined;
  /** Null when the ids meet as they stand. */
  readonly rule: string | null;
}

/**
 * @param ids as they stand in the file of tags.
 * @throws UserError with examples when hardly any id has a name, whatever is done to it.
 */
export function dictionaryLookup(names: ReadonlyMap<string, string>, ids: readonly string[], file: string): Lookup {
  const met = (find: Lookup["nameOf"]): number => ids.filter((id) => find(id) !== undefined).length;
  const plain: Lookup = { nameOf: (id) => names.get(id), rule: null };
  const few = FEW * Math.min(ids.length, names.size);
  if (met(plain.nameOf) >= few) return plain;
  for (const { about, change } of RULES) {
    const changed = new Map(Array.from(names, ([id, name]) => [change(id), name]));
    const nameOf = (id: string): string | undefined => changed.get(change(id));
    if (met(nameOf) > Math.max(few, met(plain.nameOf))) return { nameOf, rule: about };
  }
  const quoted = (list: Iterable<string>): string =>
    [...list].slice(0, 2).map((one) => `"${quotable(one)}"`).join(", ");
  throw new UserError(`${file}: hardly any of its ${ids.length} tags (${quoted(ids)}) is in the dictionary (with ` +
    `${quoted(names.keys())}), nor without .0, leading zeros, blanks or in lower case: --file dictionary=none takes ` +
    "the tags as they stand, --column dictionary.id=NAME another column");
}

export class KeyMatcher {
  private readonly keys = new IdTable();
  /** Raw item number of each key of the file, −1 for none. */
  private readonly raw: number[] = [];
  private rule: string | null = null;

  /** @param known the ids that keys are looked for among, and what each stands for (−1: outside the catalogue). */
  constructor(
    private readonly role: KeysUnderstood["role"], private known: Pick<Catalogue, "itemIds" | "itemIndex">,
  ) {}

  /** From now on keys are looked for among other ids: those of a file of links. To be said before the first key. */
  lookAmong(known: Pick<Catalogue, "itemIds" | "itemIndex">): void {
    this.known = known;
  }

  /** The catalogue's item in a field: its index, or −1. */
  itemIn(row: Row, column: number): number {
    const { bytes } = row;
    const start = trimStart(bytes, row.starts[column], row.ends[column]);
    const end = trimEnd(bytes, start, row.ends[column]);
    if (start === end) return -1;
    const key = this.keys.add(bytes, start, end);
    if (key === this.raw.length) this.raw.push(this.known.itemIds.find(bytes, start, end));
    const raw = this.raw[key];
    return raw >= 0 ? this.known.itemIndex[raw] : -1;
  }

  /**
   * After the file has been read once: whether it must be read again because its keys meet only when they are changed.
   * @throws UserError with examples when hardly any key meets, whatever is done to them.
   */
  mustReread(file: string): boolean {
    if (this.rule !== null || this.keys.size === 0 || this.met() >= FEW * this.possible()) return false;
    const keys = Array.from({ length: this.keys.size }, (_, k) => this.keys.text(k));
    let best: { about: string; raw: number[]; met: number } | null = null;
    for (const { about, change } of RULES) {
      const items = this.changedItems(change);
      const raw = keys.map((key) => items.get(change(key)) ?? -1);
      const met = new Set(raw.filter((r) => r >= 0)).size;
      if (met > (best?.met ?? Math.max(this.met(), FEW * this.possible()))) best = { about, raw, met };
    }
    if (best) {
      this.rule = best.about;
      this.raw.splice(0, this.raw.length, ...best.raw);
      return true;
    }
    throw this.strangers(file, keys);
  }

  /** The refusal of a file of which hardly any key is an item. */
  private strangers(file: string, keys: readonly string[]): UserError {
    const { itemIds } = this.known;
    const taken = new Set(this.raw);
    const ids = Array.from({ length: itemIds.size }, (_, i) => i).filter((i) => !taken.has(i)).slice(0, 2);
    const quoted = (list: readonly string[]): string => list.map((one) => `"${quotable(one)}"`).join(", ");
    const met = this.met();
    const strange = quoted(keys.filter((_, k) => this.raw[k] < 0).slice(0, 2));
    const some = met === 0 ? "none" : `only ${met}`;
    return new UserError(`${file}: ${some} of its ${keys.length} keys (not ${strange}) ` +
      `${met <= 1 ? "is an item" : "are items"} of the interactions (which have ${itemIds.size}, such as ` +
      `${quoted(ids.map((i) => itemIds.text(i)))}), nor without .0, leading zeros, blanks or in lower case: is ` +
      `another column the key (--column ${this.role}.item=NAME)? --file ${this.role}=none leaves the file out`);
  }

  understood(): KeysUnderstood {
    const { itemIndex, itemIds } = this.known;
    const items = new Set(this.raw.filter((raw) => raw >= 0 && itemIndex[raw] >= 0));
    const first = this.raw.findIndex((raw) => raw >= 0);
    return {
      role: this.role, keys: this.keys.size, met: this.met(), rule: this.rule,
      items: itemIndex.reduce((n, index) => n + (index >= 0 ? 1 : 0), 0), itemsMet: items.size,
      example: first < 0 ? null : [this.keys.text(first), itemIds.text(this.raw[first])],
    };
  }

  private met(): number {
    return this.raw.reduce((n, raw) => n + (raw >= 0 ? 1 : 0), 0);
  }

  /** As many keys could meet as the smaller of the two sides has. */
  private possible(): number {
    return Math.min(this.keys.size, this.known.itemIds.size);
  }

  /** Items by their changed ids; two items of one changed id are none. */
  private changedItems(change: (key: string) => string): Map<string, number> {
    const { itemIds } = this.known;
    const items = new Map<string, number>();
    for (let raw = 0; raw < itemIds.size; raw++) {
      const changed = change(itemIds.text(raw));
      items.set(changed, items.has(changed) ? -1 : raw);
    }
    return items;
  }
}
