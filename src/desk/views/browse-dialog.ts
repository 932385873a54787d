/**
 * All tags (of a model without tags, all concepts) to browse, with what each would do to the list of this taste: how
 * many of it have the tag now, and how many with the fader halfway up. Choosing one puts it on the desk, halfway up.
 */
import { button, element, setText } from "../widgets/element.js";
import { folded } from "../../base/folded.js";
import type { DeskSession } from "../state/desk-session.js";
import { addChannel, setChannel, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

/** Rows at a time: their effects are worked out one after the other. */
const ROWS = 60;
const HALFWAY = 0.5;

interface Entry {
  readonly target: Target & { readonly kind: "tag" | "concept" };
  readonly name: string;
  readonly note: string;
}

export class BrowseDialog {
  readonly node: HTMLDialogElement;
  private readonly search = element("input", {
    type: "search", class: "search", "aria-label": words.browse.search, placeholder: words.browse.placeholder,
    autocomplete: "off",
  });
  private readonly rows = element("ul", { class: "browse-rows" });
  private readonly none = element("p", { class: "hint", hidden: true }, words.nothingFound);
  /** Raised when what is asked for is no longer wanted. */
  private generation = 0;

  constructor(
    private readonly store: Store, private readonly session: DeskSession, private readonly hasTags: boolean,
    private readonly length: number, private readonly chosen: (target: Target) => void,
  ) {
    this.node = element("dialog", { class: "browse", "aria-labelledby": "browse-heading" },
      element("header", {},
        element("h2", { id: "browse-heading" }, hasTags ? words.browse.tags : words.browse.concepts), this.search,
        button({ class: "icon", "aria-label": words.close, title: words.card.closeKey }, () => this.node.close(), "×")),
      element("p", { class: "hint" },
        words.browse.hint(length)),
      this.rows, this.none);
    this.search.addEventListener("input", () => void this.fill());
    this.node.addEventListener("close", () => { this.generation++; });
    this.node.addEventListener("click", ({ target }) => {
      if (target === this.node) this.node.close();
    });
  }

  open(): void {
    this.search.value = "";
    this.node.showModal();
    void this.fill();
  }

  private async fill(): Promise<void> {
    const generation = ++this.generation;
    const entries = await this.find(this.search.value);
    if (generation !== this.generation) return;
    const effects = entries.map(() => element("span", { class: "effect" }));
    this.rows.replaceChildren(...entries.map(({ name, note, target }, i) =>
      element("li", {}, button({}, () => this.choose(target), element("b", {}, name), element("small", {}, note),
        effects[i]))));
    this.none.hidden = entries.length > 0;
    const { profile } = this.store.state.mix;
    if (profile.length === 0) return;
    for (const [i, { target }] of entries.entries()) {
      const effect = await this.effect(profile, target);
      if (generation !== this.generation) return;
      setText(effects[i], effect);
    }
  }

  private async find(text: string): Promise<Entry[]> {
    if (this.hasTags) {
      return (await this.session.searchTags(text, ROWS)).map(({ tag, items }) =>
        ({ target: { kind: "tag", tag }, name: tag, note: words.browse.on(items) }));
    }
    const wanted = folded(text.trim());
    return (await this.session.concepts()).filter(({ name }) => folded(name).includes(wanted)).slice(0, ROWS)
      .map(({ name, neurons }) =>
        ({ target: { kind: "concept", concept: name }, name, note: words.neurons(neurons) }));
  }

  /** "3 → 10 of 20"; "" for a tag that cannot be turned. */
  private async effect(profile: readonly string[], target: Entry["target"]): Promise<string> {
    const what = target.kind === "tag" ? { tag: target.tag } : { concept: target.concept };
    try {
      const carriers = new Set(await this.session.carriers(what));
      const { before, after } = await this.session.steer(profile, [{ ...what, turn: HALFWAY }], this.length);
      const [now, then] = [before, after].map((list) => list.filter(({ item }) => carriers.has(item)).length);
      return words.effect(now, then, after.length);
    } catch {
      return "";
    }
  }

  private choose(target: Target): void {
    this.node.close();
    this.store.mix((mix) => setChannel(addChannel({ ...mix, paper: null }, target), target, { strength: HALFWAY }));
    this.chosen(target);
  }
}
