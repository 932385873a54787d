/**
 * Mixes: built-in ones, and those that a person keeps in this browser, put on the desk, called otherwise, deleted; and
 * keeping this one.
 */
import { button, element } from "../../widgets/element.js";
import { builtInMixes, type BuiltInMix } from "./built-in-mixes.js";
import { keepMixes, renameMix, savedMixes, saveMix, type SavedMix } from "../../state/saved-mixes.js";
import { withSetting } from "../../state/slots.js";
import { isAtRest, type Mix } from "../../state/state.js";
import type { Store } from "../../state/store.js";
import type { Strip } from "../../state/strips.js";
import { words } from "../../words/words.js";

export class MixesDialog {
  readonly node: HTMLDialogElement;
  private readonly rows = element("ul", { class: "mix-rows" });
  private readonly builtIn = element("ul", { class: "mix-rows built-in", "aria-label": words.mixes.builtIn });
  private strips: readonly Strip[] = [];
  private readonly none = element("p", { class: "hint" }, words.mixes.none);
  private readonly name = element("input", { class: "search", id: "mix-name", autocomplete: "off", required: true });
  private readonly keep = element("button", { class: "action", type: "submit" }, words.mixes.keep);
  private readonly nothing = element("p", { class: "hint" }, words.mixes.nothing);
  private readonly said = element("p", { class: "hint", role: "status" });

  /** @param note told what of a mix this model does not have; null for nothing */
  constructor(private readonly store: Store, private readonly note: (text: string | null) => void) {
    const form = element("form", {}, element("label", { for: "mix-name" }, words.mixes.name), this.name, this.keep);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(this.name.value.trim());
    });
    this.node = element("dialog", { class: "mixes", "aria-labelledby": "mixes-heading" },
      element("header", {}, element("h2", { id: "mixes-heading" }, words.mixes.heading),
        button({ class: "icon", "aria-label": words.close, title: words.card.closeKey }, () => this.node.close(), "×")),
      this.builtIn, element("p", { class: "hint" }, words.mixes.hint), this.rows, this.none, this.said, form,
      this.nothing);
    this.node.addEventListener("click", ({ target }) => {
      if (target === this.node) this.node.close();
    });
  }

  /** @param strips of the taste, which the built-in mixes are made of */
  update(strips: readonly Strip[]): void {
    this.strips = strips;
  }

  open(): void {
    this.name.value = "";
    this.said.textContent = "";
    this.node.showModal();
    this.fill();
  }

  private fill(): void {
    const mixes = savedMixes();
    this.builtIn.replaceChildren(...builtInMixes(this.strips).map((mix) => this.builtInRow(mix)));
    this.rows.replaceChildren(...mixes.map((mix) => this.row(mix)));
    this.none.hidden = mixes.length > 0;
    this.keep.disabled = isResting(this.store.state.mix);
    this.nothing.hidden = !this.keep.disabled;
  }

  private builtInRow({ name, themes, setting }: BuiltInMix): HTMLElement {
    const [title, about] = [words.mixes.builtInNames[name], words.mixes.builtInAbout[name](words.listed(themes))];
    return element("li", {}, element("div", { class: "search-like" }, element("b", {}, title),
      element("small", { dir: "auto" }, about)),
    button({ class: "action", "aria-label": words.mixes.applyNamed(title) }, () => {
      this.node.close();
      this.store.mix((mix) => withSetting(mix, setting));
    }, words.mixes.apply));
  }

  private row(saved: SavedMix): HTMLElement {
    const { name } = saved;
    const label = element("input", { class: "search", value: name, "aria-label": words.mixes.rename(name) });
    label.addEventListener("change", () => {
      keepMixes(renameMix(savedMixes(), name, label.value.trim()));
      this.fill();
    });
    return element("li", {}, label,
      button({ class: "action", "aria-label": words.mixes.applyNamed(name) }, () => void this.apply(saved),
        words.mixes.apply),
      button({ class: "icon", "aria-label": words.mixes.remove(name) }, () => {
        keepMixes(savedMixes().filter((one) => one.name !== name));
        this.fill();
        this.name.focus();
        this.said.replaceChildren(words.mixes.removed(name), " ", button({ class: "action" }, () => {
          keepMixes(saveMix(savedMixes(), saved));
          this.said.textContent = "";
          this.fill();
        }, words.undo));
      }, "×"));
  }

  private save(name: string): void {
    if (name === "") return;
    keepMixes(saveMix(savedMixes(), { name, link: this.store.settingLink }));
    this.name.value = "";
    this.fill();
  }

  private async apply({ link }: SavedMix): Promise<void> {
    this.node.close();
    const { state, note } = await this.store.readLink(link);
    this.store.mix((mix) => withSetting(mix, state.mix));
    this.note(note);
  }
}

function isResting({ channels, paper }: Mix): boolean {
  return paper === null ? channels.every(isAtRest) : paper.tag === null || paper.strength === 0;
}
