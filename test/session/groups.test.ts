/** One list for several people: against the rules written out, its reasons, filters, dislikes, newcomers. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { itemVectorsOf } from "../../src/model-folder/open-model.js";
import { groupMethods, type GroupMethod } from "../../src/session/groups.js";
import { openSession } from "../../src/session/open-session.js";
import type { Profile } from "../../src/session/profile.js";
import { aggregate, type Aggregation } from "../../src/steer/aggregate-scores.js";
import { fuseCodes, type Fusion } from "../../src/steer/fuse-codes.js";
import { minMax } from "../../src/steer/rerank.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const { ids } = model.items;
const [anna, ben, cleo] = [["i1", "i2", "i3"], ["i40", "i41"], ["i2", "i90", "i91", "i92"]];
const group = [anna, ben, cleo];

function refuses(act: () => unknown, pattern: RegExp): void {
  assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
}

function close(got: number, expected: number, tolerance = 1e-5): void {
  assert.ok(Math.abs(got - expected) < tolerance, `${got} against ${expected}`);
}

const { data: A, shape: [, D] } = itemVectorsOf(model);

/** ELSA's scores before clipping, as method.md §2 has them. */
function linearScores(profile: readonly string[]): Float64Array {
  const items = profile.map((id) => ids.indexOf(id));
  return Float64Array.from(ids, (_, j) => {
    let score = items.includes(j) ? -1 : 0;
    for (const i of items) for (let d = 0; d < D; d++) score += A[i * D + d] * A[j * D + d];
    return score;
  });
}

const keeping = openSession(model, { engine: session.engine, residual: "keep" });

test("by scores the list is the rule's, over everybody's scaled scores of what nobody has", () => {
  const taken = new Set(group.flat());
  const free = ids.map((_, j) => j).filter((j) => !taken.has(ids[j]));
  const scores = group.map(linearScores);
  const ratings = scores.map((one) => {
    const scaled = minMax(free.map((j) => one[j]));
    const all = new Float64Array(ids.length);
    free.forEach((j, q) => { all[j] = scaled[q]; });
    return all;
  });
  const rules: readonly Aggregation[] = ["add", "multiply", "least-misery", "gfar", "ep-fuzz-da"];
  for (const method of rules) {
    const { items, people, fellBack } = keeping.recommendForGroup(group, { n: 8, method });
    assert.equal(items.map(({ item }) => item), aggregate(ratings, method, 8, (j) => !taken.has(ids[j])), method);
    for (const { item, people: parts } of items) {
      const whole = ratings.reduce((sum, one) => sum + one[item], 0);
      parts.forEach(({ person, score, share, place }, m) => {
        assert.is(person, m);
        close(score, scores[m][item]);
        close(share, ratings[m][item] / whole);
        assert.is(place, 1 + free.filter((j) => scores[m][j] > scores[m][item]).length);
      });
    }
    people.forEach(({ known, kept, overlap }, m) => {
      assert.is(known, group[m].length);
      const best = [...free].sort((a, b) => ratings[m][b] - ratings[m][a]).slice(0, 8);
      const sum = (list: readonly number[]): number => list.reduce((total, j) => total + ratings[m][j], 0);
      close(kept!, sum(items.map(({ item }) => item)) / sum(best));
      close(overlap!, items.filter(({ item }) => best.includes(item)).length / 8);
    });
    assert.is(fellBack, false);
  }
  const best = keeping.recommendForGroup(group, 5).items;
  assert.equal(best, keeping.recommendForGroup(group, { n: 5, method: "add" }).items, "ADD where nothing is said");
  close(best[0].score, ratings.reduce((sum, one) => sum + one[best[0].item], 0));
});

test("by codes the list is that of the fused code", () => {
  const { decoderW, decoderB } = model.sae;
  const { neurons: H, k } = model.shape;
  const codes = group.map((profile) => {
    const code = new Float64Array(H);
    for (const { neuron, activation } of session.inspectUser(profile).neurons) code[neuron] = activation;
    return code;
  });
  // m and s: the mean and standard deviation of the embedding's numbers.
  const moments = group.map((profile) => {
    const u = Float64Array.from({ length: D }, (_, d) =>
      profile.reduce((sum, id) => sum + A[ids.indexOf(id) * D + d], 0));
    const mean = u.reduce((sum, x) => sum + x, 0) / D;
    return [mean, Math.sqrt(u.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (D - 1))];
  });
  const [mean, std] = [0, 1].map((q) => moments.reduce((sum, one) => sum + one[q], 0) / group.length);
  const taken = new Set(group.flat());
  for (const rule of ["average", "topk", "max", "wcom", "at-least-2"] as const satisfies Fusion[]) {
    const { code } = fuseCodes(codes, rule, k);
    const u = Array.from({ length: D }, (_, d) =>
      mean + std * (decoderB[d] + code.reduce((sum, e, h) => sum + e * decoderW[h * D + d], 0)));
    const expected = ids.map((_, j) => u.reduce((sum, x, d) => sum + x * A[j * D + d], 0));
    for (const one of [session, keeping]) {
      const { items } = one.recommendForGroup(group, { n: 8, method: `fuse-${rule}` });
      items.forEach(({ item, score }) => close(score, expected[item], 1e-4));
      const bar = items.at(-1)!.score;
      assert.ok(ids.every((id, j) => taken.has(id) || expected[j] <= bar + 1e-4 ||
        items.some(({ item }) => item === j)), rule);
    }
  }
});

