/**
 * What list is wanted: how long, from where on, from which items. A request is read once into a `Choice`, the items
 * that may be listed as ascending numbers; the ranking kernel then looks at those alone.
 */
import { csrRow } from "../base/csr.js";
import { firstFrom } from "../base/order.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import type { Model } from "../model-folder/model.js";
import { MAX_POOL, type Balance } from "../steer/balance.js";
import type { Catalogue } from "./catalogue.js";
import { checkIds, type ProfileRow } from "./profile.js";
import type { LeftOut } from "./session-types.js";

/** An item as a predicate sees it. */
export interface FilteredItem {
  readonly item: number;
  readonly id: string;
  readonly title: string;
  /** Training users; null when the model does not know. */
  readonly users: number | null;
}

/** Items by what they are. */
export interface ItemFilter {
  readonly ids?: readonly string[];
  /** Items with any of these tags. */
  readonly tags?: readonly string[];
  /** In the library only: a function does not travel over HTTP or to a worker. */
  readonly where?: (item: FilteredItem) => boolean;
}

/** Which list is wanted. */
export interface ListRequest {
  /** Length of the list. Default 10. */
  readonly n?: number;
  /** Items passed over at the list's head, for a second page. Default 0. */
  readonly offset?: number;
  /** Only these: items that fit every field that is given. */
  readonly only?: ItemFilter;
  /** Never these: items that fit any field that is given. */
  readonly except?: ItemFilter;
  /** Whether the profile's own items are left out. Disliked ones always are. Default "drop". */
  readonly seen?: "drop" | "keep";
  /** Training users that an item must have at least. */
  readonly minUsers?: number;
  /** What a profile without any known item gets: the popular items, marked as such, or an error. Default "popular". */
  readonly empty?: "popular" | "refuse";
  /** What counts beside the scores: popularity, variety, calibration (steer/balance.ts). */
  readonly balance?: Balance;
}

/** A request, read. */
export interface Choice {
  readonly n: number;
  readonly offset: number;
  /** Ascending; null for all items. */
  readonly allowed: Int32Array | null;
  readonly keepSeen: boolean;
  readonly refuseEmpty: boolean;
  /** null where lists stay as scores have them. */
  readonly balance: Balance | null;
  /** Ids in filters that the model does not have. */
  readonly ignored: readonly string[];
}

/** @throws UserError for an unknown tag, or a number that makes no sense. */
export function readListRequest(
  model: Pick<Model, "items" | "tags">, catalogue: Catalogue, request: ListRequest,
): Choice {
  const { n = 10, offset = 0, only, except, seen = "drop", minUsers, empty = "popular", balance = null } = request;
  if (!Number.isInteger(n) || n < 1) throw new UserError(`a list needs at least 1 item, got ${n}`);
  if (!Number.isInteger(offset) || offset < 0) throw new UserError(`an offset must be 0 or more, got ${offset}`);
  checkWord("seen", seen, ["drop", "keep"]);
  checkWord("empty", empty, ["popular", "refuse"]);
  if (balance) checkBalance(balance);
  const filters = new Filters(model, catalogue);
  let allowed: Int32Array | null = null;
  if (only) for (const set of filters.sets(only, "only")) allowed = allowed ? common(allowed, set) : set;
  if (minUsers !== undefined) allowed = filters.popular(allowed, minUsers);
  if (except) for (const set of filters.sets(except, "except")) allowed = without(allowed ?? filters.all(), set);
  return {
    n, offset, allowed, keepSeen: seen === "keep", refuseEmpty: empty === "refuse", balance,
    ignored: filters.ignored,
  };
}

/** The items that may be listed for a person: the choice without what is disliked, and seen if that is dropped. */
export function listable({ allowed, keepSeen }: Choice, { items, disliked }: ProfileRow): Int32Array | null {
  const out = keepSeen ? disliked : [...items, ...disliked];
  if (!allowed) return null;
  return out.length === 0 ? allowed : without(allowed, Int32Array.from(out).sort());
}

