/**
 * The evaluation of steering (docs/method.md §5): goals by hand, curves on an exact model, the choice of a strength.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { keptShares, turnedEmbedding } from "../../src/steer/turned-embedding.js";
import { steerCode, type Knob } from "../../src/steer/steer.js";
import { Tape } from "../../src/autograd/index.js";
import type { HeldOut, TagCounts } from "../../src/data/dataset.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists, csrIdentity, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { embedAll, codesOf } from "../../src/models/encode-all.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { Teaser } from "../../src/models/recommenders/teaser.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";
import { chooseStrength } from "../../src/steer/choose-strength.js";
import {
  evaluateSteering, KnobSteering, tagNeurons, type Steering, type SteeringQuality,
} from "../../src/steer/evaluate-steering.js";
import { steeringCurves } from "../../bench/steering-curves.js";
import { steeringGoals } from "../../src/steer/steering-goals.js";
import { MoveEmbedding } from "../../src/steer/move-embedding.js";
import { ShiftProfile } from "../../src/steer/shift-profile.js";

const ITEMS = 60;

function tagsOf(names: string[], lists: number[][]): TagCounts {
  const counts = csrFromLists(lists, ITEMS);
  return { names, counts: { ...counts, values: new Float32Array(counts.indices.length).fill(2) } };
}

function heldOut(input: number[][], target: number[][]): HeldOut {
  return {
    users: Int32Array.from(input.keys()), input: csrFromLists(input, ITEMS), target: csrFromLists(target, ITEMS),
  };
}

test("the goal is the tag that rises most, the first by name among equals, none where nothing rises", () => {
  const tags = tagsOf(["zebra", "apple", "mango"], [[0, 1, 2, 3], [2, 3], [4]]);
  const users = heldOut([[5], [0, 1], [4], [4, 6]], [[2, 3], [2, 4], [2, 3, 0], [7]]);
  // zebra rises by 2 as apple does; apple and mango by 1, zebra falls; zebra by 3; mango falls.
  assert.equal(Array.from(steeringGoals(users, tags).tag), [1, 1, 0, -1]);
});

test("a tag counted 0 times on an item is not on it", () => {
  const tags = tagsOf(["a"], [[1, 2]]);
  tags.counts.values![0] = 0;
  assert.equal(Array.from(steeringGoals(heldOut([[5]], [[1, 2]]), tags).segments.indices), [2]);
});

const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
const random = new Random(3);
const D = 8;
const encoder = Elsa.initialise(random, ITEMS, D);
const elsa = new Elsa(engine, encoder, ITEMS, D);
const shape = { factors: D, neurons: 24, k: 4 };
const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, shape), shape);
const lists = (rows: number, length: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length }, () => random.below(ITEMS)));
const inputs = lists(30, 8);
const users = heldOut(
  inputs, lists(30, 3).map((list, r) => list.filter((item) => !inputs[r].includes(item)).concat(59)),
);
const tags = tagsOf(["a", "b", "c", "d"], lists(4, 12));
const split = { trainUsers: new Int32Array(0), train: users.input, validation: users, test: users };

test("curves have a point for each mapping, number and strength; at strength 0 they are all the same", () => {
  const before = engine.heap.mark();
  const points = steeringCurves(engine, elsa, sae, split, tags, { strengths: [0, 0.5], neurons: [1, 3] });
  assert.is(engine.heap.mark(), before);
  assert.equal(points.map((p) => [p.mapping, p.neurons, p.strength]), ["characterises", "unique"].flatMap((mapping) =>
    [1, 3].flatMap((neurons) => [0, 0.5].map((strength) => [mapping, neurons, strength]))));
  const still = points.filter((p) => p.strength === 0);
  for (const point of still) assert.equal([point.personal, point.segment], [still[0].personal, still[0].segment]);
  assert.is(still[0].personal.ndcg.n, steeringGoals(users, tags).tag.filter((t) => t >= 0).length);
});

test("users without a goal count in no mean, and batches do not change the figures", () => {
  const goals = steeringGoals(users, tags);
  const codes: Csr = codesOf(engine, sae, embedAll(engine, elsa, csrIdentity(ITEMS)));
  const top = tagNeurons(tags.counts, codes, "characterises", 2);
  const steering = new KnobSteering(elsa, sae, (tag, strength) => [{ neurons: top[tag], strength }]);
  const all = evaluateSteering(engine, steering, users, goals, [0.4])[0];
  const one = { ...goals, tag: goals.tag.map((t, r) => (r === 5 ? t : -1)) };
  assert.is(evaluateSteering(engine, steering, users, one, [0.4])[0].segment.ndcg.n, goals.tag[5] >= 0 ? 1 : 0);
  assert.ok(all.segment.ndcg.n > 1);
});

test("with the residual, turning nothing leaves the plain recommender to the bit", () => {
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(users.input);
  const plain = Array.from(elsa.scores(tape, x).data);
  for (const residual of ["keep", "fade", "blend"] as const) {
    const steering = new KnobSteering(elsa, sae, (_, strength) => [{ neurons: [2, 5], strength }], { residual });
    assert.equal(Array.from(steering.scores(tape, x, () => 0, 0).data), plain, residual);
    assert.equal(Array.from(steering.scores(tape, x, () => -1, 0.6).data), plain, residual);
    assert.not.equal(Array.from(steering.scores(tape, x, () => 0, 0.6).data), plain, residual);
  }
  tape.reset();
});

test("what stays beside a turned code: nothing, all, or what no knob moves; blended, of the base too", () => {
  const knobs: Knob[] = [
    { neurons: [1], strength: 0.3 }, { neurons: [2], strength: 0.2 }, { neurons: [3], strength: -1 },
    { neurons: [4], strength: 0.5, only: true },
  ];
  assert.equal(keptShares(knobs, "drop"), { residual: 0, base: 1 });
  assert.equal(keptShares(knobs, "keep"), { residual: 1, base: 1 });
  assert.equal(keptShares(knobs, "fade"), { residual: 0.5 * 0.5, base: 1 });
  assert.equal(keptShares(knobs, "blend"), { residual: 0.5 * 0.5, base: 0.5 * 0.5 });
  assert.equal(keptShares([], "blend"), { residual: 1, base: 1 });
});

test("blended, a knob is added to the whole embedding: u′ = (1 − α)·u + α·s·Σe·W·w", () => {
  const tape = new Tape(engine, false);
  const u = elsa.encode(tape, tape.sparseInput(users.input));
  const { code, input } = sae.encode(tape, u);
  const knobs: Knob[] = [{ neurons: [2, 5], weights: [1, 3], strength: 0.4 }];
  const { embedding } = turnedEmbedding(tape, sae, { u, code, input }, steerCode(tape, code, knobs), () =>
    keptShares(knobs, "blend"));
  const { data: W, cols: D } = sae.decoderW;
  for (let r = 0; r < u.rows; r++) {
    let total = 0;
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) total += code.values![q];
    if (total === 0) continue;
    for (let d = 0; d < D; d++) {
      const knob = input.std[r] * total * (0.25 * W[2 * D + d] + 0.75 * W[5 * D + d]);
      const expected = 0.6 * u.data[r * D + d] + 0.4 * knob;
      assert.ok(Math.abs(embedding.data[r * D + d] - expected) < 1e-5, `${r} ${d}`);
    }
  }
  tape.reset();
});

test("moving the embedding all the way shows the segment, at strength 0 the plain model", () => {
  const goals = steeringGoals(users, tags);
  const curve = evaluateSteering(engine, new MoveEmbedding(elsa, encoder, goals.segments), users, goals, [0, 1]);
  assert.ok(curve[1].segment.ndcg.mean > curve[0].segment.ndcg.mean);
});

test("a user without items: scores are finite, whatever is turned", () => {
  const [knob, muted] = [{ neurons: [3, 7], strength: 0.4 }, { neurons: [3], strength: -1 }];
  const teaser = new Teaser(
    engine, Float32Array.from({ length: ITEMS * 4 }, () => random.normal()),
    { data: new Float32Array(ITEMS * 4).fill(1), rows: ITEMS, cols: 4 },
    { offDiagonal: 1, weights: 1 },
  );
  const all: Steering[] = [
    new KnobSteering(elsa, sae, () => [knob]), new KnobSteering(elsa, sae, () => [muted]),
    new MoveEmbedding(elsa, encoder, tags.counts), new ShiftProfile(teaser),
  ];
  for (const steering of all) {
    const tape = new Tape(engine, false);
    const x = tape.sparseInput(csrFromLists([[], [4, 5]], ITEMS));
    for (const strength of [0, 0.5, 1]) {
      assert.ok(steering.scores(tape, x, () => 2, strength).data.every(Number.isFinite));
    }
    tape.reset();
  }
});

test("TEASER: α is added to the tag's entry, for each row its own; without a goal nothing changes", () => {
  // One tag an item group, E = 0: what is scored is the shift alone.
  const G = Float32Array.from({ length: ITEMS * 2 }, (_, i) => ((i >> 1) % 2 === i % 2 ? 1 : 0));
  const teaser = new Teaser(
    engine, new Float32Array(ITEMS * 2), { data: G, rows: ITEMS, cols: 2 }, { offDiagonal: 0, weights: 0 },
  );
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(csrFromLists([[0], [0], [0]], ITEMS));
  const { data } = new ShiftProfile(teaser).scores(tape, x, (row) => row - 1, 0.5);
  for (let j = 0; j < ITEMS; j++) {
    assert.equal([0, 1, 2].map((r) => data[r * ITEMS + j]), [0, j % 2 === 0 ? 0.5 : 0, j % 2 === 1 ? 0.5 : 0]);
  }
  tape.reset();
});

test("the chosen strength shows most of the segment among those that keep enough", () => {
  const point = (strength: number, personal: number, segment: number): SteeringQuality => {
    const estimate = (mean: number): { mean: number; se: number; n: number } => ({ mean, se: 0, n: 1 });
    const both = (mean: number): SteeringQuality["personal"] => ({ recall: estimate(mean), ndcg: estimate(mean) });
    return { strength, personal: both(personal), segment: both(segment) };
  };
  const curve = [point(0, 0.3, 0.1), point(0.1, 0.31, 0.2), point(0.2, 0.295, 0.3), point(0.3, 0.2, 0.5)];
  assert.is(chooseStrength(curve, 0.3)?.strength, 0.2);
  assert.is(chooseStrength(curve, 0.3, 1)?.strength, 0.1);
  assert.is(chooseStrength(curve, 1), null);
});

test.run();
