/** Data, protocol and the figures a model is judged by; on a world, the planted concepts that were found again. */
import { labelMethods, type LabelMethod } from "../interpret/labels.js";
import type { Recovery } from "../interpret/meaning/recovery.js";
import { residualOf } from "../config/sae.js";
import type { BeyondAccuracy } from "../evaluate/list-figures.js";
import { cfaeTitle } from "../model-folder/open-model.js";
import type { ConceptsFound } from "../measure/measure-concepts.js";
import type { ModelMetrics, Quality } from "../model-folder/model.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";
import { saeKinds } from "../models/sae/registry.js";
import { lossNames } from "./names.js";
import { count, fixed, percent, signed, whole, withError } from "../base/numbers.js";

export function dataSection({ model, dataset, split }: ReportData): Html {
  const { data, shape, tags, config, fit, seed } = model;
  const { sae } = config;
  const name = cfaeTitle(config);
  const density = data.interactions / (dataset.users * dataset.items);
  const epochs = ({ epochs: n, bestEpoch }: typeof fit.cfae): string =>
    `${count(n, "epoch")}, the weights of ${bestEpoch} kept`;
  const loss = `${lossNames[sae.loss]} loss to the ${sae.target === "embedding" ? "" : "standardised "}embedding`;
  const k = saeKinds.get(sae.kind).k === "unused" ? "" : `, k = ${sae.k}`;
  const rows: [string, string | Html][] = [
    ["data set", html`${dataset.name}: ${whole(dataset.users)} users, ${whole(dataset.items)} items, ${
      whole(data.interactions)} interactions (${percent(density, 2)} of the matrix)`],
    ["feedback", "implicit: an interaction is there or not"],
    ["split", html`by user, ${whole(data.trainUsers)} for training, ${whole(data.validationUsers)} for validation, ${
      whole(data.testUsers)} for the test; no user is in two parts (strong generalisation)`],
    ["held out", html`a fifth of each evaluated user’s interactions, ${
      whole(split.targets)} in the test; the rest is the input`],
    ["metrics", "recall@20 and nDCG@20 with items of the input left out of the list; mean ± standard error over users"],
    ["recommender", `${name}, ${shape.factors} factors; ${epochs(fit.cfae)}`],
    ["autoencoder", `${saeKinds.get(sae.kind).title}, ${shape.neurons} neurons${k}, ${loss}; ${epochs(fit.sae)}`],
    ["tags", tags
      ? `${whole(tags.names.length)} with ${count(data.minTagApplications, "application")} or more`
      : "none: neurons stay without names, and steering by tag cannot be measured"],
    ["seed", String(seed)],
  ];
  return html`<section id="data"><h2>Data and protocol</h2>
${table([{ head: "" }, { head: "" }], rows)}
${dataset.notes.length > 0 && html`<details><summary>What was read and what was left out</summary><ul>${
    dataset.notes.map((note) => html`<li>${note}</li>`)}</ul></details>`}
</section>`;
}

