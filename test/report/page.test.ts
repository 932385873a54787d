/** The whole report on a small model, with titles and tags that would break a careless page. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { splitDataset } from "../../src/data/split-users.js";
import { UserError } from "../../src/kernels/user-error.js";
import type { SweepResult } from "../../src/pipeline/sweep/results.js";
import { collectReport, type ReportOptions } from "../../src/report/collect.js";
import { renderReport } from "../../src/report/page.js";
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

function page(options: ReportOptions = {}, of = model): string {
  const before = engine.heap.mark();
  const text = renderReport(collectReport(engine, of, { dataset, split, truth }, { cards: 6, ...options }));
  assert.is(engine.heap.mark(), before, "the heap is as it was");
  return text;
}

const whole = page();

test("it is self-contained: no script, nothing to load, nothing from a title that is markup", () => {
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
  assert.equal(ids, ["data", "results", "selectivity", "neurons", "steering", "failures"]);
  assert.equal(Array.from(whole.matchAll(/href="#([a-z]+)"/g), ([, id]) => id), ids);
  assert.is(whole.match(/<article class="card"/g)?.length, 6);
  assert.match(whole, /Planted concepts found again/);
  assert.is(whole.match(/<figcaption>/g)?.length, 2);
});

test("the same model gives the same bytes", () => {
  assert.is(page(), whole);
});

test("without tags there is no selectivity and no steering, and the page says so", () => {
  const bare = page({}, {
    ...model, tags: null,
    labels: model.labels.map((one) => ({ ...one, label: null, tag: -1, confidence: NaN, runnersUp: [] })),
  });
  assert.not.match(bare, /id="selectivity"|id="steering"/);
  assert.match(bare, /has no tags/);
  assert.not.match(bare, /NaN|undefined/);
});

test("a sweep adds reconstruction curves; one on other data is refused", () => {
  const est = (mean: number): { mean: number; se: number; n: number } => ({ mean, se: 0.01, n: 30 });
  const quality = { recall: est(0.3), ndcg: est(0.2) };
  const fit = { epochs: 1, bestEpoch: 1, bestValidationLoss: 1, stoppedEarly: false };
  const run = (k: number): SweepResult => ({
    kind: "sae", run: `r${k}`, title: `k ${k}`, seed: 1, data: model.data.name, split: "s", test: quality,
    validation: quality, model: "elsa", cfae: "c", factors: 16, neurons: 32, fit,
    settings: { kind: "topk", loss: "l2", target: "embedding", k }, plain: quality, change: quality,
    retention: { recall: 0.9, ndcg: 0.8 + k / 100 }, cosine: est(0.9), l0: est(k), dead: 1,
  });
  const text = page({ sweep: [run(4), run(8)], steering: false });
  assert.match(text, /ELSA-16: accuracy kept/);
  assert.match(text, /Retention grows with k/);
  assert.not.match(text, /id="steering"/);
  assert.throws(() => page({ sweep: [{ ...run(4), data: "other" }] }), (error: unknown) =>
    error instanceof UserError && /no finished run on tiny/.test(error.message));
});

test("a reference is drawn behind the curves, from the SAE that is most alike", () => {
  const point = (sae: string, strength: number): ReferencePoint =>
    ({ sae, mapping: "characterises", neurons: 5, strength, personal: 0.3 - strength / 5, segment: 0.1 + strength });
  const text = page({ reference: [
    point("Cosine, embedding target", 0), point("L2, embedding target", 0), point("L2, embedding target", 0.2),
  ] });
  assert.match(text, /“L2, embedding target”/);
  assert.match(text, /reference, 5/);
});

test("another data set is refused", () => {
  assert.throws(() => page({}, { ...model, items: { ...model.items, ids: model.items.ids.slice(1) } }),
    (error: unknown) => error instanceof UserError && /120 items, the model 119/.test(error.message));
});

test.run();
