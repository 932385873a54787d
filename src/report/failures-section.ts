/** What did not work: silent or badly named neurons, tags that no neuron stands for, knobs that cost too much. */
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";
import { count, fixed, percent, whole } from "../base/numbers.js";

/** A correlation from which on a name, or a neuron for a tag, deserves some trust. */
export const SURE = 0.2;
const ROWS = 12;

export function failuresSection({ model, selectivity, steering }: ReportData): Html {
  const { labels, tags, shape, metrics } = model;
  const dead = labels.filter(({ density }) => density === 0);
  const unnamed = labels.filter(({ label, density }) => label === null && density > 0);
  const named = labels.filter(({ label }) => label !== null);
  const unsure = named.filter(({ confidence }) => !(confidence >= SURE));
  const shaky = [...named].sort((a, b) => a.confidence - b.confidence).slice(0, ROWS);
  const orphans = selectivity && tags ? tags.names.map((name, t) => ({
    name, r: selectivity.bestCorrelation[t], neuron: selectivity.bestNeuron[t],
    items: tags.counts.indptr[t + 1] - tags.counts.indptr[t],
  })).filter(({ r }) => !(r >= SURE)).sort((a, b) => (a.r || 0) - (b.r || 0)) : [];
  const costly = steering?.curves.filter(({ chosen }) => chosen === null) ?? [];
  const list = (neurons: typeof labels): string =>
    neurons.slice(0, 40).map(({ neuron }) => neuron).join(", ") + (neurons.length > 40 ? " …" : "");
  return html`<section id="failures"><h2>What did not work</h2>
<ul>
<li>${dead.length === 0 ? "No neuron is dead: each is fired by some item alone"
    : `${count(dead.length, "dead neuron")}, which no item alone fires (${list(dead)})`}.
${count(metrics.dead, "neuron")} of ${whole(shape.neurons)} ${metrics.dead === 1 ? "is" : "are"}
silent for all test users.</li>
${unnamed.length > 0 && html`<li>${count(unnamed.length, "living neuron")} without a name (${list(unnamed)}).</li>`}
${tags && html`<li>${whole(unsure.length)} of ${whole(named.length)} names have a correlation below ${SURE}: read them
as a hint at most.</li>
<li>${whole(orphans.length)} of ${whole(tags.names.length)} tags have no neuron with a correlation of ${SURE} or more:
no single neuron stands for them.</li>`}
${costly.length > 0 && html`<li>No strength keeps ${percent(steering!.keep)} of the personal accuracy with: ${
    costly.map(({ method, neurons }) => (neurons > 0 ? `${method}, ${count(neurons, "neuron")}` : method))
      .join("; ")}.</li>`}
${!tags && html`<li>The data set has no tags, so nothing here has a name.</li>`}
</ul>
${tags ? html`<div class="side"><div><h3>Least confident names</h3>
${table([
    { head: "neuron", number: true }, { head: "name" }, { head: "r", number: true }, { head: "fires on", number: true },
  ], shaky.map(({ neuron, label, confidence, density }) =>
    [neuron, label, fixed(confidence, 2), percent(density, 1)]))}</div>
<div><h3>Tags without a good neuron</h3>
${table([
    { head: "tag" }, { head: "items", number: true }, { head: "best r", number: true },
    { head: "neuron", number: true },
  ], orphans.slice(0, ROWS).map(({ name, items, r, neuron }) =>
    [name, whole(items), fixed(r, 2), neuron < 0 ? "–" : neuron]))}</div></div>` : nothing}
</section>`;
}