export function resultsSection({ model, concepts }: ReportData): Html {
  const { metrics, shape, config } = model;
  const name = cfaeTitle(config);
  const row = (title: string, { recall, ndcg }: Quality): string[] => [title, withError(recall), withError(ndcg)];
  const { change, shown } = metrics;
  const clear = Math.abs(change.ndcg.mean) > 2 * change.ndcg.se;
  return html`<section id="results"><h2>Results</h2>
${table([{ head: "model" }, { head: "recall@20", number: true }, { head: "nDCG@20", number: true }], [
    row("popularity", metrics.popularity), row(name, metrics.cfae),
    row(`${name} through the autoencoder`, metrics.nested),
    ["change by the autoencoder", `${signed(change.recall.mean)} ± ${fixed(change.recall.se)}`,
      `${signed(change.ndcg.mean)} ± ${fixed(change.ndcg.se)}`],
  ], `Mean ± standard error over ${whole(metrics.testUsers)} test users. The change is taken user by user.`)}
<p>Through the autoencoder ${percent(metrics.nested.ndcg.mean / metrics.cfae.ndcg.mean, 1)} of the nDCG@20 remains; the
change is ${clear ? "more" : "less"} than two standard errors. Embeddings and their reconstructions have a cosine of ${
    withError(metrics.cosine)}; ${fixed(metrics.l0.mean, 1)} of ${shape.neurons} neurons are active for a user, and ${
    count(metrics.dead, "neuron")} for no test user at all.</p>
<p>${shown === "cfae"
    ? html`With nothing turned, lists are those of ${name} itself: what the autoencoder does not rebuild of an
embedding is kept beside it (residual “${residualOf(model)}”).`
    : "Lists show what comes through the autoencoder alone: what it does not rebuild of an embedding is dropped."}</p>
${metrics.lists ? listsPart(metrics.lists, name) : nothing}
${concepts ? conceptsPart(concepts) : nothing}
</section>`;
}

function listsPart(lists: NonNullable<ModelMetrics["lists"]>, name: string): Html {
  const row = (title: string, one: BeyondAccuracy): string[] => [
    title, percent(one.coverage), fixed(one.gini), percent(one.tail), withError(one.novelty, 2),
    one.distance ? withError(one.distance) : "–", one.calibration ? withError(one.calibration) : "–",
  ];
  const numbers = ["coverage", "Gini", "long tail", "novelty", "distance", "calibration"];
  return html`<h3>Lists beside their accuracy</h3>
${table([{ head: "model" }, ...numbers.map((head) => ({ head, number: true }))], [
    row("popularity", lists.popularity), row(name, lists.cfae), row(`${name} through the autoencoder`, lists.nested),
  ], `Lists of ${lists.cfae.n} for the test users. Coverage: items in anybody’s list. Gini: 0 when all items are ` +
    "shown alike. Long tail: share of the lists that the least popular items with a fifth of all interactions have. " +
    "Novelty: bits, rarer is more. Distance: 1 − cosine between a list’s items. Calibration: divergence of a list’s " +
    "tags from the person’s, 0 is the same mixture.")}`;
}

function conceptsPart({ sae, untrained, pca, names, namesBy }: ConceptsFound): Html {
  const row = (title: string, { recovered, meanF1, meanAuc, concepts, level }: Recovery): string[] => [
    title, `${concepts.filter(({ f1 }) => f1 >= level).length} of ${concepts.length}`, percent(recovered),
    fixed(meanF1), fixed(meanAuc),
  ];
  return html`<h3>Planted concepts found again</h3>
${table([
    { head: "codes" }, { head: "recovered", number: true }, { head: "", number: true },
    { head: "mean F1", number: true }, { head: "mean AUC", number: true },
  ], [
    row("trained autoencoder", sae), row("principal components", pca), row("untrained autoencoder", untrained),
  ], "This world’s items have known concepts. A concept is recovered when its best single neuron tells its items " +
    `from the others with F1 ≥ ${sae.level}.`)}
<p>${names.right} of ${names.concepts} recovered concepts (${percent(names.accuracy)}) are
named rightly by the tags.${names.wrong.length > 0 && html` Wrong: ${names.wrong.map(({ concept, neuron, label }) =>
    `${concept} (neuron ${neuron} is called ${label ?? "nothing"})`).join(", ")}.`}</p>
${namesBy && table([{ head: "names chosen by" }, { head: "right", number: true }, { head: "", number: true }],
    labelMethods.map((method) => {
      const { right, concepts, accuracy } = namesBy[method];
      return [LABEL_METHODS[method], `${right} of ${concepts}`, percent(accuracy)];
    }), "Each way of naming neurons against the planted truth, for the recovered concepts.")}`;
}

const LABEL_METHODS: Record<LabelMethod, string> = {
  correlation: "correlation", characterises: "TF-IDF, best characterises", unique: "TF-IDF, most unique",
};
