/** How narrowly tags spread over neurons and neurons over tags (paper's Fig. 3 and Table 2; docs/method.md §4). */
import { selectivityTable, type Selectivity, type SelectivityRow } from "../interpret/selectivity.js";
import { chart, figure, type Series } from "./chart.js";
import type { ReportData } from "./collect.js";
import { density } from "./density.js";
import { html, nothing, table, type Html } from "./html.js";
import { fixed, percent, whole } from "../base/numbers.js";

/** Rows of each table. */
const ROWS = 8;

export function selectivitySection({ selectivity: s, model }: ReportData): Html {
  const { tags, labels, shape } = model;
  if (!s || !tags) return nothing;
  const neuronNames = labels.map(({ neuron, label }) => `${neuron}${label === null ? "" : ` (${label})`}`);
  const series: Series[] = [
    { name: "tags over neurons", points: [], colour: 0, as: "area" },
    { name: "neurons over tags", points: [], colour: 1, as: "area" },
  ];
  const panel = (title: string, label: string, of: (one: Selectivity) => Float64Array): Html =>
    chart([s.tags, s.neurons].map((one, i) => ({ ...series[i], points: density(of(one)) })), {
      title, description: "distribution over tags and over neurons",
      x: { label }, y: { label: "density", from: 0, format: () => "" },
    });
  const { characterises, unique } = s.matches;
  return html`<section id="selectivity"><h2>Selectivity</h2>
<p>A knob can only be trusted when a tag sits on few neurons, and a neuron means few tags. Entropy measures the
spread of
one tag over neurons (or of one neuron over tags); the Kullback–Leibler divergence how far that spread is from the
average one.</p>
${figure([
    panel("Entropy", "entropy (nats)", ({ entropy }) => entropy),
    panel("Divergence from the mean", "KL (nats)", ({ divergence }) => divergence),
    panel("Entropy saved against the mean", "relative decrease", ({ decrease }) => decrease),
  ], series, html`Smoothed histograms; each has an area of 1. Selective models have low entropy (left), a high
divergence
(right) and a high relative decrease (right). The mean distribution over neurons has ${fixed(s.tags.entropyOfMean, 2)}
nats of at most ${fixed(Math.log(shape.neurons), 2)}, that over tags ${fixed(s.neurons.entropyOfMean, 2)} of
${fixed(Math.log(tags.names.length), 2)}.`)}
<div class="side">
${tables("Tags over neurons", "tag", s.tags, tags.names)}
${tables("Neurons over tags", "neuron", s.neurons, neuronNames)}
</div>
<h3>Matches</h3>
${table([{ head: "first choices" }, { head: "distinct neurons", number: true }, { head: "distinct tags", number: true },
    { head: "mutual", number: true }], [
    ["best characterises", whole(characterises.neurons), whole(characterises.tags), whole(characterises.mutual)],
    ["most unique", whole(unique.neurons), whole(unique.tags), whole(unique.mutual)],
  ], `Of ${whole(tags.names.length)} tags and ${whole(s.alive)} living neurons: how many different neurons the tags ` +
    "choose first, how many different tags the neurons choose first, and how many pairs choose each other.")}
<p>Mean monosemanticity of the neurons is ${fixed(s.meanMonosemanticity)}: the activation-weighted mean
similarity of the
tags of two items that fire the same neuron (Pach et al., arXiv 2504.02821, with tags describing items).
For any two items
of this data set it is ${fixed(s.anyTwoItems)}${s.anyTwoItems > 0 && html`, so a neuron’s items are ${
    fixed(s.meanMonosemanticity / s.anyTwoItems, 1)} times as alike`}.</p>
</section>`;
}

function tables(title: string, head: string, s: Selectivity, names: readonly string[]): Html {
  const { most, least } = selectivityTable(s, names, ROWS);
  const columns = [
    { head }, { head: "entropy", number: true }, { head: "KL", number: true }, { head: "decrease", number: true },
  ];
  const rows = (list: readonly SelectivityRow[]): string[][] =>
    list.map(({ name, entropy, divergence, decrease }) =>
      [name, fixed(entropy, 2), fixed(divergence, 2), percent(decrease)]);
  return html`<div><h3>${title}</h3>${table(columns, rows(most), "most selective")}${
    table(columns, rows(least), "least selective")}</div>`;
}
