/** The one line at the foot of the window that says what went wrong, what was left out, or what can be taken back. */
import { button, element, setAttributes } from "./element.js";
import { words } from "../words/words.js";

export type NoticeKind = "failure" | "note" | "undo";

/** How long an offer to undo stays, unless the pointer or the focus is on it. */
const UNDO_MS = 12_000;

export class Notice {
  /** Filled by `say`; failures interrupt a screen reader, the rest waits for its turn. */
  readonly node = element("div", { class: "notice", hidden: true });
  private kind: NoticeKind | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(kind: NoticeKind, text: string, ...ways: readonly HTMLElement[]): void {
    clearTimeout(this.timer);
    this.kind = kind;
    setAttributes(this.node, { role: kind === "undo" ? "status" : "alert", "data-kind": kind });
    this.node.replaceChildren(element("span", {}, text), ...ways,
      button({ class: "icon", "aria-label": words.dismiss }, () => this.dismiss(), "×"));
    this.node.hidden = false;
    if (kind === "undo") this.timer = setTimeout(() => this.expire(), UNDO_MS);
  }

  /** @param kind only a notice of this kind */
  dismiss(kind: NoticeKind | null = this.kind): void {
    if (kind !== this.kind) return;
    this.node.hidden = true;
    this.kind = null;
  }

  private expire(): void {
    if (this.node.matches(":hover, :focus-within")) this.timer = setTimeout(() => this.expire(), UNDO_MS);
    else this.dismiss("undo");
  }
}
