/** How tables mark an item whose vector is an estimate: ≈, and a line under the table that says what it means. */
import type { ListedItem } from "../../session/session-types.js";

type Titled = Pick<ListedItem, "title" | "estimated">;

export function titled({ title, estimated }: Titled): string {
  return `${estimated ? "≈ " : ""}${title}`;
}

/** The line, where one of the items is marked. */
export function estimatedNote(items: readonly Titled[]): string[] {
  return items.some(({ estimated }) => estimated) ? ["≈ added by its tags: nobody had chosen it in training"] : [];
}
