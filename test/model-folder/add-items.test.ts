/** Items by their tags: closed forms, left-out predictions, and a model that takes them in without changing. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { openEngine } from "../../src/engine/open.js";
import { RidgeMap, chooseRidgeMap, rowCosines } from "../../src/models/cold/ridge-map.js";
import { Random } from "../../src/base/random.js";
import { addItems, asTrained } from "../../src/model-folder/add-items.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { openSession } from "../../src/session/open-session.js";
import { recommenders } from "../../src/models/recommenders/registry.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";
import { assertClose } from "../support/assert-close.js";
import { doubleEngine } from "../support/gradient-check.js";

function normal(rows: number, cols: number, seed: number): { data: Float64Array; rows: number; cols: number } {
  const random = new Random(seed);
  return { data: Float64Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

test("one feature: the mean of its items, held back by λ", () => {
  const engine = doubleEngine();
  const features = { data: Float64Array.of(1, 1, 0), rows: 3, cols: 1 };
  const vectors = { data: Float64Array.of(2, 4, 4, 0, 9, 9), rows: 3, cols: 2 };
  const map = RidgeMap.fit(engine, features, 1);
  assertClose(map.weights(vectors), [6 / 3, 4 / 3], { absolute: 1e-12 });
  const twice = { data: Float64Array.of(2), rows: 1, cols: 1 };
  assertClose(map.predict(vectors, twice).data, [4, 8 / 3], { absolute: 1e-12 });
});

/** Rows with two of the columns each. */
function nearlyEmpty(rows: number, cols: number, seed: number): ReturnType<typeof normal> {
  const features = normal(rows, cols, seed);
  return { ...features, data: features.data.map((value, q) => {
    const [row, col] = [Math.floor(q / cols), q % cols];
    return col === row % cols || col === (3 * row + 1) % cols ? value : 0;
  }) };
}

for (const [what, items, features, make] of [
  ["items", 12, 5, normal], ["features, by the dual", 5, 12, normal],
  ["items with few features each", 40, 30, nearlyEmpty],
] as const) {
  test(`more ${what}: left-out predictions are those of a fit without the item`, () => {
    const engine = doubleEngine();
    const [f, v] = [make(items, features, 1), normal(items, 3, 2)];
    const leftOut = RidgeMap.fit(engine, f, 0.7).leftOut(v);
    for (let i = 0; i < items; i++) {
      const without = ({ data, rows, cols }: typeof f): typeof f => ({
        data: data.filter((_, q) => Math.floor(q / cols) !== i), rows: rows - 1, cols,
      });
      const own = { data: f.data.slice(i * features, (i + 1) * features), rows: 1, cols: features };
      const expected = RidgeMap.fit(engine, without(f), 0.7).predict(without(v), own);
      assertClose(leftOut.data.slice(3 * i, 3 * i + 3), expected.data, { absolute: 1e-9 }, `item ${i}`);
    }
  });
}

test("primal and dual are the same map", () => {
  const engine = doubleEngine();
  const [f, v] = [normal(7, 7, 3), normal(7, 2, 4)];
  const wide = { data: new Float64Array(7 * 8), rows: 7, cols: 8 };
  for (let i = 0; i < 7; i++) wide.data.set(f.data.subarray(7 * i, 7 * i + 7), 8 * i);
  const [primal, dual] = [RidgeMap.fit(engine, f, 2).weights(v), RidgeMap.fit(engine, wide, 2).weights(v)];
  assertClose(dual.slice(0, 14), primal, { absolute: 1e-10 });
  assertClose(dual.slice(14), [0, 0], { absolute: 1e-12 });
});

test("one Gram matrix for every λ: the same map as from the features alone", () => {
  const engine = doubleEngine();
  const [f, v] = [normal(12, 5, 1), normal(12, 3, 2)];
  const { map } = chooseRidgeMap(engine, f, v, [50, 0.7, 2000]);
  assert.equal(map.weights(v), RidgeMap.fit(engine, f, map.lambda).weights(v));
});

test("λ that makes no sense is refused", () => {
  assert.throws(() => RidgeMap.fit(doubleEngine(), normal(3, 2, 1), 0), /λ must be greater than 0, got 0/);
});

// Trained for longer than tinyModel is: else vectors are mostly where they began, which no tag tells.
const longer = { ...tinyConfig.elsa, learningRate: 0.02, epochs: 60 };
const model = await tinyModel({ config: { ...tinyConfig, elsa: longer } });
const names = model.tags!.names;

