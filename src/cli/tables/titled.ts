/**
 * How tables name things: items whose vector is an estimate with ≈ and a line under the table that says what it means,
 * concepts cut short where they share a cell.
 */
import type { ListedItem } from "../../session/session-types.js";
import { cut } from "./table.js";

/** What neurons that are in no concept are called. */
export const NO_CONCEPT = "neurons of no concept";
/** Of several names in one cell, so much of each. */
const NAME_WIDTH = 36;

/** A concept's name where several share a cell: one that is "like" two titles would fill it. */
export function shortName(concept: string | null): string {
  return cut(concept ?? NO_CONCEPT, NAME_WIDTH);
}

type Titled = Pick<ListedItem, "title" | "estimated">;

export function titled({ title, estimated }: Titled): string {
  return `${estimated ? "≈ " : ""}${title}`;
}

/** The line, where one of the items is marked. */
export function estimatedNote(items: readonly Titled[]): string[] {
  return items.some(({ estimated }) => estimated) ? ["≈ added by its tags: nobody had chosen it in training"] : [];
}
