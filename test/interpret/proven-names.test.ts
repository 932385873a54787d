/** Proven names: what is there is proven, what is not is not; the probe and its closed forms. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { firingScore } from "../../src/interpret/meaning/firing-threshold.js";
import { halveItems } from "../../src/interpret/meaning/item-halves.js";
import { linearProbe } from "../../src/interpret/meaning/linear-probe.js";
import { lowerBound, provenNames } from "../../src/interpret/meaning/proven-names.js";
import { predict, RidgeSystem } from "../../src/interpret/components/ridge.js";
import { assertClose } from "../support/assert-close.js";
import { csrFromDense } from "../support/csr-from-dense.js";

const ITEMS = 400;

/** Tag 0 is on every fifth item, tag 1 on random ones; neuron 0 tells tag 0, neuron 1 noise, neuron 2 is silent. */
function scene(): { codes: Float64Array; lists: number[][]; axes: Float64Array } {
  const random = new Random(5);
  const lists: number[][] = [];
  const codes = new Float64Array(ITEMS * 3);
  const axes = new Float64Array(ITEMS * 2);
  for (let i = 0; i < ITEMS; i++) {
    lists.push([...(i % 5 === 0 ? [0] : []), ...(random.uniform() < 0.2 ? [1] : [])]);
    if ((i % 5 === 0) !== (random.uniform() < 0.05)) codes[i * 3] = 1 + random.uniform();
    if (random.uniform() < 0.3) codes[i * 3 + 1] = random.uniform() + 0.1;
    for (const d of [0, 1]) axes[i * 2 + d] = random.normal();
  }
  return { codes, lists, axes };
}

test("a neuron that tells a tag is proven, one that fires at random is not, a silent one has no name", () => {
  const { codes, lists, axes } = scene();
  const tags = csrFromLists(lists, 2);
  const half = halveItems(tags, new Random(1));
  const found = provenNames(
    csrFromDense(codes, ITEMS, 3), { rows: ITEMS, cols: 2, data: axes }, tags, half, new Random(2),
  );
  const [real, noise] = found.tags;
  assert.equal([real.neuron, real.tag, real.proven, noise.proven], [0, 0, true, false]);
  assertClose([real.allPositive], [0.4 / 1.2], { absolute: 0.02 });
  assert.ok(real.lower > real.axis && real.lower < real.f1);
  assert.equal([found.neurons[0]!.proven, found.neurons[1]!.proven, found.neurons[2]], [true, false, null]);
  assert.equal([found.tagShare, found.neuronShare, found.namesPerNeuron], [0.5, 0.5, 1]);
});

test("a tag that nothing can be proven for keeps no neuron from a narrower name that holds", () => {
  const random = new Random(11);
  const [codes, axes] = [new Float64Array(ITEMS), new Float64Array(ITEMS)];
  const lists = Array.from({ length: ITEMS }, (_, i): number[] => {
    const [broad, narrow] = [i % 5 < 2, i % 10 === 0];
    if (broad) codes[i] = (narrow ? 2 : 1) + 0.5 * random.uniform();
    if (narrow && random.uniform() < 0.1) codes[i] = 0;
    axes[i] = random.normal();
    return [...(broad ? [0] : []), ...(narrow ? [1] : [])];
  });
  const tags = csrFromLists(lists, 2);
  const half = halveItems(tags, new Random(1));
  const { bestNeuron, neurons: [proof] } = provenNames(
    csrFromDense(codes, ITEMS, 1), { rows: ITEMS, cols: 1, data: axes }, tags, half, new Random(2),
  );
  const [broad, narrow] = bestNeuron.concepts;
  assert.ok(broad.fit > narrow.fit, "the broad tag fits better, and twice the F1 of calling all positive is above 1");
  assert.equal([proof!.tag, proof!.proven], [1, true]);
});

test("the bootstrap's lower end is that of resampled items", () => {
  const score = firingScore(40, 60, 50);
  const lower = lowerBound([score], 2000, new Random(1));
  // By resampling 500 items one by one.
  const random = new Random(2);
  const draws = Float64Array.from({ length: 2000 }, () => {
    let [hits, fired, positives] = [0, 0, 0];
    for (let k = 0; k < 500; k++) {
      const i = random.below(500);
      if (i < 40) hits++;
      if (i < 60) fired++;
      if (i < 40 || (i >= 60 && i < 70)) positives++;
    }
    return firingScore(hits, fired, positives).f1;
  }).sort();
  assertClose([lower], [draws[50]], { absolute: 0.012 });
  assert.ok(lower < score.f1);
});

test("ridge solves its normal equations, and leaving a row out is what fitting without it gives", () => {
  const random = new Random(7);
  const [n, D, T] = [12, 3, 2];
  const x = Float64Array.from({ length: n * D }, () => random.normal());
  const y = Float64Array.from({ length: n * T }, () => random.normal());
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const system = new RidgeSystem(x, D, all, y, T);
  const fit = system.solve(0.5);
  for (let t = 0; t < T; t++) {
    for (let d = 0; d < D; d++) {
      let gradient = -0.5 * fit.weights[t * D + d];
      for (let i = 0; i < n; i++) gradient += (y[i * T + t] - predict(fit, x, i, t)) * (x[i * D + d] - fit.xMean[d]);
      assertClose([gradient], [0], { absolute: 1e-10 });
    }
  }
  // With λ → 0 the closed form is exact with the intercept refitted, too.
  const plain = new RidgeSystem(x, D, all, y, T).solve(1e-9);
  const without = all.filter((i) => i !== 4);
  const rest = new RidgeSystem(x, D, without, y.filter((_, k) => Math.floor(k / T) !== 4), T).solve(1e-9);
  assertClose([system.leaveOneOut(plain, 1)[4]], [predict(rest, x, 4, 1)], { absolute: 1e-6 });
});

test("a probe finds a concept that is a direction, and not one that is chance", () => {
  const random = new Random(9);
  const D = 8;
  const x = Float64Array.from({ length: ITEMS * D }, () => random.normal());
  const lists = Array.from({ length: ITEMS }, (_, i) =>
    [...(x[i * D] + x[i * D + 1] > 1.5 ? [0] : []), ...(random.uniform() < 0.15 ? [1] : [])]);
  const truth = csrFromLists(lists, 2);
  const [direction, chance] = linearProbe(x, D, truth, halveItems(truth, new Random(1))).concepts;
  assert.ok(direction.f1 > 0.75, `${direction.f1}`);
  assert.ok(chance.f1 < 0.4, `${chance.f1}`);
});

test.run();
