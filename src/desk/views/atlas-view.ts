/** Every neuron of the model: a map, and a table to search and sort. */
import type { AtlasNeuron } from "../../session/session-types.js";
import { fixed, percent, whole } from "../words/numbers.js";
import { AtlasMap } from "./atlas-map.js";
import { atlasRows } from "../state/atlas-order.js";
import { button, element, setAttributes, setLength, setText } from "../widgets/element.js";
import { KeyedList, type Row } from "../widgets/keyed-list.js";
import type { AtlasOrder, DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";
import { neuronName } from "../state/strips.js";
import { words } from "../words/words.js";

/** Rows before "Show more": enough to read, quick to make. */
const PAGE = 100;

const columns: readonly [order: AtlasOrder, direction: "ascending" | "descending"][] = [
  ["number", "ascending"], ["label", "ascending"], ["confidence", "descending"], ["density", "descending"],
];

export class AtlasView {
  readonly node: HTMLElement;
  private readonly search = element("input", {
    type: "search", class: "search", "aria-label": words.atlas.search, placeholder: words.atlas.placeholder,
    autocomplete: "off", spellcheck: "false",
  });
  private readonly count = element("p", { class: "count", role: "status" });
  private readonly map: AtlasMap;
  private readonly list: KeyedList<AtlasNeuron>;
  private readonly headers: { order: AtlasOrder; direction: string; node: HTMLElement }[];
  private readonly more: HTMLButtonElement;
  private neurons: readonly AtlasNeuron[] | null = null;
  private limit = PAGE;
  private chosen: number | null = null;
  /** The longest bars' values. */
  private most = { confidence: 1, density: 1 };

  constructor(private readonly store: Store) {
    this.map = new AtlasMap((neuron) => this.choose(neuron));
    const rows = element("tbody");
    this.list = new KeyedList(rows, ({ neuron }) => neuron, (neuron) => this.row(neuron));
    this.headers = columns.map(([order, direction]) => ({
      order, direction,
      node: element("th", { scope: "col", class: order },
        button({}, () => store.go({ order }), words.atlas.columns[order])),
    }));
    this.more = button({ class: "action more" }, () => {
      this.limit += 5 * PAGE;
      this.update(this.store.state);
    });
    this.search.addEventListener("input", () => {
      this.limit = PAGE;
      store.go({ query: this.search.value });
    });
    this.node = element("section", { class: "panel atlas", "aria-labelledby": "atlas-heading" },
      element("header", {}, element("h2", { id: "atlas-heading" }, words.page.atlas), this.search, this.count),
      this.map.node,
      element("p", { class: "hint" },
        words.atlas.hint),
      element("table", {}, element("caption", { class: "unseen" }, words.atlas.all),
        element("thead", {}, element("tr", {}, ...this.headers.map(({ node }) => node))), rows),
      this.more);
  }

  get shown(): boolean {
    return this.neurons !== null;
  }

  show(neurons: readonly AtlasNeuron[]): void {
    this.neurons = neurons;
    this.most = {
      confidence: Math.max(0.01, ...neurons.map(({ confidence }) => confidence ?? 0)),
      density: Math.max(1e-6, ...neurons.map(({ density }) => density)),
    };
    this.map.show(neurons);
    this.update(this.store.state);
  }

  update({ place: { query, order, inspected, view } }: DeskState): void {
    if (view !== "atlas" || !this.neurons) return;
    if (this.search.value !== query) this.search.value = query;
    this.chosen = inspected?.kind === "neuron" ? inspected.neuron : null;
    const rows = atlasRows(this.neurons, query, order);
    this.list.update(rows.slice(0, this.limit));
    for (const { order: own, direction, node } of this.headers) {
      setAttributes(node, { "aria-sort": own === order ? direction : null });
    }
    this.map.mark(query.trim() === "" ? null : new Set(rows.map(({ neuron }) => neuron)), this.chosen);
    const dead = this.neurons.filter(({ alive }) => !alive).length;
    setText(this.count, query.trim() === ""
      ? words.atlas.count(whole(this.neurons.length), whole(dead)) : words.atlas.found(whole(rows.length)));
    this.more.hidden = rows.length <= this.limit;
    setText(this.more, words.atlas.more(whole(rows.length)));
  }

  private choose(neuron: number): void {
    this.store.go({ inspected: { kind: "neuron", neuron } });
  }

  private row({ neuron, label, runnerUp, confidence, density, alive }: AtlasNeuron): Row<AtlasNeuron> {
    const name = button({ class: "title", dir: "auto" }, () => this.choose(neuron), neuronName(neuron, label));
    const node = element("tr", { class: alive ? null : "dead" }, element("td", { class: "number" }, String(neuron)),
      element("td", { class: "label" }, name, runnerUp === null ? null : element("small", {}, runnerUp)),
      measured(fixed(confidence ?? NaN, 2), (confidence ?? 0) / this.most.confidence),
      measured(alive ? percent(density, 1) : words.atlas.dead, density / this.most.density));
    return {
      node,
      update: () => setAttributes(node, { "aria-current": neuron === this.chosen ? "true" : null }),
    };
  }
}

function measured(text: string, share: number): HTMLElement {
  const bar = element("i", { "aria-hidden": "true" });
  setLength(bar, "--share", Number.isFinite(share) ? Math.max(0, Math.min(1, share)) : 0);
  return element("td", { class: "number measured-cell" }, bar, text);
}
