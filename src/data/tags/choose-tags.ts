/**
 * Which tags may name neurons: the paper asks for 100 applications, which leaves small data without tags. Here the bar
 * is lowered until enough tags remain, and what was chosen is recorded with the model.
 */
import type { TagApplications, TagCounts } from "../dataset.js";
import { readerShelves } from "../layouts/goodbooks.js";
import { tagCounts } from "./tag-counts.js";

/** Bars to try, the paper's first (docs/method.md §4). */
const BARS = [100, 50, 20, 10, 5];
/** Enough names to tell neurons apart. */
const ENOUGH = 50;

/** What film viewers, as readers with their shelves (goodbooks.ts), say of themselves and not of the item. */
const viewerNotes: readonly RegExp[] = [
  /netflix/, /'s dvds?$/, /^(my |on )?dvds?(-\w+)?$/, /^(to|want to|must) (see|watch|own|buy)\b/,
  /^(own|owned|borrowed)$/, /^seen (more than once|at|before|twice)\b/, /^less than \d+ ratings$/,
];

/** Tags that name neurons, and how many applications they needed. */
export interface ChosenTags {
  readonly tags: TagCounts;
  readonly minApplications: number;
}

/**
 * The tags with at least `minApplications`; by default the highest bar that leaves 50 tags, and 5 if none does.
 * @param users count only what these users applied; the tags are the same.
 */
export function chooseTags(
  applications: TagApplications, items: number, minApplications?: number, users?: Int32Array,
): ChosenTags {
  const at = (bar: number): ChosenTags => ({
    tags: tagCounts(applications, items, { minApplications: bar, drop: [...readerShelves, ...viewerNotes], users }),
    minApplications: bar,
  });
  if (minApplications !== undefined) return at(minApplications);
  let chosen = at(BARS[0]);
  for (let i = 1; i < BARS.length && chosen.tags.names.length < ENOUGH; i++) chosen = at(BARS[i]);
  return chosen;
}
