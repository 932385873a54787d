/** The hard world: reproducible, of the statistics it was specified with, and true to its own forest. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrColumnCounts, csrRow, type Csr } from "../../src/base/csr.js";
import { chooseTags } from "../../src/data/tags/choose-tags.js";
import { pathToRoot } from "../../src/data/world/concept-forest.js";
import { LEAST_ITEMS } from "../../src/data/world/compose-concepts.js";
import { generateHardWorld, hardWorldPresets, type HardTruth } from "../../src/data/world/hard-world.js";
import { generateNamedWorld, isHardTruth } from "../../src/data/world/named-worlds.js";

const small = hardWorldPresets["hard-small"];
const { dataset, truth } = generateHardWorld(small);
const T = small.concepts;

const valuesOf = (x: Csr, r: number): Map<number, number> =>
  new Map(Array.from(csrRow(x, r), (c, k) => [c, x.values![x.indptr[r] + k]]));

test("the same seed gives the same world, another seed another one", () => {
  assert.equal(generateHardWorld({ ...small, seed: 42 }), { dataset, truth });
  assert.not.equal(generateHardWorld({ ...small, seed: 1 }).truth.grades, truth.grades);
});

test("the world is the one that numbers were quoted for", () => {
  assert.equal([dataset.interactions.indices.length, dataset.tags!.tag.length], [201079, 42364]);
});

test("sizes, activity and correlations are those of the specification", () => {
  for (const seed of [42, 1, 2]) {
    const { dataset: { interactions: x }, truth: t } = generateHardWorld({ ...small, seed });
    const within = (value: number, least: number, most: number, what: string): void =>
      assert.ok(value >= least && value <= most, `${what}, seed ${seed}: ${value}`);
    within(x.indices.length, 188_000, 206_000, "interactions");
    const activity = Array.from({ length: x.rows }, (_, u) => x.indptr[u + 1] - x.indptr[u]).sort((a, b) => a - b);
    within(activity[x.rows >> 1], 31, 33, "median activity");
    within(t.grades.indices.length / small.items, 2.7, 3.2, "concepts an item, with ancestors");
    within(t.tastes.indices.length / small.users, 4.4, 4.6, "tastes a user");
    within(t.tastesWithAncestors.indices.length / small.users, 6, 6.9, "tastes with ancestors");
    const sizes = csrColumnCounts(t.itemConcepts).sort().reverse();
    within(sizes[T - 1], LEAST_ITEMS, LEAST_ITEMS + 5, "smallest concept");
    within(sizes[0], 250, 420, "largest concept");
    within(slope(sizes), -0.9, -0.65, "log-log slope of sizes");
    const { companions, others } = correlations(t);
    within(companions, 0.09, 0.125, "φ of companions over users");
    within(others, 0.01, 0.02, "mean |φ| of others");
  }
});

/** Of log size on log rank. */
function slope(sizes: Int32Array): number {
  const [x, y] = [Array.from(sizes, (_, k) => Math.log(k + 1)), Array.from(sizes, (s) => Math.log(s))];
  const mean = (v: number[]): number => v.reduce((a, b) => a + b) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  return mean(x.map((v, k) => (v - mx) * (y[k] - my))) / mean(x.map((v) => (v - mx) ** 2));
}

/** Mean φ of companions, and mean |φ| of other pairs of different trees, over users' tastes with ancestors. */
function correlations({ tastesWithAncestors: v, forest }: HardTruth): { companions: number; others: number } {
  const size = csrColumnCounts(v);
  const together = new Int32Array(T * T);
  for (let u = 0; u < v.rows; u++) for (const a of csrRow(v, u)) for (const b of csrRow(v, u)) together[a * T + b]++;
  let [companions, pairs, others, rest] = [0, 0, 0, 0];
  for (let a = 0; a < T; a++) {
    for (let b = 0; b < a; b++) {
      if (forest.trees[a] === forest.trees[b]) continue;
      const [p, q] = [size[a] / v.rows, size[b] / v.rows];
      const phi = (together[a * T + b] / v.rows - p * q) / Math.sqrt(p * (1 - p) * q * (1 - q));
      if (csrRow(forest.companions, a).includes(b)) [companions, pairs] = [companions + phi, pairs + 1];
      else [others, rest] = [others + Math.abs(phi), rest + 1];
    }
  }
  return { companions: companions / pairs, others: others / rest };
}

