/** A tag's card: which neurons its knob turns, and what carries it. */
import type { TagReport } from "../../session/session-types.js";
import { fixed, percent } from "../words/numbers.js";
import { button, element } from "../widgets/element.js";
import { itemList, measuredList, neuronLink } from "../state/measured-lists.js";
import { addChannel } from "../state/state.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

export function tagView(store: Store, report: TagReport, onDesk: boolean): HTMLElement {
  const { tag, items, decoder, characterises, topItems } = report;
  return element("div", { class: "tag-card" },
    element("p", { class: "kicker" }, words.card.tag(words.items(items))),
    element("h2", { tabindex: -1, dir: "auto" }, tag),
    element("div", { class: "actions" }, button({ class: "action", disabled: onDesk }, () => {
      store.mix((mix) => addChannel(mix, { kind: "tag", tag }));
    }, onDesk ? words.onDesk : words.putOnDesk)),
    measuredList(words.card.moves, decoder.map(({ neuron, label, weight }) => ({
      name: neuronLink(neuron, label, store), value: weight, text: percent(weight),
    })), Math.max(...decoder.map(({ weight }) => weight))),
    measuredList(words.card.characterise, characterises.map(({ neuron, label, score }) => ({
      name: neuronLink(neuron, label, store), value: score, text: fixed(score, 3),
    })), Math.max(...characterises.map(({ score }) => score))),
    itemList(words.card.carried, topItems, store, 0));
}
