/**
 * One tab stop for a group of like things (strips, chips, rows): Tab enters at the one that had the focus last and goes
 * through its own parts, arrows move to the same part of its neighbours. Pattern: WAI-ARIA, "roving tabindex".
 */

export interface RovingOptions {
  /** What moves to the next thing; the other two arrows are left to what has the focus. */
  axis(): "across" | "down";
}

const FOCUSABLE = "button, input, a[href]";

export class Roving {
  private current: Element | null = null;

  constructor(private readonly group: HTMLElement, private readonly options: RovingOptions) {
    group.addEventListener("focusin", ({ target }) => {
      const member = this.memberOf(target as Element);
      if (member && member !== this.current) {
        this.current = member;
        this.refresh();
      }
    });
    group.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = this.stepOf(event.key);
      if (step !== 0 && this.move(event.target as Element, step)) event.preventDefault();
    });
  }

  /** Call when members came or went. */
  refresh(): void {
    const members = this.members();
    if (!this.current || !members.includes(this.current)) this.current = members[0] ?? null;
    for (const member of members) {
      for (const part of partsOf(member)) part.tabIndex = member === this.current ? 0 : -1;
    }
  }

  /** Makes a member the tab stop. */
  enter(member: Element): void {
    this.current = member;
    this.refresh();
  }

  private move(from: Element, step: number): boolean {
    const members = this.members();
    const member = this.memberOf(from);
    const next = members[members.indexOf(member!) + step];
    if (!member || !next) return false;
    const same = partsOf(next).find((part) => part.className === from.className) ?? partsOf(next)[0];
    this.enter(next);
    same?.focus();
    return true;
  }

  private stepOf(key: string): number {
    const [forth, back] = this.options.axis() === "across" ? ["ArrowRight", "ArrowLeft"] : ["ArrowDown", "ArrowUp"];
    return key === forth ? 1 : key === back ? -1 : 0;
  }

  private members(): Element[] {
    return Array.from(this.group.children);
  }

  private memberOf(node: Element): Element | undefined {
    return this.members().find((member) => member.contains(node));
  }
}

function partsOf(member: Element): HTMLElement[] {
  const parts = Array.from(member.querySelectorAll<HTMLElement>(FOCUSABLE));
  return member.matches(FOCUSABLE) ? [member as HTMLElement, ...parts] : parts;
}
