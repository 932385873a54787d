/** A concept's card: how sure its name is, the neurons that are turned together, and what it stands for. */
import type { ConceptReport } from "../../session/session-types.js";
import { count, fixed, percent } from "../../base/numbers.js";
import { button, element, setAttributes } from "../widgets/element.js";
import { itemList, measuredList, neuronLink } from "../state/measured-lists.js";
import { addChannel, channelOf, setChannel, type Mix, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";

export function conceptView(store: Store, mix: Mix, report: ConceptReport, onDesk: boolean): HTMLElement {
  const { name, tag, proven, f1, members, topItems } = report;
  const target: Target = { kind: "concept", concept: name };
  const { muted } = channelOf(mix, target);
  const toggle = (mixed: Mix): Mix => setChannel(mixed, target, { muted: !muted });
  const mute = button({ class: "action" }, () => store.mix(toggle), "Mute");
  setAttributes(mute, { "aria-pressed": String(muted) });
  return element("div", { class: "concept-card" },
    element("p", { class: "kicker" }, `Concept of ${count(members.length, "neuron")}`),
    element("h2", { tabindex: -1 }, name),
    element("p", { class: "hint" }, proven
      ? `The name is proven: chosen on half of the titles, it tells those tagged “${tag ?? name}” on the other half ` +
        `(F1 ${fixed(f1, 2)}).`
      : `No tag is proven to fit (best F1 ${fixed(f1, 2)} on titles that did not choose it), so it is called after ` +
        "what it fires for."),
    element("div", { class: "actions" }, button({ class: "action", disabled: onDesk }, () => {
      store.mix((mixed) => addChannel(mixed, target));
    }, onDesk ? "On the desk" : "Put on the desk"), mute),
    itemList("Stands for", topItems, store, null),
    measuredList("Its fader turns (share of the push)", members.map(({ neuron, label, weight }) => ({
      name: neuronLink(neuron, label, store), value: weight, text: percent(weight),
    })), Math.max(...members.map(({ weight }) => weight))));
}
