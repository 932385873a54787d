/** Titles of items by their ids: what lists brought along, and on demand those that no list shows any more. */
import type { DeskSession } from "./desk-session.js";

export class Titles {
  private readonly known = new Map<string, string>();
  private readonly asked = new Set<string>();

  /** @param learnt called when titles that were asked for have come */
  constructor(private readonly session: Pick<DeskSession, "inspectUser">, private readonly learnt: () => void) {}

  learn(items: readonly { readonly id: string; readonly title: string }[]): void {
    for (const { id, title } of items) this.known.set(id, title);
  }

  /** The id itself while the title is not known. */
  of(id: string): string {
    return this.known.get(id) ?? id;
  }

  /** Asks for those that are not known yet. */
  want(ids: readonly string[]): void {
    const missing = ids.filter((id) => !this.known.has(id) && !this.asked.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.asked.add(id);
    void this.session.inspectUser(missing, 1).then(({ history }) => {
      this.learn(history);
      this.learnt();
    }, () => {
      // Ids that the model does not have stay ids.
    });
  }
}
