/**
 * A search box with a list of suggestions, after the ARIA pattern "editable combobox with list autocomplete": the focus
 * stays in the box, arrows move through the list, Enter chooses, Escape closes and then clears.
 */
import { element, setAttributes, setText } from "./element.js";
import { KeyedList, type Row } from "./keyed-list.js";
import { Latest } from "../state/latest.js";
import { setTitle } from "./item-title.js";
import { words } from "../words/words.js";

export interface ComboboxOptions<T> {
  /** Unique on the page: ids of the parts begin with it. */
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  search(text: string): Promise<readonly T[]>;
  keyOf(entry: T): string;
  titleOf(entry: T): string;
  /** A word at the right of a suggestion, such as "added". */
  noteOf?(entry: T): string;
  choose(entry: T): void;
  failed(error: unknown): void;
}

export class Combobox<T> {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly listbox: HTMLElement;
  private readonly status: HTMLElement;
  private readonly list: KeyedList<T>;
  private readonly query: Latest<string, readonly T[]>;
  private entries: readonly T[] = [];
  private active = -1;

  constructor(private readonly options: ComboboxOptions<T>) {
    const { name, label, placeholder } = options;
    this.input = element("input", {
      type: "text", class: "search", id: `${name}-search`, role: "combobox", placeholder, "aria-label": label,
      "aria-expanded": "false", "aria-controls": `${name}-suggestions`, "aria-autocomplete": "list",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    });
    this.listbox = element("ul", {
      class: "suggestions", id: `${name}-suggestions`, role: "listbox", "aria-label": words.suggestions, hidden: true,
    });
    this.status = element("p", { class: "suggestions nothing", hidden: true }, words.nothingFound);
    this.node = element("div", { class: "combobox" }, this.input, this.listbox, this.status);
    this.list = new KeyedList(this.listbox, (entry) => options.keyOf(entry), (entry) => this.row(entry));
    this.query = new Latest((text) => options.search(text), (found, text) => this.show(found, text), options.failed);
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("focus", () => this.ask());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  private ask(): void {
    const text = this.input.value.trim();
    if (text === "") this.close();
    else this.query.put(text);
  }

  private show(found: readonly T[], text: string): void {
    if (text !== this.input.value.trim() || document.activeElement !== this.input) return;
    this.entries = found;
    this.active = found.length > 0 ? 0 : -1;
    this.render();
    this.status.hidden = found.length > 0;
  }

  private close(): void {
    this.query.clear();
    this.entries = [];
    this.active = -1;
    this.render();
    this.status.hidden = true;
  }

  private render(): void {
    const open = this.entries.length > 0;
    this.listbox.hidden = !open;
    this.list.update(this.entries);
    setAttributes(this.input, {
      "aria-expanded": String(open), "aria-activedescendant": this.active >= 0 ? this.optionId(this.active) : null,
    });
    this.listbox.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  private row(entry: T): Row<T> {
    const title = element("span", { class: "title", dir: "auto" });
    const note = element("span", { class: "note" });
    const node = element("li", { role: "option" }, title, note);
    let shown = entry;
    // Before the box loses the focus, which would close the list.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => this.choose(shown));
    return {
      node,
      update: (next, index) => {
        shown = next;
        setTitle(title, this.options.titleOf(next));
        setText(note, this.options.noteOf?.(next) ?? "");
        setAttributes(node, { id: this.optionId(index), "aria-selected": String(index === this.active) });
      },
    };
  }

  private choose(entry: T): void {
    this.input.value = "";
    this.close();
    this.options.choose(entry);
  }

  private key(event: KeyboardEvent): void {
    const { length } = this.entries;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && length > 0) {
      this.active = (this.active + (event.key === "ArrowDown" ? 1 : length - 1)) % length;
      this.render();
    } else if (event.key === "Enter" && this.active >= 0) {
      this.choose(this.entries[this.active]);
    } else if (event.key === "Escape") {
      if (length === 0) this.input.value = "";
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private optionId(index: number): string {
    return `${this.options.name}-suggestion-${index}`;
  }
}
