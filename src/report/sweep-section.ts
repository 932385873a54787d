/** Reconstruction over a sweep: how much accuracy is left at how many active neurons (paper's Fig. 2). */
import { cfaeTitle } from "../model-folder/open-model.js";
import { findings } from "../sweep/findings.js";
import type { SaeConfig } from "../config/sae.js";
import type { SaeResult } from "../sweep/results.js";
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { chart, figure, type Point, type Series } from "./chart.js";
import type { ReportData } from "./collect.js";
import type { PaperLine } from "./paper.js";
import { html, nothing, table, type Html } from "./html.js";
import { saeKinds } from "../models/sae/registry.js";
import { lossNames } from "./names.js";
import { count } from "../base/numbers.js";

export function sweepSection({ sweep, model, paper }: ReportData): Html {
  if (sweep.length === 0) return nothing;
  const saes = sweep.filter((one): one is SaeResult => one.kind === "sae");
  const splits = new Set(sweep.map(({ split }) => split)).size;
  const seeds = new Set(sweep.map(({ seed }) => seed)).size;
  const series = seriesOf(saes);
  const names = Array.from(new Set(series.map(({ name }) => name)));
  const shown = names.map((name) => series.find((one) => one.name === name)!);
  const published = (of: (point: PaperLine["points"][number]) => number): Series[] => (paper?.reconstruction ?? [])
    .map(({ kind, loss, points }, i): Series => ({
      name: `paper, ${saeKinds.get(kind).title}, ${lossNames[loss]}`, colour: i, dashed: true, faint: true,
      points: points.map((point) => ({ x: point.l0, y: of(point) })),
    }));
  const below = (backbone: string): SaeResult[] => saes.filter((one) => backboneOf(one) === backbone);
  const backbones = Array.from(new Set(saes.map(backboneOf)));
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  // The paper's lines are those of the model's recommender.
  const behind = (backbone: string, of: (point: PaperLine["points"][number]) => number): Series[] =>
    (backbone.startsWith(`${cfaeTitle(model.config)}-`) ? published(of) : []);
  const panels = backbones.flatMap((backbone) => [
    chart([...seriesOf(below(backbone)), ...behind(backbone, ({ kept }) => kept)], {
      title: `${backbone}: accuracy kept`,
      description: "nDCG@20 with the autoencoder over that without, against the number of active neurons",
      x: { label: "active neurons a user (L0)", log: true }, y: { label: "nDCG@20 kept", format: share },
    }),
    chart([...seriesOf(below(backbone), ({ cosine }) => cosine), ...behind(backbone, ({ cosine }) => cosine)], {
      title: `${backbone}: cosine`,
      description: "cosine of embeddings and reconstructions against the number of active neurons",
      x: { label: "active neurons a user (L0)", log: true }, y: { label: "cosine" },
    }),
  ]);
  return html`<section id="sweep"><h2>Reconstruction</h2>
<p>${count(sweep.length, "run")} of a sweep, ${count(saes.length, "autoencoder")} on
${count(backbones.length, "recommender")}, ${
    count(seeds, "seed")}${splits > 1 ? `, ${splits} splits` : ""}.</p>
${saes.length > 0 && figure(panels, [...shown, ...published(() => 0)].map((one) => ({ ...one, points: [] })), html`Each
line is one kind of autoencoder on one recommender (a row), each point one setting, its seeds averaged: further right,
more neurons are active for a user; higher is better. At 100 % the autoencoder costs nothing. Error bars are standard
errors over users.${
    paper && html` Pale dashed: what the paper published for ${paper.name}, ELSA with 1,024 or MultVAE with 512
factors.`}`, 2)}
<h3>The paper’s findings on these runs</h3>
${table([{ head: "claim" }, { head: "" }, { head: "numbers" }], findings(sweep).map(({ claim, verdict, numbers }) => {
    const tone = verdict === "holds" ? "good" : verdict === "does not hold" ? "bad" : "soft";
    return [claim, html`<span class="${tone}">${verdict}</span>`, numbers];
  }))}
</section>`;
}

function backboneOf({ model, factors }: SaeResult): string {
  return `${cfaeTitle({ model })}-${factors}`;
}

function retained({ retention, change, plain }: SaeResult): Pick<Estimate, "mean" | "se"> {
  return { mean: retention.ndcg, se: change.ndcg.se / plain.ndcg.mean };
}

/** A line a kind, loss, target and width; a point a setting, its seeds averaged. */
function seriesOf(
  saes: readonly SaeResult[], value: (one: SaeResult) => Pick<Estimate, "mean" | "se"> = retained,
): Series[] {
  const settings = ({ settings: { kind, loss, target } }: SaeResult): string =>
    `${saeKinds.get(kind as string).title}, ${lossNames[loss as SaeConfig["loss"]]} to the ` +
    `${target === "embedding" ? "" : "standardised "}embedding`;
  const kinds = Array.from(new Set(saes.map(settings))).sort();
  const widths = Array.from(new Set(saes.map(({ neurons, factors }) => neurons / factors))).sort((a, b) => a - b);
  return kinds.flatMap((kind, colour) => widths.flatMap((width, w) => {
    const own = saes.filter((one) => settings(one) === kind && one.neurons / one.factors === width);
    if (own.length === 0) return [];
    const groups = new Map<string, SaeResult[]>();
    for (const one of own) {
      const key = JSON.stringify([one.settings.k, one.settings.l1]);
      groups.set(key, [...groups.get(key) ?? [], one]);
    }
    const points = Array.from(groups.values(), (runs): Point => ({
      x: estimate(runs.map(({ l0 }) => l0.mean)).mean,
      y: estimate(runs.map((one) => value(one).mean)).mean,
      errorY: estimate(runs.map((one) => value(one).se)).mean,
    })).sort((a, b) => a.x - b.x);
    return [{ name: `${kind}${widths.length > 1 ? `, H = ${width}·D` : ""}`, points, colour, dashed: w % 2 === 1 }];
  }));
}
