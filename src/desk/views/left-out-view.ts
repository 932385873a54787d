/** The titles that a person wants less of or never sees, where they can be let back in, one by one or all. */
import { button, element, setText } from "../widgets/element.js";
import { forgive, forgiveAll } from "../state/opinions.js";
import type { Mix } from "../state/state.js";
import type { Store } from "../state/store.js";
import { titleParts } from "../widgets/item-title.js";
import { words } from "../words/words.js";

export class LeftOutView {
  readonly node: HTMLDetailsElement;
  private readonly summary = element("summary");
  private readonly rows = element("ul");
  private shown = "";

  /** @param titleOf of an item by its id */
  constructor(private readonly store: Store, private readonly titleOf: (id: string) => string) {
    this.node = element("details", { class: "left-out" }, this.summary, this.rows,
      button({ class: "action" }, () => store.mix(forgiveAll), words.row.forgiveAll));
  }

  update({ disliked, never }: Mix): void {
    const entries = [...disliked.map((id) => ({ id, kind: words.row.isDisliked })),
      ...never.map((id) => ({ id, kind: words.row.isHidden }))].map((one) => ({ ...one, title: this.titleOf(one.id) }));
    this.node.hidden = entries.length === 0;
    const shown = JSON.stringify(entries);
    if (shown === this.shown) return;
    this.shown = shown;
    setText(this.summary, words.row.leftOut(entries.length));
    const focused = this.rows.contains(document.activeElement);
    this.rows.replaceChildren(...entries.map(({ id, kind, title }) => element("li", {},
      element("span", { class: "title", dir: "auto", title }, ...titleParts(title)), element("small", {}, kind),
      button({ class: "icon", "aria-label": words.row.forgive(title) }, () => {
        this.store.mix((mix) => forgive(mix, id));
      }, "×"))));
    if (focused && entries.length > 0) this.rows.querySelector("button")?.focus();
  }
}
