/** Meaning measured on trained models: against a hard world's truth and against tags; kept in a model file. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { CheckedJson } from "../../src/base/checked-json.js";
import { Random } from "../../src/base/random.js";
import { splitDataset } from "../../src/data/split-users.js";
import { generateHardWorld } from "../../src/data/world/hard-world.js";
import { openEngine } from "../../src/engine/open.js";
import type { Meaning } from "../../src/interpret/meaning/meaning-figures.js";
import type { HeldOutConcept } from "../../src/interpret/meaning/held-out-f1.js";
import { neuronSets } from "../../src/interpret/meaning/neuron-sets.js";
import { halveItems } from "../../src/interpret/meaning/item-halves.js";
import { shareOn } from "../../src/measure/concept-figures.js";
import type { Concept } from "../../src/interpret/concepts/concepts.js";
import { audienceOracle, ownColumns, taughtDirections } from "../../src/measure/meaning-ceilings.js";
import { measureMeaning } from "../../src/measure/measure-meaning.js";
import { provableTags } from "../../src/measure/proven-figures.js";
import { describeModel, modelFrom, modelTensors } from "../../src/model-folder/format.js";
import { trainModel } from "../../src/pipeline/train-model.js";
import { assertClose } from "../support/assert-close.js";

const engine = openEngine({ threads: 1 });
const world = generateHardWorld({
  users: 600, items: 400, concepts: 16, roots: 4, branching: [3], conceptsPerItem: [1, 2], tastesPerUser: [2, 3],
  meanInteractions: 30, seed: 3,
});
const split = splitDataset(world.dataset, { seed: 3 });
const model = await trainModel(world.dataset, {
  engine, split, seed: 3, meaning: true, truth: world.truth,
  config: { elsa: { factors: 16, epochs: 30 }, sae: { epochs: 60, k: 6, itemK: 0, batchSize: 64 } },
});
const opened = { dataset: world.dataset, split, truth: world.truth };

test("a trained dictionary lies between its floors and its ceilings", async () => {
  const found = (await measureMeaning(engine, model, opened))!;
  const { SAE, untrained, PCA, ICA, NMF } = found.codes;
  assert.is(found.against, "concepts");
  // Too small a world for a better figure than PCA's.
  assert.ok(SAE.f1 > untrained.f1, `${SAE.f1}, ${untrained.f1}`);
  for (const one of [SAE, untrained, PCA, ICA, NMF]) {
    assert.ok(one.oneToOne <= one.fit + 1e-9 && one.f1 > 0 && one.f1 < one.fit + 0.1);
    assert.ok(one.parents! >= 0 && one.children! >= 0 && one.uniqueness <= 1);
  }
  assert.ok(found.ceilings["audience oracle"] > SAE.f1);
  assert.ok(found.world!.own > found.world!.stranger && found.world!.userAuc > 0.5);
  assert.is(found.neurons, model.shape.neurons);
  // The same figures as were measured in training, which leaves slow controls out.
  assert.equal(found.codes.SAE, model.meaning!.codes.SAE);
  assert.is(model.meaning!.codes.NMF, undefined);
});

test("against tags names are proven, and measured again they are the same", async () => {
  const options = { minItems: 10, controls: false };
  const byTags = (more = {}): Promise<Meaning | null> =>
    measureMeaning(engine, model, { ...opened, truth: null }, { ...options, ...more });
  const found = (await byTags())!;
  assert.equal(await byTags(), found);
  assert.is(found.against, "tags");
  assert.ok(found.proven!.neurons <= found.proven!.alive && found.proven!.tags <= found.concepts);
  assert.is(found.proven!.names.length, found.proven!.neurons);
  const { provable } = found.proven!;
  assert.ok(provable!.share >= 0 && provable!.share <= 1 && provable!.tags <= found.concepts);
  assertGroups(found, model.concepts!);
  const few = (await byTags({ mostTags: 3 }))!;
  assert.is(few.concepts, 3);
  assert.is(few.concepts + few.leftOut, found.concepts + found.leftOut);
  const named = ({ proven }: Meaning): unknown[] => proven!.names.map(({ neuron, name }) => [neuron, name]);
  assert.equal(named(few), named(found), "neurons have their names from all tags");
  assert.is(await measureMeaning(engine, { ...model, tags: null }, { ...opened, truth: null }), null);
  assert.is(await byTags({ minItems: 1000 }), null);
});

/** As the model's concepts say. */
function assertGroups({ groups }: Meaning, concepts: readonly Concept[]): void {
  const proven = concepts.filter((one) => one.proven);
  assert.is(groups!.concepts, concepts.length);
  assert.is(groups!.proven, proven.length);
  assert.is(groups!.tags, new Set(proven.map(({ tag }) => tag)).size);
  assert.ok(groups!.f1 > 0 && groups!.f1 <= 1);
  assert.is(groups!.share > 0, proven.length > 0);
}