test("new items join, what was trained stays, and all of it is saved", () => inTemporaryFolder(async (folder) => {
  const engine = openEngine({ threads: 1 });
  const { model: larger, added, leftOut, unknownTags, cosine } = addItems(engine, model, [
    { id: "new-1", title: "The New One", tags: [names[0].toUpperCase()] },
    { id: "new-2", tags: [names[1], names[2], "unheard of"] },
    { id: "new-3", tags: ["unheard of"] },
  ]);
  const I = model.items.ids.length;
  assert.equal(leftOut, ["new-3"]);
  assert.equal([...unknownTags], [["unheard of", 2]]);
  assert.equal(larger.items.ids.slice(I), ["new-1", "new-2"]);
  assert.equal(larger.items.titles.slice(I), ["The New One", "new-2"]);
  assert.equal(added.map(({ item }) => item), [I, I + 1]);
  assert.ok(cosine.mean > 0.3 && added.every(({ low, cosine: c, high }) => low <= c && c <= high));
  assert.is(added[0].reasons[0].tag, names[0]);
  const D = model.shape.factors;
  const rows = larger.cfae.encoder.data;
  assert.equal(rows.slice(0, I * D), model.cfae.encoder.data);
  for (const i of [I, I + 1]) {
    assertClose(rows.slice(i * D, (i + 1) * D).reduce((sum, x) => sum + x * x, 0), 1, { absolute: 1e-6 });
  }
  await saveModel(`${folder}/larger`, larger);
  assert.equal(await loadModel(`${folder}/larger`), larger);
  assert.equal(asTrained(larger).cfae, model.cfae);
  assert.equal(asTrained(larger).tags, model.tags);
  assert.equal(asTrained(larger).items, model.items);

  const [before, after] = [model, larger].map((one) => openSession(one, { threads: 1 }));
  const profile = before.samples(1)[0].items;
  const old = after.recommend(profile, I).items.filter(({ item }) => item < I);
  assert.equal(old, before.recommend(profile, I).items.slice(0, old.length));
  const { contributions, score, unexplained } = after.explain(profile, "new-1");
  assert.ok(contributions.length > 0 && Number.isFinite(score + unexplained));
  const report = after.inspectTag(names[0]);
  assert.is(report.items, before.inspectTag(names[0]).items + 1);
  after.close();
  before.close();

  // A second time, on a model that has estimates already: they teach nothing.
  const twice = addItems(engine, larger, [{ id: "new-4", tags: [names[0]] }]);
  const again = addItems(engine, model, [{ id: "new-4", tags: [names[0]] }]);
  assert.equal(twice.model.cfae.encoder.data.slice(-D), again.model.cfae.encoder.data.slice(-D));
  assert.is(twice.model.items.estimated!.length, 3);
}));

test("a tag's new item is near the items of the tag", () => {
  const engine = openEngine({ threads: 1 });
  const { counts } = model.tags!;
  const D = model.shape.factors;
  names.slice(0, 6).forEach((name, t) => {
    const { cfae } = addItems(engine, model, [{ id: "new", tags: [name] }]).model;
    const own = cfae.encoder.data.slice(-D);
    const cosines = model.items.ids.map((_, i) => rowCosines({ data: own, rows: 1, cols: D }, {
      data: model.cfae.encoder.data.slice(i * D, (i + 1) * D), rows: 1, cols: D,
    })[0]);
    const carriers = new Set(counts.indices.subarray(counts.indptr[t], counts.indptr[t + 1]));
    const mean = (list: number[]): number => list.reduce((sum, c) => sum + c, 0) / list.length;
    assert.ok(
      mean(cosines.filter((_, i) => carriers.has(i))) > mean(cosines.filter((_, i) => !carriers.has(i))) + 0.1, name,
    );
  });
});

test("features in place of tags", () => {
  const engine = openEngine({ threads: 1 });
  const [I, D] = [model.items.ids.length, model.shape.factors];
  // Features that are the vectors themselves: a new item with an old one's is where that one is.
  const features = { data: Float64Array.from(model.cfae.encoder.data), rows: I, cols: D };
  const own = Array.from(model.cfae.encoder.data.slice(3 * D, 4 * D));
  const { model: larger } = addItems(engine, model, [{ id: "twin", features: own }], { features, lambda: 1e-4 });
  assertClose(larger.cfae.encoder.data.slice(-D), own, { absolute: 1e-3 });
  assert.throws(() => addItems(engine, model, [{ id: "twin", features: [1] }], { features }),
    new RegExp(`"twin" has 1 features, expected ${D} numbers`));
  assert.throws(() => addItems(engine, model, [], { features: { ...features, rows: 3 } }), /features are of 3 items/);
});

test("refused: an id that is there, no known tag, no tags at all", () => {
  const engine = openEngine({ threads: 1 });
  const add = (id: string, tags: string[], to = model) => () => addItems(engine, to, [{ id, tags }]);
  assert.throws(add(model.items.ids[0], [names[0]]), /is in the model already/);
  assert.throws(add("new", ["unheard of"]), (e: unknown) => e instanceof UserError && /none of the 1 new/.test(e.message));
  assert.throws(add("new", [names[0]], { ...model, tags: null }), /this model has no tags/);
});

for (const name of recommenders.names) {
  test(`${name} takes new items, and gives them back`, async () => {
    const fast = { epochs: 1, factors: 8, batchSize: 64 };
    const trained = await tinyModel({
      config: {
        ...tinyConfig, model: name, multvae: { ...fast, hidden: 12 }, recvae: { ...fast, hidden: 12 },
        edlae: { factors: 8, solver: "free" },
        elsaSparse: { factors: 8, nonZeros: 4, levelEpochs: 1, batchSize: 64 },
        elsa: { ...tinyConfig.elsa, ...fast }, sae: { ...tinyConfig.sae, epochs: 1 },
      } as never,
    });
    const engine = openEngine({ threads: 1 });
    const { model: larger } = addItems(engine, trained, [{ id: "new", tags: [names[0]] }]);
    assert.equal(asTrained(larger).items, trained.items);
    const session = openSession(larger, { threads: 1 });
    const list = session.recommend(session.samples(1)[0].items, larger.items.ids.length).items;
    assert.ok(list.some(({ id }) => id === "new"), "the new item is ranked");
    assert.ok(list.every(({ score }) => Number.isFinite(score)));
    session.close();
  });
}

test.run();
