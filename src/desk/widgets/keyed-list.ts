/**
 * A list whose rows are kept while what they show moves about: a row is made once for its key and afterwards updated
 * and moved, so focus, hover and the screen reader's place survive a re-ranking. Rows that moved glide, unless the
 * person prefers less motion.
 */

export interface Row<T> {
  readonly node: HTMLElement;
  update(entry: T, index: number): void;
}

const GLIDE_MS = 180;

export class KeyedList<T> {
  private rows = new Map<string | number, Row<T>>();

  constructor(
    readonly node: HTMLElement, private readonly keyOf: (entry: T) => string | number,
    private readonly make: (entry: T) => Row<T>, private readonly glides = false,
  ) {}

  update(entries: readonly T[]): void {
    const heights = this.glides && movesAllowed() ? this.tops() : null;
    const focused = this.node.contains(document.activeElement) ? document.activeElement : null;
    const rows = new Map<string | number, Row<T>>();
    let next = this.node.firstElementChild;
    entries.forEach((entry, index) => {
      const key = this.keyOf(entry);
      const row = this.rows.get(key) ?? this.make(entry);
      rows.set(key, row);
      row.update(entry, index);
      if (row.node === next) next = next.nextElementSibling;
      else this.node.insertBefore(row.node, next);
    });
    for (const [key, row] of this.rows) if (!rows.has(key)) row.node.remove();
    this.rows = rows;
    if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
    }
    if (heights) this.glide(heights);
  }

  private tops(): Map<string | number, number> {
    return new Map([...this.rows].map(([key, row]) => [key, row.node.offsetTop]));
  }

  private glide(before: ReadonlyMap<string | number, number>): void {
    // Read all, then write all: one layout.
    const moves = [...this.rows].map(([key, row]) => ({ row, from: before.get(key), to: row.node.offsetTop }));
    for (const { row, from, to } of moves) {
      if (from === to) continue;
      const start = from === undefined ? { opacity: 0 } : { transform: `translateY(${from - to}px)` };
      row.node.animate([start, { opacity: 1, transform: "none" }], { duration: GLIDE_MS, easing: "ease-out" });
    }
  }
}

function movesAllowed(): boolean {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
