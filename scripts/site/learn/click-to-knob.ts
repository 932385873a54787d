/** "From a click to a knob" (click-to-knob.html): each step of the method with the numbers of who reads it. */
import {
  loadWebModel, openBrowserEngine, partsOf, Session, sessionBytes, UserError, type ListedItem,
} from "../../../src/browser/index.js";

const MODEL = "../desk/model";
const OFFERED = 12;
const LIST = 10;
/** The list that positions are shares of (steer/calibrate.ts). */
const CALIBRATED = 20;

const find = (id: string): HTMLElement => document.getElementById(id)!;

/** An element with text and attributes. */
function element<K extends keyof HTMLElementTagNameMap>(
  name: K, text = "", attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

class Page {
  private readonly likes = new Set<string>();

  constructor(private readonly session: Session) {
    const { model } = session;
    for (const [what, value] of Object.entries({
      factors: model.shape.factors, neurons: model.shape.neurons, active: model.shape.k,
    })) {
      const text = value.toLocaleString("en");
      document.querySelectorAll(`[data-${what}]`).forEach((place) => { place.textContent = text; });
    }
    this.offer();
    const tags = session.searchTags("", session.model.tags?.names.length ?? 1).map(({ tag }) => tag).sort();
    find("tag").replaceChildren(...tags.map((tag) => element("option", tag)));
    for (const id of ["tag", "turn"]) find(id).addEventListener("input", () => { this.turn(); });
  }

  /** Films to pick from: a few of each of several tastes, the first three picked. */
  private offer(): void {
    const films = new Map<string, string>();
    for (const { items } of this.session.samples(OFFERED)) {
      const id = items.find((one) => !films.has(one));
      if (id !== undefined) films.set(id, this.session.model.items.titles[this.session.findItem(id)]);
    }
    find("picks").replaceChildren(...Array.from(films, ([id, title], at) => {
      const button = element("button", title, { type: "button", "aria-pressed": String(at < 3) });
      if (at < 3) this.likes.add(id);
      button.addEventListener("click", () => {
        if (!this.likes.delete(id)) this.likes.add(id);
        button.setAttribute("aria-pressed", String(this.likes.has(id)));
        this.draw();
      });
      const place = element("li");
      place.append(button);
      return place;
    }));
  }

  /** Everything that depends on the picks. */
  draw(): void {
    const { session } = this;
    const profile = [...this.likes];
    const numbers = profile.map((id) => session.findItem(id)).sort((a, b) => a - b);
    find("row").textContent = profile.length === 0 ? "Nothing picked: x is 0 everywhere." :
      `x is 1 at ${numbers.join(", ")} and 0 at the other ${(session.model.items.ids.length - numbers.length)
        .toLocaleString("en")} places.`;
    find("embedding").replaceChildren(...this.bars(numbers));
    if (profile.length === 0) {
      for (const id of ["plain", "neurons", "neuron", "before", "after", "effect"]) find(id).replaceChildren();
      return;
    }
    find("plain").replaceChildren(...session.recommend(profile, 3).items.map(({ title, score }) =>
      element("li", `${title}: ${score.toFixed(3)}`)));
    const { neurons } = session.inspectUser(profile, 1);
    const most = neurons[0]?.activation ?? 1;
    find("neurons").replaceChildren(...neurons.map(({ neuron, label, activation }) => {
      const button = element("button", label ?? `neuron ${neuron}`, { type: "button" });
      button.addEventListener("click", () => { this.show(neuron); });
      const bar = element("div", "", { class: "bar" });
      bar.style.width = `${(100 * activation / most).toFixed(1)}%`;
      const line = element("li");
      line.append(button, bar, element("span", activation.toFixed(3)));
      return line;
    }));
    if (neurons.length > 0) this.show(neurons[0].neuron);
    this.turn();
  }

  /** e = xA, added up here by hand. */
  private bars(items: readonly number[]): HTMLElement[] {
    const { data, shape: [, D] } = this.session.model.cfae.encoder;
    const e = Float32Array.from({ length: D }, (_, d) => items.reduce((sum, i) => sum + data[i * D + d], 0));
    const most = e.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-9);
    return Array.from(e, (value) => {
      const bar = element("i", "", { class: value < 0 ? "down" : "up" });
      bar.style.height = `${Math.max(1, 100 * Math.abs(value) / most).toFixed(1)}%`;
      return bar;
    });
  }

  private show(neuron: number): void {
    const { label, confidence, topItems, topTags, density } = this.session.inspectNeuron(neuron, 6);
    const name = label === null ? "It has no name." : `It is called “${label}”.`;
    const carry = topTags.length === 0 ? "" :
      `Of its 6 foremost films, ${topTags[0].items} carry “${topTags[0].tag}”. `;
    const fit = `${carry}The correlation of its activation with the tag is ${confidence.toFixed(2)}; ` +
      `it fires on ${(100 * density).toFixed(0)} % of all films.`;
    const films = element("ol");
    films.append(...topItems.map(({ title, score }) => element("li", `${title}: ${score.toFixed(2)}`)));
    find("neuron").replaceChildren(element("h3", `Neuron ${neuron}`), element("p", `${name} ${fit}`), films);
  }

  private turn(): void {
    const profile = [...this.likes];
    if (profile.length === 0) return;
    const tag = (find("tag") as HTMLSelectElement).value;
    const turn = Number((find("turn") as HTMLInputElement).value);
    find("position").textContent = turn.toFixed(2);
    const { before, after } = this.session.steer(profile, turn === 0 ? [] : [{ tag, turn }], CALIBRATED);
    const has = this.itemsOf(tag);
    const known = new Set(before.map(({ item }) => item));
    const line = ({ item, title }: ListedItem): HTMLElement => element("li", title, {
      class: `${has.has(item) ? "has" : ""} ${known.has(item) ? "" : "new"}`.trim(),
    });
    find("before").replaceChildren(...before.slice(0, LIST).map(line));
    find("after").replaceChildren(...after.slice(0, LIST).map(line));
    const count = (list: readonly ListedItem[]): number => list.filter(({ item }) => has.has(item)).length;
    find("effect").textContent = `${tag}: ${count(before)} → ${count(after)} of the best ${CALIBRATED}; ` +
      `${after.filter(({ item }) => !known.has(item)).length} of them are new.`;
  }

  /** Numbers of the items that carry a tag. */
  private itemsOf(tag: string): Set<number> {
    const { names, counts: { indptr, indices } } = this.session.model.tags!;
    const t = names.indexOf(tag);
    const items = new Set<number>();
    for (let i = 0; i + 1 < indptr.length; i++) {
      for (let q = indptr[i]; q < indptr[i + 1]; q++) if (indices[q] === t) items.add(i);
    }
    return items;
  }
}

try {
  const web = await loadWebModel(MODEL);
  const page = new Page(new Session(web.model, openBrowserEngine({ bytes: sessionBytes(web.model) }), partsOf(web)));
  page.draw();
  find("state").remove();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  find("state").textContent = `The model could not be loaded: ${error.message}. ` +
    "Pages opened from disk may not read files; put the folder behind any web server.";
}
