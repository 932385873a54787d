/** Neuron cards: what a neuron is called, how sure that is, and the items it fires for, not only the strongest. */
import type { FiringItem } from "../interpret/neuron-profile.js";
import type { NeuronCard } from "./choose-cards.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";
import { fixed, percent, whole } from "../base/numbers.js";

export function neuronsSection(data: ReportData): Html {
  const { cards, model, selectivity } = data;
  const part = (chosen: NeuronCard["chosen"]): Html =>
    html`<div class="cards">${cards.filter((card) => card.chosen === chosen).map((card) => cardOf(card, data))}</div>`;
  const named = model.labels.filter(({ label }) => label !== null).length;
  return html`<section id="neurons"><h2>Neurons</h2>
<p>${whole(named)} of ${whole(model.shape.neurons)} neurons have a name. A name is the tag with the highest correlation
<i>r</i> between the neuron’s activation and the tag’s presence over items; <i>r</i> is how much to trust it. The number
beside an item is its activation when the item is encoded alone. Top items flatter every neuron, so each card also shows
items from the middle of its range and some drawn at random from all that fire it.</p>
<h3>Most confidently named, one a name</h3>${part("confident")}
<h3>Spread over all others, from the surest to the least sure</h3>${part("spread")}
<details><summary>All ${whole(model.shape.neurons)} neurons</summary>
${table([
    { head: "neuron", number: true }, { head: "name" }, { head: "r", number: true }, { head: "or" },
    { head: "fires on", number: true }, { head: "monosemanticity", number: true },
  ], model.labels.map(({ neuron, label, confidence, runnersUp, density }) =>
    [neuron, label ?? "–", fixed(confidence, 2), runnersUp.map((other) => other.label).join(", "), percent(density, 1),
      fixed(selectivity?.monosemanticity[neuron] ?? NaN)]))}
</details></section>`;
}

function cardOf(card: NeuronCard, data: ReportData): Html {
  const { label: { neuron, label, confidence, runnersUp }, profile, monosemanticity } = card;
  const { items: { titles }, labels } = data.model;
  const list = (title: string, firing: readonly FiringItem[]): Html => html`<h5>${title}</h5><ul>${
    firing.map(({ item, activation }) =>
      html`<li><span title="${titles[item]}">${titles[item]}</span><span>${fixed(activation, 2)}</span></li>`)}</ul>`;
  const near = profile.neighbours.map(({ neuron: other, cosine }) =>
    `${labels[other].label ?? other} ${fixed(cosine, 2)}`).join(", ");
  const others = runnersUp.map((other) => `${other.label} ${fixed(other.confidence, 2)}`).join(", ");
  const width = Number.isNaN(confidence) ? 0 : Math.max(0, Math.min(1, confidence));
  return html`<article class="card" id="neuron-${neuron}"><h4>${label ?? "no name"}<span>neuron ${neuron}</span></h4>
<div class="meter" role="img" aria-label="confidence ${fixed(confidence, 2)}">
<i style="width:${(100 * width).toFixed(0)}%"></i></div>
<p><i>r</i> = ${fixed(confidence, 2)} · fires on ${percent(profile.density, 1)}${
    Number.isNaN(monosemanticity) ? nothing : html` · monosemanticity ${fixed(monosemanticity)}`}</p>
${others !== "" && html`<p class="soft">or ${others}</p>`}
${list("strongest", profile.top)}${list("middle", profile.middle)}${list("at random", profile.random)}
<p class="soft">decoder neighbours: ${near || "none"}</p></article>
`;
}
