/**
 * What can be done with a title of the list: more like this, less like this, never show. One menu for all rows, opened
 * beside the button that asks for it. Pattern: WAI-ARIA, "menu button".
 */
import type { ListedItem } from "../../session/session-types.js";
import { button, element, setAttributes } from "../widgets/element.js";
import { opinionOf, type Opinion } from "../state/opinions.js";
import { words } from "../words/words.js";

/** Room between the menu and the window's edge, in pixels. */
const EDGE = 8;

export class ItemMenu {
  readonly node: HTMLElement;
  private subject: ListedItem | null = null;
  private opener: HTMLElement | null = null;

  constructor(chosen: (opinion: Opinion, item: ListedItem) => void) {
    this.node = element("div", { class: "item-menu", role: "menu", popover: "auto" },
      ...(Object.keys(opinionOf) as Opinion[]).map((opinion) => button({ role: "menuitem", tabindex: -1 }, () => {
        const { subject, opener } = this;
        this.close();
        opener?.dispatchEvent(new Event("decided"));
        if (subject) chosen(opinion, subject);
      }, words.row[opinion])));
    this.node.addEventListener("keydown", (event) => this.press(event));
    this.node.addEventListener("toggle", (event) => {
      if ((event).newState === "closed" && this.opener) {
        setAttributes(this.opener, { "aria-expanded": "false" });
      }
    });
  }

  /** @param opener the button that asked: it gets the focus back, and an event "decided" when one was chosen */
  open(opener: HTMLElement, subject: ListedItem): void {
    [this.opener, this.subject] = [opener, subject];
    setAttributes(opener, { "aria-expanded": "true" });
    setAttributes(this.node, { "aria-label": words.row.menu(subject.title) });
    this.node.showPopover();
    const { right, top, bottom } = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const fits = bottom + height + EDGE < innerHeight;
    this.node.style.setProperty("left", `${Math.max(EDGE, right - width)}px`);
    this.node.style.setProperty("top", `${Math.max(EDGE, fits ? bottom : top - height)}px`);
    this.entries()[0].focus();
  }

  private close(): void {
    this.node.hidePopover();
    this.opener?.focus({ preventScroll: true });
  }

  private press(event: KeyboardEvent): void {
    const entries = this.entries();
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) entries[(at + step + entries.length) % entries.length].focus();
    else if (event.key === "Home") entries[0].focus();
    else if (event.key === "End") entries.at(-1)!.focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close();
    else return;
    event.preventDefault();
  }

  private entries(): HTMLElement[] {
    return Array.from(this.node.children) as HTMLElement[];
  }
}
