/** The whole report on a small model, with titles and tags that would break a careless page. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { splitDataset } from "../../src/data/split-users.js";
import { UserError } from "../../src/base/user-error.js";
import type { SweepResult } from "../../src/sweep/results.js";
import { collectReport, type ReportOptions } from "../../src/report/collect.js";
import { renderReport } from "../../src/report/page.js";
import type { Meaning } from "../../src/interpret/meaning/meaning-figures.js";
import { paperFigures } from "../../src/report/paper.js";
import type { ReferencePoint } from "../../src/report/reference.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const HOSTILE = "</li><script>alert(\"x\")</script> & 'more'";

const { dataset, truth } = tinyWorld();
const trained = await tinyModel();
const { tags } = trained;
const model = {
  ...trained,
  items: { ...trained.items, titles: trained.items.titles.map((title, i) => `${title} ${i % 2 ? HOSTILE : ""}`) },
  tags: tags && { ...tags, names: tags.names.map((name, t) => (t === 0 ? HOSTILE : name)) },
  labels: trained.labels.map((one) => (one.tag === 0 ? { ...one, label: HOSTILE } : one)),
};
const split = splitDataset(dataset, { seed: 5 });
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });

async function page(options: ReportOptions = {}, of = model, name = dataset.name): Promise<string> {
  const before = engine.heap.mark();
  const opened = { dataset: { ...dataset, name }, split, truth };
  const text = renderReport(await collectReport(engine, of, opened, { cards: 6, ...options }));
  assert.is(engine.heap.mark(), before, "the heap is as it was");
  return text;
}

async function refused(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof UserError && message.test(error.message), String(error));
}

const whole = await page();

test("it is self-contained: no script, nothing to load, nothing from a title that is markup", () => {
  assert.match(whole, /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src /);
  assert.not.match(whole, /<script|<link|<img|<iframe|@import|url\(|\bsrc=|https?:/i);
  assert.match(whole, /&lt;\/li&gt;&lt;script&gt;alert\(&quot;x&quot;\)/);
});

test("every element is closed in its place, and no number is broken", () => {
  const open: string[] = [];
  for (const [, close, name, self] of whole.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s(?:[^<>"]|"[^"]*")*?)?(\/?)>/g)) {
    if (self === "/" || name === "meta") continue;
    if (close === "") open.push(name);
    else assert.is(open.pop(), name);
  }
  assert.equal(open, []);
  assert.not.match(whole, /NaN|Infinity|undefined|\[object/);
});

test("every section is there, and each link leads to one", () => {
  const ids = Array.from(whole.matchAll(/<section id="([a-z]+)"/g), ([, id]) => id);
  assert.equal(ids, [
    "data", "results", "selectivity", "meaning", "neurons", "explanation", "steering", "several", "failures",
  ]);
  assert.equal(Array.from(whole.matchAll(/href="#([a-z]+)"/g), ([, id]) => id), ids);
  assert.is(whole.match(/<article class="card"/g)?.length, 6);
  assert.match(whole, /Planted concepts found again/);
  const figures = whole.match(/<figure>/g)!.length;
  assert.ok(figures >= 3, `${figures} figures`);
  assert.is(whole.match(/<figcaption>/g)?.length, figures);
});

test("a hard world's figures stand beside its floors and ceilings", async () => {
  const firing = {
    f1: 0.61, fit: 0.7, precision: 0.6, recall: 0.6, auc: 0.9, recovered: 0.3, uniqueness: 0.9, oneToOne: 0.5,
    parents: 0.41, children: 0.62, free: 0.73, correlation: 0.5,
  };
  const meaning: Meaning = {
    against: "concepts", items: 400, concepts: 16, leftOut: 0, codes: { SAE: firing, PCA: { ...firing, f1: 0.21 } },
    ceilings: { "taught direction": 0.76 }, sets: { f1: 0.66, size: 12 }, explained: 0.9, l0: 16, dead: 1, neurons: 512,
    world: {
      directions: 0.55, randomDirections: 0.31, absorption: 0.24, hidden: 0.05, union: 0.68, unionNeurons: 1.4,
      split: 0.35, userAuc: 0.88, own: 0.52, stranger: 0.08,
    },
    proven: null, groups: { concepts: 40, proven: 12, tags: 12, share: 0.6, f1: 0.64, uniqueness: 1 },
  };
  const [section] = /<section id="meaning">.*?<\/section>/s.exec(await page({ steering: false }, { ...model, meaning }))!;
  const cells = (name: string): string[] =>
    Array.from(new RegExp(`<td>${name}</td>(.*?)</tr>`, "s").exec(section)![1].matchAll(/<td[^>]*>(.*?)<\/td>/g), ([, cell]) => cell);
  assert.equal(cells("best neuron"), ["0.610", "0.700", "0.500", "0.900", "0.410", "0.620", "0.730"]);
  assert.is(cells("ceiling: taught direction")[0], "0.760");
  for (const figure of ["24 %", "0.680", "1.4", "35 %", "0.550", "0.310", "0.880", "52 %", "8 %"]) {
    assert.ok(section.includes(figure), figure);
  }
});

test("with controls all floors stand in the report", async () => {
  const controlled = await page({ steering: false, controls: true });
  for (const floor of ["PCA", "untrained", "ICA", "NMF"]) assert.ok(controlled.includes(`floor: ${floor}`), floor);
  assert.match(controlled, /ceiling: probe on all neurons/);
});

test("α stands beside the points of a line of each panel, and a pointer over any point says it", () => {
  const [steering] = /<section id="steering">.*?<\/section>/s.exec(whole)!;
  const hovers = Array.from(steering.matchAll(/<title>[^<]*α = (\d\.\d): /g), ([, alpha]) => alpha);
  assert.ok(new Set(hovers).size >= 6, hovers.join());
  for (const alpha of ["0.1", "0.3", "0.5"]) assert.match(steering, `>${alpha}</text>`);
});

test("the same model gives the same bytes", async () => {
  assert.is(await page(), whole);
});

test("without tags there is no selectivity and no steering, and the page says so", async () => {
  const bare = await page({}, {
    ...model, tags: null,
    labels: model.labels.map((one) => ({ ...one, label: null, tag: -1, confidence: NaN, runnersUp: [] })),
  });
  assert.not.match(bare, /id="selectivity"|id="steering"/);
  assert.match(bare, /has no tags/);
  assert.not.match(bare, /NaN|undefined/);
});

test("a sweep adds reconstruction curves; one on other data is refused", async () => {
  const est = (mean: number): { mean: number; se: number; n: number } => ({ mean, se: 0.01, n: 30 });
  const quality = { recall: est(0.3), ndcg: est(0.2) };
  const fit = { epochs: 1, bestEpoch: 1, bestValidationLoss: 1, stoppedEarly: false };
  const run = (k: number): SweepResult => ({
    kind: "sae", run: `r${k}`, title: `k ${k}`, seed: 1, data: model.data.name, split: "s", test: quality,
    validation: quality, model: "elsa", cfae: "c", factors: 16, neurons: 32, fit,
    settings: { kind: "topk", loss: "l2", target: "embedding", k }, plain: quality, change: quality,
    retention: { recall: 0.9, ndcg: 0.8 + k / 100 }, cosine: est(0.9), l0: est(k), dead: 1,
  });
  const text = await page({ sweep: [run(4), run(8)], steering: false });
  assert.match(text, /ELSA-16: accuracy kept/);
  assert.match(text, /Retention grows with k/);
  assert.not.match(text, /id="steering"/);
  await refused(page({ sweep: [{ ...run(4), data: "other" }] }), /no finished run on tiny/);
});

test("a reference is drawn behind the curves, from the SAE that is most alike", async () => {
  const point = (sae: string, strength: number): ReferencePoint =>
    ({ sae, mapping: "characterises", neurons: 5, strength, personal: 0.3 - strength / 5, segment: 0.1 + strength });
  const text = await page({ reference: [
    point("Cosine, embedding target", 0), point("L2, embedding target", 0), point("L2, embedding target", 0.2),
  ] });
  assert.match(text, /“L2, embedding target”/);
  assert.match(text, /reference, 5/);
});

test("names that an earlier training gave are counted", async () => {
  assert.not.match(whole, /called as before/);
  const text = await page({ cards: 1, steering: false }, { ...model, namesKept: { concepts: 12, kept: 9 } });
  assert.match(text, /Of an earlier training’s 12 concepts 9 \(75 %\) are found again/);
});

test("the bars of the explained item add up to its score, and all explanations were checked", () => {
  const [section] = whole.match(/<section id="explanation">[\s\S]*?<\/section>/)!;
  const values = Array.from(
    section.matchAll(/<span>([+−]?\d+\.\d+)<\/span><\/li>/g), ([, text]) => Number(text.replace("−", "-")),
  );
  const [score] = values.splice(-1);
  assert.ok(values.length > 2);
  const sum = values.reduce((total, value) => total + value, 0);
  // Each value is rounded to three decimals.
  assert.ok(Math.abs(sum - score) <= 0.0005 * (values.length + 1), `${sum} is not ${score}`);
  assert.match(section, /at most \d\.\d · 10⁻[⁵⁶⁷⁸⁹] of it/);
});

test("the paper's curves are behind the figures of the paper's data sets only", async () => {
  const paper = paperFigures("ml-25m", 160_000, "elsa");
  assert.is(paper?.name, "ML-25M");
  assert.equal(["characterises", "unique", "teaser"].map((mapping) =>
    paper!.steering.filter((point) => point.mapping === mapping).length), [18, 6, 6]);
  const top10 = paper!.steering.filter(({ mapping, neurons }) => mapping === "characterises" && neurons === 10);
  assert.equal(top10.map(({ strength }) => strength), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.equal([top10[3].personal, top10[3].segment], [0.33, 0.283]);
  assert.is(paperFigures("ML-25M", 160_000, "multvae")!.steering.length, 18, "MultVAE's own two, and TEASER");
  assert.is(paperFigures("msd", 500_000, "elsa")?.name, "MSD");
  for (const name of ["ml-1m", "ml-20m", "ml-latest-small", "goodbooks-10k", "world", "ml-25m-sample", "my-msd"]) {
    assert.is(paperFigures(name, 160_000, "elsa"), null, name);
  }
  assert.is(paperFigures("ml-25m", 600, "elsa"), null, "a sample of it");

  const data = await collectReport(engine, model, { dataset, split, truth }, { cards: 2 });
  assert.is(data.paper, null);
  assert.not.match(renderReport(data), /the paper’s curves/);
  const text = renderReport({ ...data, paper });
  const { steering } = data;
  const none = { ...steering!, curves: steering!.curves.map((one) => ({ ...one, chosen: null })) };
  assert.match(renderReport({ ...data, steering: none }), /No knob keeps enough at any strength: with nothing turned/);
  assert.match(text, /the paper’s curves on ML-25M, measured on another\s+model/);
  for (const name of ["reference, 1", "reference, 10", "reference, TEASER"]) assert.ok(text.includes(name), name);
});

test("another data set is refused", () =>
  refused(
    page({}, { ...model, items: { ...model.items, ids: model.items.ids.slice(1) } }), /120 items, the model 119/,
  ));

test.run();