test("a parent is at least as present as its child, and an exclusive one has at most one", () => {
  const { parents, exclusive } = truth.forest;
  for (let i = 0; i < small.items; i++) {
    const grades = valuesOf(truth.grades, i);
    for (const [c, grade] of grades) {
      assert.ok(grade >= 0.3 && grade <= 1, `grade ${grade}`);
      if (parents[c] < 0) continue;
      assert.ok((grades.get(parents[c]) ?? 0) >= grade, `item ${i}, concept ${c}`);
      const siblings = [...grades.keys()].filter((other) => parents[other] === parents[c]);
      if (exclusive[parents[c]] === 1) assert.is(siblings.length, 1);
    }
  }
  for (let u = 0; u < small.users; u++) {
    const all = Array.from(csrRow(truth.tastesWithAncestors, u));
    for (const c of all) {
      if (parents[c] < 0 || exclusive[parents[c]] === 0) continue;
      assert.is(all.filter((other) => parents[other] === parents[c]).length, 1);
    }
  }
});

test("the forest is a forest, its companions are symmetric and of other trees", () => {
  const { parents, levels, trees, companions } = truth.forest;
  for (let c = 0; c < T; c++) {
    const path = pathToRoot(parents, c);
    assert.is(path.length - 1, levels[c]);
    assert.is(path[path.length - 1], trees[c]);
    for (const other of csrRow(companions, c)) {
      assert.not.equal(trees[other], trees[c]);
      assert.ok(csrRow(companions, other).includes(c));
    }
  }
});

test("strengths sum to 1, and a concept has those below it", () => {
  for (let u = 0; u < small.users; u += 7) {
    const [own, all] = [valuesOf(truth.tastes, u), valuesOf(truth.tastesWithAncestors, u)];
    assert.ok(Math.abs([...own.values()].reduce((a, b) => a + b) - 1) < 1e-6);
    const roots = [...all].filter(([c]) => truth.forest.parents[c] < 0).reduce((sum, [, v]) => sum + v, 0);
    assert.ok(Math.abs(roots - 1) < 1e-6, "every taste ends in one root");
  }
});

test("the taste behind an interaction is the user's, and the item has it", () => {
  const { interactions } = dataset;
  let byTaste = 0;
  for (let u = 0; u < interactions.rows; u++) {
    const tastes = csrRow(truth.tastes, u);
    for (let q = interactions.indptr[u]; q < interactions.indptr[u + 1]; q++) {
      if (q > interactions.indptr[u]) assert.ok(interactions.indices[q] > interactions.indices[q - 1]);
      const taste = truth.because[q];
      if (taste < 0) continue;
      byTaste++;
      assert.ok(tastes.includes(taste) && csrRow(truth.itemConcepts, interactions.indices[q]).includes(taste));
    }
  }
  // 85 % of draws; heavy users run out of what they have not seen.
  const share = byTaste / interactions.indices.length;
  assert.ok(share > 0.65 && share < 0.85, `${share}`);
});

test("tags are mostly true, some items and some concepts have none, and no name is taken for a reader's shelf", () => {
  const { names, tag, item } = dataset.tags!;
  assert.equal(names, truth.tagNames.filter((name) => name !== null));
  const right = tag.filter((t, a) => csrRow(truth.itemConcepts, item[a])
    .includes(truth.conceptNames.indexOf(names[t]))).length / tag.length;
  assert.ok(right > 0.88 && right < 0.93, `${right}`);
  const nameless = truth.tagNames.filter((name) => name === null).length / T;
  assert.ok(nameless > 0.03 && nameless < 0.2, `${nameless}`);
  const tagged = new Set(item).size / small.items;
  assert.ok(tagged > 0.78 && tagged < 0.88, `${tagged}`);
  const all = { ...dataset.tags!, names: truth.conceptNames, count: new Float32Array(T).fill(1) };
  const each = { tag: Int32Array.from({ length: T }, (_, t) => t), item: new Int32Array(T), user: new Int32Array(T) };
  assert.is(chooseTags({ ...all, ...each }, small.items, 1).tags.names.length, T);
});

test("worlds are found by name; an impossible one is refused in one message", () => {
  const { truth: flat } = generateNamedWorld("tiny", 42);
  assert.not(isHardTruth(flat));
  assert.throws(() => generateNamedWorld("hard-smal", 42), /no world "hard-smal".*hard-small/);
  assert.throws(() => generateHardWorld({ ...small, users: 0, roots: 121 }), /users is 0.*roots is 121/);
});

test.run();
