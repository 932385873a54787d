/**
 * A neuron's card: what it is called, how sure that is and what it was called before; what fires it, what it lowers and
 * what turning it does to this taste's list; what resembles it.
 */
import type { AtlasNeuron, ConceptEntry, NeuronReport, SteeredLists } from "../../session/session-types.js";
import { fixed, percent, signed } from "../words/numbers.js";
import { copyButton } from "../widgets/copy-button.js";
import { button, element, setAttributes, setLength } from "../widgets/element.js";
import { histogram } from "../widgets/histogram.js";
import { neuronNotes } from "../widgets/neuron-notes.js";
import { itemButton, itemList, measuredList, neuronLink } from "../state/measured-lists.js";
import { addChannel, channelOf, setChannel, type Mix, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import { neuronName } from "../state/strips.js";
import { neuronEffectView } from "./neuron-effect-view.js";
import { words } from "../words/words.js";

export function neuronView(
  store: Store, mix: Mix, report: NeuronReport, onDesk: boolean, all: readonly AtlasNeuron[],
  effect: readonly SteeredLists[] | null,
): HTMLElement {
  const { neuron, label, confidence, density, runnersUp, neighbours, topTags } = report;
  const target: Target = { kind: "neuron", neuron };
  const { muted, solo } = channelOf(mix, target);
  const toggle = (name: string, pressed: boolean, action: () => void): HTMLButtonElement => {
    const node = button({ class: "action" }, action, name);
    setAttributes(node, { "aria-pressed": String(pressed) });
    return node;
  };
  const most = Math.max(0, ...report.topItems.map(({ score }) => score));
  const add = button({ class: "action", disabled: onDesk }, () => {
    store.mix((mixed) => addChannel(mixed, target));
  }, onDesk ? words.onDesk : words.putOnDesk);
  return element("div", { class: "neuron-card" },
    element("p", { class: "kicker" }, words.card.neuron(neuron)),
    element("h2", { tabindex: -1, dir: "auto" }, neuronName(neuron, label)),
    density === 0
      ? element("p", { class: "hint" }, words.card.dead)
      : element("div", { class: "actions" },
        add,
        toggle(words.mute, muted, () => store.mix((mixed) => setChannel(mixed, target, { muted: !muted }))),
        toggle(words.solo, solo, () => store.mix((mixed) => setChannel(mixed, target, { solo: !solo }))),
        copyButton("action", words.card.permalink, () => store.linkToCard(target))),
    element("dl", { class: "facts" },
      fact(words.card.confidence, fixed(confidence, 2), words.card.confidenceMeaning, confidence),
      fact(words.card.density, percent(density, density < 0.1 ? 1 : 0), words.card.densityMeaning, density)),
    report.concept && proofOf(report.concept, store),
    runnersUp.length === 0 ? null : element("p", { class: "runners-up" }, words.card.also,
      ...runnersUp.map((candidate) => element("span", { class: "chip" }, candidate.label,
        element("small", {}, fixed(candidate.confidence, 2))))),
    earlierNames(report),
    density === 0 ? null
      : histogram(words.card.histogram, report.histogram, ["0", fixed(report.topItems[0]?.score ?? 0, 2)]),
    itemList(words.card.most, report.topItems, store, 2, most),
    itemList(words.card.middling, report.middleItems, store, 2, most),
    itemList(words.card.random, report.randomItems, store, 2, most),
    loweredList(report, store),
    density === 0 ? null : neuronEffectView(store, effect, mix.profile.length > 0),
    topTags.length === 0 ? null : element("section", {}, element("h3", {}, words.card.tagsOfTop),
      element("p", { class: "tags" }, ...topTags.slice(0, 8).map(({ tag, items: n }) =>
        element("span", { class: "chip" }, tag, element("small", {}, String(n)))))),
    measuredList(words.card.neighbours, neighbours.map(({ neuron: other, label: name, cosine }) => ({
      name: neuronLink(other, name, store), value: cosine, text: fixed(cosine, 2),
    })), 1),
    neuronNotes(store.fingerprint, neuron), turning(store, neuron, all));
}

/** What trainings before this one called it; nothing for a model that went on from none. */
function earlierNames({ earlier }: NeuronReport): HTMLElement | null {
  if (!earlier) return null;
  return element("section", {}, element("h3", {}, words.card.earlier), earlier.length === 0
    ? element("p", { class: "hint" }, words.card.newMeaning)
    : element("ul", { class: "tags earlier" }, ...earlier.map((name, i) => element("li", { class: "chip" },
      name ?? words.card.noName, element("small", {}, words.card.trainingsAgo(i + 1))))));
}

/** Bars are as long as what is taken away. */
function loweredList({ lowers }: NeuronReport, store: Store): HTMLElement | null {
  const lines = (lowers ?? []).map(({ id, title, score }) =>
    ({ name: itemButton(id, title, store), value: -score, text: signed(score, 2) }));
  return measuredList(words.card.lowers, lines, Math.max(...lines.map(({ value }) => value)));
}

/** Which concept it is part of, and whether that name is proven. */
function proofOf({ name, proven, tag, f1 }: ConceptEntry, store: Store): HTMLElement {
  const link = button({ class: "title", dir: "auto" }, () => {
    store.go({ inspected: { kind: "concept", concept: name } });
  }, name);
  return element("section", {}, element("h3", {}, words.card.partOf), element("p", {}, link),
    element("p", { class: "hint" }, proven
      ? words.card.provenBy(tag ?? name, fixed(f1, 2)) : words.card.notProven(fixed(f1, 2))));
}

/** To the living neurons before and after it; the ends have one neighbour. */
function turning(store: Store, neuron: number, all: readonly AtlasNeuron[]): HTMLElement {
  const living = all.filter((one) => one.alive);
  const to = (found: AtlasNeuron | undefined, name: string): HTMLElement | null =>
    (found ? button({ class: "action" }, () => {
      store.go({ inspected: { kind: "neuron", neuron: found.neuron } });
    }, name) : null);
  return element("nav", { class: "actions", "aria-label": words.card.turning },
    to(living.filter((one) => one.neuron < neuron).at(-1), words.card.previous),
    to(living.find((one) => one.neuron > neuron), words.card.next));
}

function fact(name: string, value: string, meaning: string, share: number): HTMLElement {
  const bar = element("dd", { class: "bar", "aria-hidden": "true" }, element("i"));
  setLength(bar.firstElementChild as HTMLElement, "--share", Number.isFinite(share) ? Math.max(0, share) : 0);
  return element("div", { title: meaning }, element("dt", {}, name), element("dd", {}, value), bar);
}