export function leftOut({ allowed, keepSeen }: Choice, row: ProfileRow, item: number): LeftOut {
  if (row.disliked.includes(item)) return "disliked";
  if (!keepSeen && row.items.includes(item)) return "seen";
  return allowed && !has(allowed, item) ? "filtered" : null;
}

class Filters {
  readonly ignored: string[] = [];

  constructor(private readonly model: Pick<Model, "items" | "tags">, private readonly catalogue: Catalogue) {}

  all(): Int32Array {
    return Int32Array.from({ length: this.model.items.ids.length }, (_, i) => i);
  }

  /** By field, the items that fit it. */
  sets({ ids, tags, where }: ItemFilter, what: string): Int32Array[] {
    const sets: Int32Array[] = [];
    if (ids !== undefined) {
      checkIds(ids, `${what}.ids`);
      const known: number[] = [];
      for (const id of ids) {
        const item = this.catalogue.byId(id);
        if (item === undefined) this.ignored.push(id);
        else known.push(item);
      }
      sets.push(ascending(known));
    }
    if (tags !== undefined) {
      const carries = new Uint8Array(this.model.items.ids.length);
      for (const name of tags) {
        const carriers = csrRow(this.model.tags!.counts, this.catalogue.tag(name));
        for (const item of carriers) carries[item] = 1;
      }
      sets.push(this.all().filter((item) => carries[item] === 1));
    }
    if (where !== undefined) {
      const { ids: all, titles, users } = this.model.items;
      sets.push(this.all().filter((item) =>
        where({ item, id: all[item], title: titles[item], users: users?.[item] ?? null })));
    }
    return sets;
  }

  popular(among: Int32Array | null, least: number): Int32Array {
    const { users } = this.model.items;
    if (!Number.isFinite(least) || least < 0) throw new UserError(`minUsers must be 0 or more, got ${least}`);
    if (!users) throw new UserError("this model does not know how popular its items are: train it again for minUsers");
    return (among ?? this.all()).filter((item) => users[item] >= least);
  }
}

/** The bounds of each weight, and of the pool. */
const BALANCES: Readonly<Record<keyof Balance, readonly [least: number, most: number]>> = {
  popularity: [-1, 1], variety: [0, 1], calibration: [0, 1], pool: [1, MAX_POOL],
};

function checkBalance(balance: Balance): void {
  for (const [name, value] of Object.entries(balance) as [keyof Balance, unknown][]) {
    if (!Object.hasOwn(BALANCES, name)) {
      throw new UserError(`balance has ${Object.keys(BALANCES).join(", ")}, got ${quotable(name, 40)}`);
    }
    if (value === undefined) continue;
    const [least, most] = BALANCES[name];
    const whole = name === "pool" ? "a whole number" : "a number";
    if (typeof value === "number" && value >= least && value <= most && (name !== "pool" || Number.isInteger(value))) {
      continue;
    }
    const got = quotable(JSON.stringify(value) ?? typeof value, 40);
    throw new UserError(`balance.${name} must be ${whole} from ${least} to ${most}, got ${got}`);
  }
}

function checkWord(field: string, got: string, words: readonly string[]): void {
  if (!words.includes(got)) throw new UserError(`${field} must be one of ${words.join(", ")}, got ${got}`);
}

function ascending(items: readonly number[]): Int32Array {
  return Int32Array.from(new Set(items)).sort();
}

function has(sorted: Int32Array, value: number): boolean {
  return sorted[firstFrom(sorted, value)] === value;
}

function common(a: Int32Array, b: Int32Array): Int32Array {
  const [small, large] = a.length < b.length ? [a, b] : [b, a];
  return small.filter((item) => has(large, item));
}

function without(a: Int32Array, out: Int32Array): Int32Array {
  return a.filter((item) => !has(out, item));
}
