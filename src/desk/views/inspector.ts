/**
 * The panel at the side: why an item is there, or a neuron's card. On a wide page it keeps its place when it is empty,
 * so that nothing else moves when it fills; on a narrower one it takes the place of the taste, on a phone it is a sheet
 * from below. Its head, with the name and the way out, stays while the rest scrolls.
 */
import { button, element } from "../widgets/element.js";
import { sheet } from "../widgets/sheet.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

export class Inspector {
  readonly node: HTMLElement;
  private readonly head = element("header", { class: "inspector-head" });
  private readonly content = element("div", { class: "content" });
  private readonly close: HTMLButtonElement;
  /** What was looked at last; a new thing gets the focus when a person asked for it. */
  private shown = "";
  private opener: HTMLElement | null = null;

  constructor(private readonly store: Store, private readonly welcome: HTMLElement) {
    this.close = button({
      class: "icon close", "aria-label": words.close, title: words.card.closeKey,
    }, () => this.leave(), "×");
    this.content.append(welcome);
    this.node = element("aside", { class: "panel inspector", "aria-label": words.card.inspector },
      this.head, this.content);
    sheet(this.node, { grip: this.head, isOpen: () => this.shown !== "", close: () => this.leave() });
  }

  /** @param name of the thing shown: the same name is an update in place */
  show(name: string, content: HTMLElement): void {
    const fresh = name !== this.shown;
    const focused = document.activeElement;
    const inside = this.node.contains(focused);
    if (fresh && !inside && focused instanceof HTMLElement) this.opener = focused;
    const index = inside && !fresh ? this.focusable().indexOf(focused as HTMLElement) : -1;
    // The card's kicker and name go into the head.
    const names = Array.from(content.children).filter((child) => child.matches(".kicker, h2"));
    this.head.replaceChildren(element("div", {}, ...names), this.close);
    this.content.replaceChildren(content);
    this.node.classList.add("open");
    this.shown = name;
    if (fresh) {
      this.content.scrollTop = 0;
      // The page's first view leaves the focus where it is.
      if (focused !== document.body) this.head.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    } else if (inside) {
      (this.focusable()[index] ?? this.close).focus({ preventScroll: true });
    }
  }

  clear(): void {
    if (this.shown === "") return;
    this.content.replaceChildren(this.welcome);
    this.head.replaceChildren();
    this.node.classList.remove("open");
    this.shown = "";
  }

  /** Closes it and goes back to where the person came from. */
  leave(): void {
    const { opener } = this;
    this.store.go({ inspected: null });
    this.clear();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    this.opener = null;
  }

  private focusable(): HTMLElement[] {
    return Array.from(this.node.querySelectorAll<HTMLElement>("button, [tabindex]"));
  }
}
