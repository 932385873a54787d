/**
 * One name for each concept, and none twice, whatever the capitals: the tag that it is proven for; with a second word,
 * the next tag that fits, where a better concept has that name already; "like A, B" after its foremost items where
 * nothing is proven.
 */
import { nameKey } from "../../base/folded.js";

export interface NamedDraft {
  /** The proven tag, −1 for none. */
  readonly tag: number;
  /** Of the tag; who has most gets the plain name. */
  readonly f1: number;
  /** Further tags that fit, best first. */
  readonly others: readonly number[];
  /** Of its items, foremost first. */
  readonly titles: readonly string[];
}

export function nameConcepts(drafts: readonly NamedDraft[], tags: readonly string[]): string[] {
  const taken = new Set<string>();
  const names: string[] = [];
  const take = (c: number, candidates: Iterable<string>): void => {
    for (const name of candidates) {
      if (taken.has(nameKey(name))) continue;
      taken.add(nameKey(name));
      names[c] = name;
      return;
    }
  };
  const order = Array.from(drafts.keys())
    .sort((a, b) => Number(drafts[b].tag >= 0) - Number(drafts[a].tag >= 0) || drafts[b].f1 - drafts[a].f1 || a - b);
  for (const c of order) take(c, candidatesOf(drafts[c], tags));
  return names;
}

/** Never ends. */
function* candidatesOf({ tag, others, titles }: NamedDraft, tags: readonly string[]): Generator<string> {
  if (tag >= 0) {
    yield tags[tag];
    for (const other of others) yield `${tags[tag]}, ${tags[other]}`;
    for (const title of titles) yield `${tags[tag]}, like ${title}`;
  } else {
    for (let i = 1; i < titles.length; i++) yield `like ${titles[0]}, ${titles[i]}`;
    if (titles.length === 1) yield `like ${titles[0]}`;
  }
  const plain = tag >= 0 ? tags[tag] : `like ${titles[0] ?? "nothing"}`;
  for (let number = 2; ; number++) yield `${plain} (${number})`;
}
