/**
 * The linear probe: how well one direction of a vector tells an item's concept. On the embedding it is the ceiling of
 * every knob that is a direction; on all neurons, of every knob that is a set of neurons.
 *
 * Ridge on one half of the items (ridge.ts), λ and the threshold chosen there by what each item is predicted without
 * itself, F1 on the other half; both ways round (held-out-f1.ts).
 */
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { aucOf, bestThreshold, scoreFiring } from "./firing-threshold.js";
import {
  means, membersOf, overConcepts, type HeldOutConcept, type HeldOutF1, type HeldOutOptions, type HeldOutWay,
} from "./held-out-f1.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";
import { predict, RidgeSystem } from "../components/ridge.js";

/** λ in units of the mean square of X's entries times the number of rows. */
const LAMBDAS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

export interface ProbedConcept extends HeldOutConcept {
  /** For either way, (I): 1 where the probe is right about an item of the judging half. */
  readonly right: readonly [Uint8Array, Uint8Array];
}

export interface ProbedF1 extends HeldOutF1 {
  readonly concepts: readonly ProbedConcept[];
}

/**
 * Held-out F1 of one trained direction for each concept: what the embedding allows (docs/method.md §15.2).
 *
 * @param x (I, dims) row-major; truth: (I, T). Neuron is the concept's own number: each has a direction of its own.
 */
export function linearProbe(
  x: Floats, dims: number, truth: Csr, half: ItemHalves, { minItems = 20, level = 0.8 }: HeldOutOptions = {},
): ProbedF1 {
  const members = membersOf(truth, half);
  const scored = Array.from(members.keys()).filter((c) => members[c].length >= minItems);
  const halves = eachHalf(half);
  const ways = [0, 1].map((way) => probeOneWay(x, dims, truth.rows, members, scored, halves[way], halves[1 - way]));
  const concepts = scored.map((concept, k): ProbedConcept => {
    const [{ right: first, ...a }, { right: second, ...b }] = [ways[0][k], ways[1][k]];
    return { concept, items: members[concept].length, ways: [a, b], right: [first, second], ...means([a, b]) };
  });
  return overConcepts(concepts, members, halves, level, 1);
}

function probeOneWay(
  x: Floats, dims: number, rows: number, members: readonly number[][], scored: readonly number[],
  fit: Int32Array, score: Int32Array,
): (HeldOutWay & { right: Uint8Array })[] {
  const T = scored.length;
  const place = new Int32Array(rows).fill(-1);
  fit.forEach((item, r) => { place[item] = r; });
  const y = new Float64Array(fit.length * T);
  scored.forEach((concept, t) => {
    for (const item of members[concept]) if (place[item] >= 0) y[place[item] * T + t] = 1;
  });
  const system = new RidgeSystem(x, dims, fit, y, T);
  let squares = 0;
  for (const item of fit) for (let d = 0; d < dims; d++) squares += (x[item * dims + d] - system.xMean[d]) ** 2;
  const unit = squares / dims;
  const fits = LAMBDAS.map((lambda) => system.solve(lambda * Math.max(unit, 1e-12)));
  const everyRow = Int32Array.from({ length: fit.length }, (_, r) => r);
  const positive = new Uint8Array(rows);
  return scored.map((concept, t) => {
    const target = Uint8Array.from(everyRow, (r) => y[r * T + t]);
    const tried = fits.map((one) => bestThreshold(system.leaveOneOut(one, t), target, everyRow, -Infinity));
    const best = tried.reduce((at, { f1 }, k) => (f1 > tried[at].f1 ? k : at), 0);
    for (const item of members[concept]) positive[item] = 1;
    const values = new Float64Array(rows);
    for (const item of score) values[item] = predict(fits[best], x, item, t);
    const { threshold, f1 } = tried[best];
    const right = new Uint8Array(rows);
    for (const item of score) right[item] = (values[item] > threshold) === (positive[item] === 1) ? 1 : 0;
    const way = {
      neuron: concept, sign: 1 as const, threshold, right, fit: f1, auc: aucOf(values, positive, score),
      ...scoreFiring(values, threshold, positive, score, -Infinity),
    };
    for (const item of members[concept]) positive[item] = 0;
    return way;
  });
}
