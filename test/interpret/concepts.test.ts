/** Concepts: grouping, names that are never twice the same, proofs, and matching two trainings. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { nameConcepts } from "../../src/interpret/concepts/concept-names.js";
import { conceptCodes, conceptOfNeurons, findConcepts } from "../../src/interpret/concepts/concepts.js";
import { coActivation, groupBySimilarity } from "../../src/interpret/concepts/group-neurons.js";
import { keptNames, matchConcepts } from "../../src/interpret/concepts/match-concepts.js";
import { namedAsBefore } from "../../src/model-folder/concepts-in-common.js";
import { assertClose } from "../support/assert-close.js";

test("co-activation is the cosine of the columns, by hand", () => {
  const codes: Csr = { ...csrFromLists([[0, 1], [0], [2]], 4), values: Float32Array.of(3, 2, 4, 1) };
  const found = coActivation(codes);
  assertClose([found[0], found[1], found[2], found[5], found[15]], [1, 3 / 5, 0, 1, 0], { absolute: 1e-6 });
});

test("average linkage: as the plain algorithm, which merges the most alike pair of groups first", () => {
  const random = new Random(4);
  const n = 24;
  for (const cut of [0.3, 0.5, 0.6]) {
    const sim = new Float32Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k <= i; k++) sim[i * n + k] = sim[k * n + i] = i === k ? 1 : random.uniform();
    }
    const members = Array.from({ length: n }, (_, i) => i).filter((i) => i % 5 !== 3);
    assert.equal(groupBySimilarity(sim, n, members, cut), plainLinkage(sim, n, members, cut), String(cut));
  }
});

function plainLinkage(sim: Float32Array, n: number, members: readonly number[], cut: number): number[][] {
  const groups = members.map((member) => [member]);
  for (;;) {
    let [best, at] = [cut, [-1, -1]];
    groups.forEach((a, i) => groups.slice(0, i).forEach((b, k) => {
      let sum = 0;
      for (const p of a) for (const q of b) sum += sim[p * n + q];
      const mean = sum / (a.length * b.length);
      if (mean > best) [best, at] = [mean, [i, k]];
    }));
    if (at[0] < 0) return groups.map((g) => g.sort((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
    groups[at[1]].push(...groups[at[0]]);
    groups.splice(at[0], 1);
  }
}

test("names: the best has the plain one, others a second word, nothing proven is like its items; none is twice", () => {
  type Draft = Parameters<typeof nameConcepts>[0][number];
  const draft = (tag: number, f1: number, others: number[], titles: string[]): Draft => ({ tag, f1, others, titles });
  const names = nameConcepts([
    draft(0, 0.4, [1], ["A"]), draft(0, 0.6, [2], ["B"]), draft(0, 0.3, [1], ["C"]),
    draft(-1, 0.9, [], ["A", "B", "C"]),
    draft(-1, 0, [], ["A", "B"]), draft(-1, 0, [], ["A", "B"]), draft(-1, 0, [], []),
  ], ["noir", "crime", "war"]);
  assert.equal(names, [
    "noir, crime", "noir", "noir, like C", "like A, B", "like A (2)", "like A (3)", "like nothing (2)",
  ]);
  assert.is(new Set(names).size, names.length);
});

test("names that differ in capitals alone, or in how an accent is written, are one name", () => {
  const named = (tag: number, f1: number): Parameters<typeof nameConcepts>[0][number] =>
    ({ tag, f1, others: [], titles: ["A"] });
  const tags = ["Film Noir", "film noir", "caf\u00e9", "cafe\u0301"];
  assert.equal(nameConcepts([named(0, 0.5), named(1, 0.4), named(2, 0.5), named(3, 0.4)], tags),
    ["Film Noir", "film noir, like A", "caf\u00e9", "cafe\u0301, like A"]);
  const match = { pairs: [{ a: 0, b: 1, correlation: 0.9 }] };
  assert.equal(keptNames(["Film Noir"], ["film noir", "crime"], match), ["film noir (2)", "Film Noir"]);
});

/** Items in four kinds; two neurons fire for each of three kinds, one neuron at random, one never. */
function planted(): Parameters<typeof findConcepts>[0] {
  const random = new Random(9);
  const items = 400;
  const lists: number[][] = [];
  const values: number[] = [];
  for (let i = 0; i < items; i++) {
    const kind = i % 4;
    const row = kind < 3 ? [2 * kind, 2 * kind + 1] : [];
    if (random.uniform() < 0.2) row.push(6);
    lists.push(row);
    for (const _ of row) values.push(1 + random.uniform());
  }
  const codes: Csr = { ...csrFromLists(lists, 8), values: Float32Array.from(values) };
  const tagged = [0, 1, 2].map((kind) => Array.from({ length: items }, (_, i) => i).filter((i) => i % 4 === kind));
  const counts = csrFromLists([...tagged, Array.from({ length: 60 }, (_, k) => 3 + 4 * k)], items);
  return {
    codes, effects: new Float32Array(64).map((_, i) => (i % 9 === 0 ? 1 : 0)), seed: 3,
    axes: ({ length: rows }) =>
      ({ rows, cols: 2, data: Float64Array.from({ length: 2 * rows }, () => random.normal()) }),
    tags: { names: ["noir", "war", "space", "quiet"], counts: {
      ...counts, values: new Float32Array(counts.indices.length).fill(1),
    } },
    titles: Array.from({ length: items }, (_, i) => `film ${i}`),
  };
}

