/** A concept's card: how sure its name is, the neurons that are turned together, and what it stands for. */
import type { ConceptReport } from "../../session/session-types.js";
import { fixed, percent } from "../words/numbers.js";
import { button, element, setAttributes } from "../widgets/element.js";
import { itemList, measuredList, neuronLink } from "../state/measured-lists.js";
import { addChannel, channelOf, setChannel, type Mix, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

export function conceptView(store: Store, mix: Mix, report: ConceptReport, onDesk: boolean): HTMLElement {
  const { name, tag, proven, f1, members, topItems } = report;
  const target: Target = { kind: "concept", concept: name };
  const { muted } = channelOf(mix, target);
  const toggle = (mixed: Mix): Mix => setChannel(mixed, target, { muted: !muted });
  const mute = button({ class: "action" }, () => store.mix(toggle), words.mute);
  setAttributes(mute, { "aria-pressed": String(muted) });
  return element("div", { class: "concept-card" },
    element("p", { class: "kicker" }, words.card.concept(words.neurons(members.length))),
    element("h2", { tabindex: -1, dir: "auto" }, name),
    element("p", { class: "hint" }, proven
      ? words.card.provenBy(tag ?? name, fixed(f1, 2)) : words.card.notProven(fixed(f1, 2))),
    element("div", { class: "actions" }, button({ class: "action", disabled: onDesk }, () => {
      store.mix((mixed) => addChannel(mixed, target));
    }, onDesk ? words.onDesk : words.putOnDesk), mute),
    itemList(words.card.standsFor, topItems, store, null),
    measuredList(words.card.turns, members.map(({ neuron, label, weight }) => ({
      name: neuronLink(neuron, label, store), value: weight, text: percent(weight),
    })), Math.max(...members.map(({ weight }) => weight))));
}
