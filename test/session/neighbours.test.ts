/** Items and people like one: against the cosines written out, with reasons that add up, filtered as any list. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cosineOf } from "../../src/evaluate/beyond-accuracy.js";
import { CodeCosines, DenseCosines } from "../../src/interpret/cosines.js";
import { UserError } from "../../src/base/user-error.js";
import { csrIdentity } from "../../src/base/csr.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { itemVectorsOf } from "../../src/model-folder/open-model.js";
import type { Likeness } from "../../src/session/neighbours.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyConfig, tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const { ids } = model.items;
const session = openSession(model, { threads: 1 });
const { dataset } = tinyWorld();

function refuses(act: () => unknown, pattern: RegExp): void {
  assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
}

function close(got: number, expected: number, tolerance = 1e-6): void {
  assert.ok(Math.abs(got - expected) < tolerance, `${got} against ${expected}`);
}

/** S as plain rows. */
const codes = ids.map((_, i) => {
  const { indptr, indices, values, cols } = session.itemCodes;
  const row = new Float64Array(cols);
  for (let q = indptr[i]; q < indptr[i + 1]; q++) row[indices[q]] = values![q];
  return row;
});
const codeRows = Float64Array.from(codes.flatMap((row) => Array.from(row)));

test("cosines of rows are those of the formula; a row of zeros, and one that shares nothing, is at −∞", () => {
  const dense = new DenseCosines(Float32Array.of(1, 2, 0, 0, -2, -4, 2, -1), 4, 2);
  const [one, zero, opposite, across] = dense.with(dense.row(0));
  assert.equal([zero, opposite], [-Infinity, -1]);
  close(one, 1);
  close(across, 0);
  const unlike = new CodeCosines({ ...csrIdentity(3), values: Float32Array.of(2, 3, 4) });
  assert.equal([...unlike.with({ neurons: [1], activations: [5] })], [-Infinity, 1, -Infinity]);
  assert.equal(unlike.shared({ neurons: [1], activations: [5] }, 0), []);
});

test("items by vector and by code are all others, most alike first, with the cosine as score", () => {
  const { data, shape: [, D] } = itemVectorsOf(model);
  const cosines: Record<Likeness, (other: number) => number> = {
    vector: (other) => cosineOf(data, 7, other, D),
    code: (other) => cosineOf(codeRows, 7, other, model.shape.neurons),
  };
  for (const by of ["vector", "code"] as const) {
    const found = session.similarItems(ids[7], { n: ids.length, by });
    assert.is(found.by, by);
    const expected = ids.map((_, i) => i).filter((i) => i !== 7 && (by === "vector" || cosines.code(i) > 0))
      .sort((a, b) => Math.fround(cosines[by](b)) - Math.fround(cosines[by](a)) || a - b);
    assert.equal(found.items.map(({ item }) => item), expected);
    for (const { item, score } of found.items) close(score, cosines[by](item));
  }
  assert.is(session.similarItems(ids[7]).by, "vector");
});

test("the reason is each neuron's part in the cosine of the codes, and each concept's", () => {
  for (const { item, score, shared, concepts } of session.similarItems(ids[3], { by: "code" }).items) {
    let whole = 0;
    codes[3].forEach((value, h) => { whole += value * codes[item][h]; });
    const lengths = Math.hypot(...codes[3]) * Math.hypot(...codes[item]);
    for (const { neuron, share } of shared) close(share, codes[3][neuron] * codes[item][neuron] / whole);
    close(shared.reduce((sum, { neuron }) => sum + codes[3][neuron] * codes[item][neuron], 0) / lengths, score);
    close(concepts.reduce((sum, { share }) => sum + share, 0), 1);
    assert.ok(shared.every(({ share }, i) => i === 0 || share <= shared[i - 1].share));
    assert.ok(shared.every(({ neuron, label }) => label === model.labels[neuron].label));
  }
});