test("planted kinds become proven concepts of their neurons; the rest is called by its items", () => {
  const inputs = planted();
  const concepts = findConcepts(inputs);
  const proven = concepts.filter((one) => one.proven);
  assert.equal(
    proven.map(({ name, neurons }) => [name, neurons]).sort(), [["noir", [0, 1]], ["space", [4, 5]], ["war", [2, 3]]],
  );
  const other = concepts.find(({ neurons }) => neurons.includes(6))!;
  assert.is(other.proven, false);
  assert.match(other.name, /^like film \d+, film \d+$/);
  assert.is(conceptOfNeurons(concepts, 8)[7], -1, "a dead neuron is in none");
  for (const { weights } of concepts) assertClose(weights.reduce((sum, w) => sum + w, 0), 1);
  const z = conceptCodes(concepts, inputs.codes);
  assert.is(z.cols, concepts.length);
  assert.equal(findConcepts(inputs), concepts);
  assert.ok(
    findConcepts({ ...inputs, tags: null }).every(({ name, proven: sure }) => !sure && name.startsWith("like ")),
  );
});

test("matching: a shuffled and noisy copy is found again, unrelated effects are not; names go along", () => {
  const random = new Random(2);
  const [C, I] = [6, 200];
  const a = Float32Array.from({ length: C * I }, () => random.normal());
  const order = [3, 1, 0, 5, 2, 4];
  const b = new Float32Array(C * I);
  order.forEach((c, k) => { for (let j = 0; j < I; j++) b[k * I + j] = 3 * a[c * I + j] + 1 + 0.5 * random.normal(); });
  const match = matchConcepts(a, b, I);
  assert.is(match.share, 1);
  assert.equal(match.pairs.map(({ a: c, b: k }) => order[k] === c), Array.from({ length: C }, () => true));
  const names = ["a", "b", "c", "d", "e", "f"];
  assert.equal(keptNames(names, names, match), order.map((c) => names[c]));
  const other = matchConcepts(a, Float32Array.from({ length: C * I }, () => random.normal()), I);
  assert.is(other.share, 0);
  assert.equal(
    keptNames(["x"], ["y", "x"], { pairs: [{ a: 0, b: 0, correlation: 1 }] }), ["x", "x (2)"],
  );
});

test("a concept found again is called as before, unless another name is proven for it now", () => {
  const concept = (name: string, tag: number): Parameters<typeof namedAsBefore>[0][number] =>
    ({ name, tag, proven: tag >= 0, f1: 0.5, neurons: [0], weights: [1], items: [0] });
  const before = [concept("noir", 0), concept("like A, B", -1), concept("war", 1), concept("crime, noir", 2)];
  const now = [concept("like C, D", -1), concept("space", 3), concept("dystopia", 4), concept("crime", 2)];
  const pairs = before.map((_, c) => ({ a: c, b: c, correlation: 0.9 }));
  const found = namedAsBefore(now, { before, match: { pairs, share: 1, correlation: 0.9 }, sameTag: [pairs[3]] });
  assert.equal(found.map(({ name }) => name), ["noir", "space", "dystopia", "crime, noir"]);
  assert.equal(found.map(({ proven }) => proven), [false, true, true, true], "the proof is that of this training");
});

test.run();
