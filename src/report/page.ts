/**
 * The report as one HTML file: no network, no script, figures inline. The same model and data give the same bytes.
 */
import { mappings } from "../interpret/tag-neurons.js";
import { cfaeTitle } from "../model-folder/open-model.js";
import type { ReportData } from "./collect.js";
import { explanationSection } from "./explanation-section.js";
import { failuresSection, SURE } from "./failures-section.js";
import { hiddenHalvesSection } from "./hidden-halves-section.js";
import { severalSection } from "./several-section.js";
import { Html, html, nothing } from "./html.js";
import { meaningSection } from "./meaning-section.js";
import { neuronsSection } from "./neurons-section.js";
import { fixed, percent, whole } from "../base/numbers.js";
import { dataSection, resultsSection } from "./results-section.js";
import { selectivitySection } from "./selectivity-section.js";
import { bestOf, steeringSection } from "./steering-section.js";
import { style } from "./style.js";
import { sweepSection } from "./sweep-section.js";

/** The report as HTML text; the same data give the same bytes. */
export function renderReport(data: ReportData): string {
  const { model } = data;
  const sections: [id: string, title: string, content: Html][] = [
    ["data", "Data and protocol", dataSection(data)],
    ["results", "Results", resultsSection(data)],
    ["sweep", "Reconstruction", sweepSection(data)],
    ["selectivity", "Selectivity", selectivitySection(data)],
    ["meaning", "What the neurons mean", meaningSection(data)],
    ["neurons", "Neurons", neuronsSection(data)],
    ["explanation", "Why an item is recommended", explanationSection(data)],
    ["steering", "Steering", steeringSection(data)],
    ["hidden-halves", "Steering, on hidden halves", hiddenHalvesSection(data)],
    ["several", "Steering by two tags at once", severalSection(data)],
    ["failures", "What did not work", failuresSection(data)],
  ];
  const present = sections.filter(([, , content]) => content !== nothing);
  const name = cfaeTitle(model.config);
  const title = `${name} and ${whole(model.shape.neurons)} neurons on ${model.data.name}`;
  // No script, nothing from elsewhere: a title with markup in it could do nothing even if it were not escaped.
  // Widths of bars are style attributes.
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  // The style sheet is ours and stands as it is; everything else goes through the template's escaping.
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${new Html(style)}</style></head>
<body><header><p class="soft">unknot report</p><h1>${title}</h1>
${summary(data)}
<nav aria-label="Sections"><ul>${present.map(([id, heading]) =>
    html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav></header>
<main>${present.map(([, , content]) => content)}</main>
<footer>${provenance(data)}</footer></body></html>
`.text;
}

function summary({ model, steering }: ReportData): Html {
  const { metrics, labels, tags } = model;
  const named = labels.filter(({ label }) => label !== null);
  const sure = named.filter(({ confidence }) => confidence >= SURE).length;
  const best = steering && bestOf(steering, mappings, 10);
  const cells: [string, string][] = [
    [fixed(metrics.nested.ndcg.mean), `nDCG@20 through the autoencoder; ${fixed(metrics.cfae.ndcg.mean)} without`],
    [percent(metrics[metrics.shown].ndcg.mean / metrics.cfae.ndcg.mean, 1), metrics.shown === "cfae"
      ? "of the accuracy kept with nothing turned: what the autoencoder misses stays" : "of the accuracy kept"],
    [fixed(metrics.l0.mean, 1), `of ${whole(model.shape.neurons)} neurons active for a user`],
    ...(tags ? [[`${sure} / ${named.length}`, `names with a correlation of ${SURE} or more`] as [string, string]] : []),
    ...(steering && best ? [[
      `${fixed(best.segment.ndcg.mean / steering.plain.segment.ndcg.mean, 1)}×`,
      `a tag’s nDCG@20 with up to 10 neurons turned, ${
        percent(best.personal.ndcg.mean / steering.plain.personal.ndcg.mean)} of the personal one kept`,
    ] as [string, string]] : []),
  ];
  return html`<ul class="figures">${cells.map(([value, text]) =>
    html`<li><b>${value}</b><span>${text}</span></li>`)}</ul>`;
}

function provenance({ model }: ReportData): Html {
  const { config, seed, numerics, data } = model;
  const settings = JSON.stringify({ source: data.source?.world ?? data.name, seed, config }, null, 2);
  return html`<p>Written by unknot from the model’s own figures and a measurement on its data; seed ${seed}, ${numerics}
numerics. The method is that of M. Spišák et al., “From Knots to Knobs: Towards Steerable Collaborative Filtering Using
Sparse Autoencoders”, arXiv 2601.11182 (2026).</p>
<details><summary>Settings</summary><pre>${settings}</pre></details>`;
}
