/**
 * The paper's own slider, as a preset (docs/method.md §5): one tag, the 1, 5 or 10 neurons that stand for it by either
 * TF-IDF mapping, and α, the share of the activation that moves to them.
 */
import type { FoundTag } from "../../session/session-types.js";
import type { TfidfMapping } from "../../interpret/tfidf.js";
import { fixed } from "../words/numbers.js";
import { Combobox } from "../widgets/combobox.js";
import type { DeskSession } from "../state/desk-session.js";
import { element, setAttributes, setLength, setText } from "../widgets/element.js";
import { hundredths, restingPaperKnob, type PaperKnob } from "../state/state.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

const SUGGESTIONS = 8;
const COUNTS = [1, 5, 10];
const MAPPINGS: readonly [value: TfidfMapping, name: "characterise" | "unique"][] =
  [["characterises", "characterise"], ["unique", "unique"]];

export class PaperView {
  readonly node: HTMLElement;
  private readonly tag = element("output", { class: "paper-tag" });
  private readonly slider = element("input", { type: "range", id: "alpha", min: 0, max: 1, step: 0.01 });
  private readonly slot = element("div", { class: "alpha" }, this.slider);
  private readonly value = element("output", { for: "alpha" });
  private readonly counts: HTMLSelectElement;
  private readonly mapping: HTMLSelectElement;

  constructor(private readonly store: Store, session: DeskSession, failed: (error: unknown) => void) {
    const search = new Combobox<FoundTag>({
      name: "paper-tag", label: words.paper.search, placeholder: words.paper.choose,
      search: (text) => session.searchTags(text, SUGGESTIONS),
      keyOf: ({ tag }) => tag,
      titleOf: ({ tag }) => tag,
      noteOf: ({ items }) => words.items(items),
      choose: ({ tag }) => this.set({ tag }),
      failed,
    });
    this.counts = element("select", { id: "paper-neurons" },
      ...COUNTS.map((n) => element("option", { value: n }, String(n))));
    this.mapping = element("select", { id: "paper-mapping" },
      ...MAPPINGS.map(([value, name]) => element("option", { value }, words.paper[name])));
    this.slider.addEventListener("input", () => this.set({ strength: hundredths(this.slider.valueAsNumber) }, "alpha"));
    this.slider.addEventListener("change", () => store.endGesture());
    this.counts.addEventListener("change", () => this.set({ neurons: Number(this.counts.value) }));
    this.mapping.addEventListener("change", () => this.set({ mapping: this.mapping.value as TfidfMapping }));
    const marks = element("div", { class: "alpha-marks", "aria-hidden": "true" },
      ...["0", ".1", ".2", ".3", ".4", ".5"].map((text) => element("span", {}, text)), element("span", {}, "1"));
    this.node = element("div", { class: "paper", hidden: true },
      element("div", { class: "paper-settings" },
        search.node, this.tag,
        element("label", {}, words.paper.neurons, this.counts),
        element("label", {}, words.paper.that, this.mapping)),
      element("div", { class: "paper-alpha" },
        element("label", { for: "alpha" }, "α"),
        element("div", { class: "alpha-scale" }, this.slot, marks), this.value),
      element("p", { class: "hint" },
        words.paper.formula));
  }

  update(paper: PaperKnob | null): void {
    this.node.hidden = paper === null;
    const { tag, strength, neurons, mapping } = paper ?? restingPaperKnob;
    setText(this.tag, tag ?? words.mix.noTag);
    this.tag.classList.toggle("none", tag === null);
    if (this.slider.valueAsNumber !== strength) this.slider.valueAsNumber = strength;
    setAttributes(this.slider, { "aria-valuetext": words.paper.towards(fixed(strength, 2), tag ?? words.mix.noTag) });
    setLength(this.slot, "--strength", strength);
    setText(this.value, fixed(strength, 2));
    // An address may ask for a number that the menu does not have.
    if (!Array.from(this.counts.options).some(({ value }) => Number(value) === neurons)) {
      this.counts.append(element("option", { value: neurons }, String(neurons)));
    }
    this.counts.value = String(neurons);
    this.mapping.value = mapping;
  }

  private set(change: Partial<PaperKnob>, gesture: string | null = null): void {
    this.store.mix((mix) => ({ ...mix, paper: { ...(mix.paper ?? restingPaperKnob), ...change } }), gesture);
  }
}
