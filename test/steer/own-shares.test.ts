/** What a strength is a share of: closed form, proportions of several knobs, and what stays as it is. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";
import { chooseStrengthFinely } from "../../src/steer/choose-strength.js";
import { KnobSteering, type SteeringQuality } from "../../src/steer/evaluate-steering.js";
import { activationOf, ownShares, typicalActivation } from "../../src/steer/own-shares.js";
import type { Knob } from "../../src/steer/steer.js";
import { assertClose } from "../support/assert-close.js";

const knobs: Knob[] = [
  { neurons: [1], strength: 0.3 }, { neurons: [2], strength: 0.2 }, { neurons: [3], strength: -0.7 },
  { neurons: [4], strength: 0.5, only: true },
];

test("what a knob puts beside what stays is α/(1 − α)·√(x·x̄)", () => {
  for (const [own, typical] of [[4, 9], [9, 4], [0.25, 16]]) {
    const [{ strength }] = ownShares([{ neurons: [1], strength: 0.4 }], own, typical);
    assertClose([(strength / (1 - strength)) * own], [(0.4 / 0.6) * Math.sqrt(own * typical)], { absolute: 1e-12 });
  }
});

test("several knobs keep their proportions, and what is turned down or alone stays as it is", () => {
  const [a, b, down, solo] = ownShares(knobs, 1, 4).map(({ strength }) => strength);
  assertClose([a / b, (a + b) / (1 - a - b)], [1.5, 2], { absolute: 1e-12 });
  assert.equal([down, solo], [-0.7, 0.5]);
  assert.is(ownShares([{ neurons: [1], strength: 1 }], 1, 9)[0].strength, 1);
});

test("nothing changes without a typical activation, at it, for an empty code or with nothing turned up", () => {
  assert.is(ownShares(knobs, 3, null), knobs);
  assert.is(ownShares(knobs, 0, 2), knobs);
  assert.is(ownShares(knobs.slice(2), 3, 2).length, 2);
  assert.equal(ownShares(knobs, 5, 5), knobs);
});

test("a short history is turned more than the paper's share, a long one less", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const random = new Random(5);
  const [items, factors, neurons] = [30, 8, 16];
  const elsa = new Elsa(engine, Elsa.initialise(random, items, factors), items, factors);
  const shape = { factors, neurons, k: 4 };
  const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, shape), shape, false);
  const histories = csrFromLists([[0], [1, 2, 3], Array.from({ length: 25 }, (_, j) => j), []], items);
  const typical = typicalActivation(engine, elsa, sae, histories)!;
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(histories);
  const { code, input } = sae.encode(tape, elsa.encode(tape, x));
  const own = [0, 1, 2, 3].map((row) => activationOf(code, row, input.std[row]));
  assert.is(own[3], 0);
  assert.ok(own.slice(0, 3).some((value) => value === typical), "the middle of those that have any");
  const scores = (reach: number | null): Float32Array => new KnobSteering(
    elsa, sae, (_, strength) => [{ neurons: [3], strength }], { residual: "blend", typical: reach },
  ).scores(tape, x, () => 0, 0.4).data.slice() as Float32Array;
  const [paper, root] = [scores(null), scores(typical)];
  own.forEach((value, row) => {
    const same = paper.subarray(row * items, (row + 1) * items).every((score, j) => score === root[row * items + j]);
    assert.is(same, value === typical || value === 0, `row ${row}`);
  });
  engine.close();
});

test("a strength is chosen among hundredths around the best twentieth", () => {
  const point = (strength: number): SteeringQuality => {
    const of = (mean: number) => ({ mean, se: 0, n: 1 });
    const [personal, segment] = [of(strength <= 0.374 ? 1 : 0.9), of(strength)];
    return { strength, personal: { recall: personal, ndcg: personal }, segment: { recall: segment, ndcg: segment } };
  };
  const asked: number[] = [];
  const curve = (strengths: readonly number[]): SteeringQuality[] => {
    asked.push(...strengths);
    return strengths.map(point);
  };
  assert.is(chooseStrengthFinely(curve, 1)!.strength, 0.37);
  assert.ok(asked.every((strength) => strength >= 0 && strength < 0.9));
  assert.is(chooseStrengthFinely(curve, 2), null);
});

test.run();