test("one person's group is that person's list, and the reasons are those of explain", () => {
  const { items, people } = session.recommendForGroup([anna], 6);
  assert.equal(items.map(({ id }) => id), session.recommend(anna, 6).items.map(({ id }) => id));
  assert.equal(people, [{ known: 3, kept: 1, overlap: 1 }]);
  for (const { id, people: [part] } of session.recommendForGroup(group, 4).items) {
    const why = session.explain(anna, id);
    close(part.score, why.score);
    assert.equal(part.because, why.contributions.filter(({ contribution }) => contribution > 0).slice(0, 3)
      .map(({ neuron, label, contribution }) => ({ neuron, label, contribution })));
  }
});

test("filters, pages and balance are those of any list; what one dislikes nobody gets", () => {
  for (const method of ["least-misery", "fuse-average"] as const satisfies GroupMethod[]) {
    const all = session.recommendForGroup(group, { n: ids.length, method }).items.map(({ id }) => id);
    const some: Profile[] = [anna, { items: ben, dislikes: [all[0]] }, cleo];
    assert.ok(!session.recommendForGroup(some, { n: ids.length, method }).items.some(({ id }) => id === all[0]));
    const few = { only: { ids: ["i7", "i8", "i50", "i60", "i2", "gone"] }, n: 10, method };
    const { items, ignored } = session.recommendForGroup(group, few);
    assert.equal(items.map(({ id }) => id).sort(), ["i50", "i60", "i7", "i8"]);
    assert.equal(ignored, ["gone"]);
    const page = session.recommendForGroup(group, { n: 3, offset: 2, method }).items;
    assert.equal(page.map(({ id }) => id), all.slice(2, 5));
    const { balance, items: mild } = session.recommendForGroup(group, { n: 5, method, balance: { popularity: -0.5 } });
    assert.ok(balance!.balanced.users! < balance!.plain.users!);
    assert.equal(balance!.places, mild.map(({ id }) => all.indexOf(id) + 1));
  }
  const kept = session.recommendForGroup(group, { n: ids.length, seen: "keep" }).items;
  assert.is(kept.length, ids.length);
});

test("who is not known has no say; where nobody is, the popular items stand in", () => {
  const { items, people, ignored } = session.recommendForGroup([anna, ["gone"], ben], 5);
  assert.equal(items.map(({ id }) => id), session.recommendForGroup([anna, ben], 5).items.map(({ id }) => id));
  assert.equal(people.map(({ known, kept }) => [known, kept === null]), [[3, false], [0, true], [2, false]]);
  assert.equal([ignored, items[0].people.map(({ person }) => person)], [["gone"], [0, 2]]);
  const nobody = session.recommendForGroup([["gone"], []], 3);
  const { items: popular } = session.recommend([], 3);
  assert.equal([nobody.popular, nobody.items], [true, popular.map((one) => ({ ...one, people: [] }))]);
  refuses(() => session.recommendForGroup([["gone"]], { empty: "refuse" }), /none of the profile's items: "gone"/);
});

test("codes without anything in common fall back to their average, and say so", () => {
  const apart = ids.map((id) => [id]).find(([id]) => {
    const mine = new Set(session.inspectUser([ids[0]]).neurons.map(({ neuron }) => neuron));
    return !session.inspectUser([id]).neurons.some(({ neuron }) => mine.has(neuron));
  })!;
  const two = [[ids[0]], apart];
  const common = session.recommendForGroup(two, { method: "fuse-common" });
  assert.is(common.fellBack, true);
  assert.equal(common.items, session.recommendForGroup(two, { method: "fuse-average" }).items);
});

test("every kind of model has groups; where parts are approximate there are no neurons for them", async () => {
  const config = resolveConfig({
    ...tinyConfig, model: "multvae", multvae: { factors: 16, epochs: 2, batchSize: 64 },
  });
  const other = openSession(await tinyModel({ config }), { threads: 1 });
  for (const method of groupMethods) {
    const { items } = other.recommendForGroup(group, { n: 4, method });
    assert.is(items.length, 4);
    assert.ok(items.every(({ people }) => people.length === 3 && people.every(({ because }) => because === null)));
  }
});

test("what is no group is refused by name", () => {
  refuses(() => session.recommendForGroup([], 5), /at least one profile/);
  refuses(() => session.recommendForGroup(group, { method: "vote" as GroupMethod }), /method must be one of add, .*vote/);
  refuses(() => session.recommendForGroup([[7]] as unknown as Profile[]), /the number 7/);
});

test.run();