test("of a large catalogue a sample of the tagged items takes part, the same each time", async () => {
  const sampled = async (mostItems: number): Promise<Meaning> =>
    (await measureMeaning(engine, model, { ...opened, truth: null }, { minItems: 5, mostItems }))!;
  const found = await sampled(150);
  assert.is(found.items, 150);
  assert.equal(await sampled(150), found);
  const all = await sampled(400);
  assert.ok(all.items > 150 && all.concepts >= found.concepts);
  for (const [name, { f1 }] of Object.entries(found.codes)) assert.ok(f1 > 0 && f1 <= 1, `${name}: ${f1}`);
  assert.equal(all.groups!.concepts, found.groups!.concepts, "concepts are of the whole catalogue");
});

test("it stops between two parts, and the heap is as it was", async () => {
  const mark = engine.heap.mark();
  const stop = new AbortController();
  const running = measureMeaning(engine, model, opened, { signal: stop.signal });
  setTimeout(() => { stop.abort(new Error("stopped")); }, 1);
  assert.is(await running.then(() => "finished", (error: Error) => error.message), "stopped");
  assert.equal(engine.heap.mark(), mark);
});

test("a user's share on some neurons, by hand", () => {
  const codes = { ...csrFromLists([[0, 1], [1, 2], []], 3), values: Float32Array.of(3, 1, 2, 2) };
  // Of the first user's activation 3/4 is on neuron 0, of the second's nothing; the third has none.
  assertClose([shareOn(Int32Array.of(5, -1, -1), codes)], [0.25], { absolute: 1e-12 });
});

test("a model file keeps the figures, and one without them is read as before", () => {
  const read = (text: string): ReturnType<typeof modelFrom> =>
    modelFrom(CheckedJson.parse(text, "unknot.json"), modelTensors(model), "model.safetensors");
  const text = describeModel({}, model);
  assert.equal(read(text).meaning, model.meaning);
  const without = JSON.parse(text) as Record<string, unknown>;
  const { groups: _, ...earlier } = model.meaning!;
  assert.is(read(JSON.stringify({ ...without, meaning: earlier })).meaning!.groups, null);
  delete without.meaning;
  assert.is(read(JSON.stringify(without)).meaning, undefined);
  without.meaning = { ...model.meaning, dead: -1 };
  assert.throws(() => read(JSON.stringify(without)), /unknot.json: meaning.dead is -1/);
});

test("a set of neurons tells what no single one does, with positive weights", () => {
  // Items 0–99: the concept is where neuron 0 or neuron 1 fires; neuron 2 is noise.
  const random = new Random(1);
  const x = new Float64Array(200 * 3);
  const lists = Array.from({ length: 200 }, (_, i) => {
    if (i % 4 < 2) x[i * 3 + (i % 4)] = 1 + random.uniform();
    x[i * 3 + 2] = random.uniform();
    return i % 4 < 2 ? [0] : [];
  });
  const truth = csrFromLists(lists, 1);
  const found = neuronSets(x, 3, truth, halveItems(truth, new Random(2)));
  assertClose([found.f1], [1], { absolute: 0.02 });
  const [set] = found.concepts[0].sets;
  assert.equal([...set.neurons.slice(0, 2)].sort(), [0, 1]);
  assert.ok(set.weights.every((w) => w > 0));
});

test("what can be proven: not a tag on half of the items, not one that the probe tells no better than an axis", () => {
  // 100 items; tags on 20, 20 and 50 of them; the probe tells all but the second.
  const half = Int8Array.from({ length: 100 }, (_, i) => i % 2);
  const concept = (number: number, items: number, f1: number): HeldOutConcept =>
    ({ concept: number, items, f1 }) as HeldOutConcept;
  const probed = [concept(0, 20, 0.7), concept(1, 20, 0.7), concept(2, 50, 1), concept(3, 20, 0.6)];
  const bestAxis = { concepts: [concept(0, 20, 0.3), concept(1, 20, 0.8), concept(2, 50, 0.3)] };
  // 4p/(1 + p) is 2/3 at p = 1/5, 4/3 at p = 1/2.
  assert.equal([...provableTags(probed, bestAxis, half)], [0]);
});

test("ceilings: a taught direction and the audience know what they were taught", () => {
  // Two tastes along two axes; items 0–19 for the first, 20–39 for the second.
  const [n, I, D] = [60, 40, 6];
  const random = new Random(4);
  const axis = (t: number, d: number): number => (d === t ? 3 : 0) + 0.3 * random.normal();
  const users = Float64Array.from({ length: n * D }, (_, k) => axis(Math.floor(k / D) % 2, k % D));
  const items = Float64Array.from({ length: I * D }, (_, k) => axis(Math.floor(k / D) < 20 ? 0 : 1, k % D));
  const lists = Array.from({ length: n }, (_, u) => [u % 2]);
  const tastes = { ...csrFromLists(lists, 2), values: new Float32Array(n).fill(1) };
  const truth = csrFromLists(Array.from({ length: I }, (_, i) => [i < 20 ? 0 : 1]), 2);
  const half = halveItems(truth, new Random(5));
  assertClose([ownColumns(taughtDirections(users, items, tastes), truth, half, { minItems: 5 }).f1], [1], {
    absolute: 0.06,
  });
  const interactions = csrFromLists(Array.from({ length: n }, (_, u) =>
    Array.from({ length: 20 }, (__, i) => (u % 2) * 20 + i)), I);
  assert.is(ownColumns(audienceOracle(interactions, tastes), truth, half, { minItems: 5 }).f1, 1);
});

test.run();
