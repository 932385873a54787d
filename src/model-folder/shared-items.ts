/**
 * The items that two trainings have in common, known again by their ids: what neurons and concepts of both are matched
 * by. Whether that can be done is known before anything is trained, so it is asked then.
 */
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import type { Model } from "./model.js";

type Catalogue = Pick<Model["items"], "ids" | "titles">;

/** The later catalogue's items that the earlier one has too: their numbers in both, in the later one's order. */
export interface SharedItems {
  readonly earlier: readonly number[];
  readonly now: readonly number[];
}

export function sharedItems(earlier: Pick<Catalogue, "ids">, now: Pick<Catalogue, "ids">): SharedItems {
  const place = new Map(earlier.ids.map((id, i) => [id, i]));
  const shared = Array.from(now.ids.keys()).filter((i) => place.has(now.ids[i]));
  return { earlier: shared.map((i) => place.get(now.ids[i])!), now: shared };
}

/** Why concepts of two trainings cannot be matched: they have not half of their items in common; null when they can. */
export function whyNotMatched(earlier: Pick<Catalogue, "ids">, now: Pick<Catalogue, "ids">): string | null {
  const shared = sharedItems(earlier, now).now.length;
  if (2 * shared >= Math.max(earlier.ids.length, now.ids.length)) return null;
  return `the earlier model has ${earlier.ids.length} items, this one ${now.ids.length}, only ${shared} are the ` +
    "same: concepts are matched by what they do to items";
}

/** @throws UserError when the two have not half of their items in common. */
export function checkMatchable(earlier: Pick<Catalogue, "ids">, now: Pick<Catalogue, "ids">): void {
  const why = whyNotMatched(earlier, now);
  if (why !== null) throw new UserError(`names cannot be kept: ${why}`);
}

/**
 * A warning where most items of the same id have other titles: then ids that look alike ("i1", row numbers) mean other
 * things, and what is matched by them means nothing. null where titles agree, or either side has none.
 */
export function otherTitles(earlier: Catalogue, now: Catalogue): string | null {
  const shared = sharedItems(earlier, now);
  const titled = shared.now.map((item, k): [string, string, string] =>
    [now.ids[item], earlier.titles[shared.earlier[k]], now.titles[item]])
    .filter(([id, before, after]) => before !== id && after !== id);
  const changed = titled.filter(([, before, after]) => before !== after);
  if (2 * changed.length <= titled.length) return null;
  const [id, before, after] = changed[0];
  return `${changed.length} of ${titled.length} items have the ids of the earlier model's and other titles ("${
    quotable(id)}" was "${quotable(before)}", is "${quotable(after)}"): if these are other items, what is matched by ` +
    "them means nothing";
}
