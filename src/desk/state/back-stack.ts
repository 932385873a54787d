/**
 * What the browser's Back closes instead of leaving the page: cards, the mixer's sheet, the atlas. Opening one makes an
 * entry in the browser's history; going back to an earlier entry closes what was opened since, and touches nothing
 * else: Back moves between places, undo between mixes.
 *
 * What is closed otherwise leaves its entry behind, for the next that opens: going back at once would race with it.
 */

interface Entry {
  /** How many things may be open here. */
  readonly depth: number;
  /** Raised by an address that came from outside: entries before it hold another mix and are read whole. */
  readonly epoch: number;
}

interface Open {
  readonly name: string;
  readonly close: () => void;
}

export class BackStack {
  private open: Open[] = [];
  private entry: Entry;

  constructor() {
    this.entry = entryOf(history.state) ?? { depth: 0, epoch: 0 };
    history.replaceState(this.entry, "");
  }

  /** @param close called when the person goes back */
  opened(name: string, close: () => void): void {
    this.open = [...this.open.filter((one) => one.name !== name), { name, close }];
    if (this.open.length <= this.entry.depth) return;
    this.entry = { ...this.entry, depth: this.open.length };
    history.pushState(this.entry, "");
  }

  /** It was closed, but not by going back. */
  closed(name: string): void {
    this.open = this.open.filter((one) => one.name !== name);
  }

  /** Keeps the entry, writes its address. */
  write(link: string): void {
    history.replaceState(this.entry, "", link);
  }

  /** Call on popstate. @returns whether the address has to be read: it came from outside */
  went(state: unknown): boolean {
    const entry = entryOf(state);
    if (entry?.epoch === this.entry.epoch) {
      this.entry = entry;
      const left = this.open.slice(entry.depth).reverse();
      this.open = this.open.slice(0, entry.depth);
      for (const { close } of left) close();
      return false;
    }
    this.open = [];
    this.entry = entry ?? { depth: 0, epoch: this.entry.epoch + 1 };
    history.replaceState(this.entry, "");
    return true;
  }
}

function entryOf(state: unknown): Entry | null {
  const { depth, epoch } = (state ?? {}) as Partial<Entry>;
  return typeof depth === "number" && typeof epoch === "number" ? { depth, epoch } : null;
}