test("neighbours are filtered and paged as any list", () => {
  const [tag] = model.tags!.names;
  const carriers = new Set(session.inspectTag(tag, 1000).topItems.map(({ id }) => id));
  for (const by of ["vector", "code"] as const) {
    const all = session.similarItems(ids[7], { n: ids.length, by }).items;
    const filtered = { only: { tags: [tag] }, except: { ids: [all[0].id, "gone"] }, minUsers: 10, by };
    const expected = all.filter(({ id, item }) =>
      carriers.has(id) && id !== all[0].id && model.items.users![item] >= 10);
    assert.ok(expected.length > 2);
    const { items, ignored } = session.similarItems(ids[7], { n: ids.length, ...filtered });
    assert.equal(items, expected);
    assert.equal(ignored, ["gone"]);
    assert.equal(session.similarItems(ids[7], { n: 2, offset: 1, ...filtered }).items, expected.slice(1, 3));
  }
});

test("a model without item vectors compares codes, and says so when vectors are asked for", async () => {
  const vae = { factors: 16, epochs: 2, batchSize: 64 };
  const config = resolveConfig({ ...tinyConfig, model: "multvae", multvae: vae });
  const other = openSession(await tinyModel({ config }), { threads: 1 });
  assert.is(other.similarItems("i1").by, "code");
  refuses(() => other.similarItems("i1", { by: "vector" }), /MultVAE has no item vectors to compare: by "code"/);
  assert.is(other.similarUsers(["i1"], dataset, { n: 3 }).users.length, 3, "people have embeddings in every model");
});

test("people are compared with the users of a data set, in the model's items whatever their order", () => {
  const row = 5;
  const { interactions: { indptr, indices }, itemIds, userIds } = dataset;
  const of = (r: number): string[] => Array.from(indices.subarray(indptr[r], indptr[r + 1]), (item) => itemIds[item]);
  const { data: vectors, shape: [, D] } = itemVectorsOf(model);
  const embed = (profile: readonly string[]): Float64Array => {
    const u = new Float64Array(D);
    for (const id of profile) {
      const item = ids.indexOf(id);
      if (item >= 0) for (let d = 0; d < D; d++) u[d] += vectors[item * D + d];
    }
    return u;
  };
  const cosine = (a: Float64Array, b: Float64Array): number => cosineOf(Float64Array.of(...a, ...b), 0, 1, D);
  const mine = of(row);
  const found = session.similarUsers(mine, dataset, { n: 1000, except: [userIds[row]] });
  assert.is(found.users.length, userIds.length - 1);
  for (const { user, score, items, common } of found.users) {
    const theirs = of(userIds.indexOf(user)).filter((id) => ids.includes(id));
    close(score, cosine(embed(mine), embed(theirs)), 1e-5);
    assert.equal([items, common], [theirs.length, theirs.filter((id) => mine.includes(id)).length]);
  }
  assert.ok(found.users.every(({ score }, i) => i === 0 || score <= found.users[i - 1].score));
  const same = session.similarUsers(mine, dataset, { n: 1 }).users[0];
  assert.is(same.user, userIds[row], "nobody is more like a user than that user");
  close(same.score, 1);

  const byCode = session.similarUsers([...mine, "gone"], dataset, { n: 5, by: "code" });
  assert.equal(byCode.ignored, ["gone"]);
  for (const { shared } of byCode.users) close(shared.reduce((sum, { share }) => sum + share, 0), 1);

  const turned = { ...dataset, itemIds: [...itemIds].reverse(), interactions: {
    ...dataset.interactions, indices: indices.map((item) => itemIds.length - 1 - item),
  } };
  assert.equal(session.similarUsers(mine, turned, { n: 5 }).users, session.similarUsers(mine, dataset, { n: 5 }).users);
});

test("what cannot be compared is refused by name", () => {
  refuses(() => session.similarItems("gone"), /no item has the id "gone"/);
  refuses(() => session.similarItems("i1", { by: "taste" as Likeness }), /by must be one of vector, code, got taste/);
  refuses(() => session.similarItems("i1", { n: 0 }), /at least 1 item/);
  refuses(() => session.similarUsers(["gone"], dataset), /none of the profile's items/);
  refuses(() => session.similarUsers(["i1"], dataset, { by: "taste" as Likeness }), /by must be one of/);
});

test.run();
