/** A tag's card: which neurons its knob turns, and what carries it. */
import type { TagReport } from "../../session/session-types.js";
import { count, fixed, percent } from "../../base/numbers.js";
import { button, element } from "../widgets/element.js";
import { itemList, measuredList, neuronLink } from "../state/measured-lists.js";
import { addChannel } from "../state/state.js";
import type { Store } from "../state/store.js";

export function tagView(store: Store, report: TagReport, onDesk: boolean): HTMLElement {
  const { tag, items, decoder, characterises, topItems } = report;
  return element("div", { class: "tag-card" },
    element("p", { class: "kicker" }, `Tag, on ${count(items, "item")}`),
    element("h2", { tabindex: -1 }, tag),
    element("div", { class: "actions" }, button({ class: "action", disabled: onDesk }, () => {
      store.mix((mix) => addChannel(mix, { kind: "tag", tag }));
    }, onDesk ? "On the desk" : "Put on the desk")),
    measuredList("Its fader moves activation to (share)", decoder.map(({ neuron, label, weight }) => ({
      name: neuronLink(neuron, label, store), value: weight, text: percent(weight),
    })), Math.max(...decoder.map(({ weight }) => weight))),
    measuredList("Neurons that characterise it best (TF-IDF)", characterises.map(({ neuron, label, score }) => ({
      name: neuronLink(neuron, label, store), value: score, text: fixed(score, 3),
    })), Math.max(...characterises.map(({ score }) => score))),
    itemList("Carried most by (applications)", topItems, store, 0));
}
