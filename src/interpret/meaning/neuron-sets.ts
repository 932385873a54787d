/**
 * Several neurons for one concept: a weighted set z = Σ_n w_n·e_n, w ≥ 0, as a knob can turn it, and how well it tells
 * the concept. Weights are non-negative because a knob that is turned up should turn nothing down.
 *
 * On one half of the items: of the 64 neurons that correlate most with the concept, those weights that fit its presence
 * best by non-negative ridge regression (coordinate descent on standardised activations). λ and the threshold are
 * chosen by cross-fitting within that half: each fifth of it is judged by weights that the other four fifths fitted. F1
 * on the other half; both ways round (held-out-f1.ts).
 */
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { aucOf, bestThreshold, scoreFiring } from "./firing-threshold.js";
import {
  means, membersOf, overConcepts, type HeldOutConcept, type HeldOutF1, type HeldOutOptions, type HeldOutWay,
} from "./held-out-f1.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";

/** The set that one half chose. */
export interface NeuronSet {
  readonly neurons: readonly number[];
  /** As many, of the activations as they are, positive. */
  readonly weights: readonly number[];
}

export interface SetConcept extends HeldOutConcept {
  readonly sets: readonly [NeuronSet, NeuronSet];
}

export interface SetF1 extends HeldOutF1 {
  readonly concepts: readonly SetConcept[];
  /** Neurons of a set, mean over concepts and ways. */
  readonly size: number;
}

const CANDIDATES = 64;
const LAMBDAS = [0.03, 0.1, 0.3, 1, 3, 10];
/**
 * Parts of a half for cross-fitting. With two, weights that are judged came from a quarter of the items, and what suits
 * them is not what suits the final ones: on ml-1m F1 .305, with four, five and eight .319, .316 and .321.
 */
const FOLDS = 5;
const SWEEPS = 60;

/** @param x (I, H) row-major, non-negative; truth: (I, T). */
export function neuronSets(
  x: Floats, H: number, truth: Csr, half: ItemHalves, { minItems = 20, level = 0.8 }: HeldOutOptions = {},
): SetF1 {
  const members = membersOf(truth, half);
  const scored = Array.from(members.keys()).filter((c) => members[c].length >= minItems);
  const halves = eachHalf(half);
  const ways = [0, 1].map((way) => {
    const fitter = new SetFitter(x, H, halves[way]);
    const positive = new Uint8Array(truth.rows);
    return scored.map((concept) => {
      for (const item of members[concept]) positive[item] = 1;
      const { set, threshold, fit } = fitter.fit(positive);
      const values = new Float64Array(truth.rows);
      for (const item of halves[1 - way]) values[item] = activation(set, x, H, item);
      const score: HeldOutWay = {
        neuron: set.neurons[0] ?? -1, sign: 1, threshold, fit, auc: aucOf(values, positive, halves[1 - way]),
        ...scoreFiring(values, threshold, positive, halves[1 - way], 0),
      };
      for (const item of members[concept]) positive[item] = 0;
      return { set, score };
    });
  });
  const concepts = scored.map((concept, k): SetConcept => {
    const [a, b] = [ways[0][k], ways[1][k]];
    return {
      concept, items: members[concept].length, ways: [a.score, b.score], sets: [a.set, b.set],
      ...means([a.score, b.score]),
    };
  });
  const sizes = ways.flat().map(({ set }) => set.neurons.length);
  return {
    ...overConcepts(concepts, members, halves, level, 1),
    size: sizes.reduce((sum, n) => sum + n, 0) / Math.max(1, sizes.length),
  };
}

function activation({ neurons, weights }: NeuronSet, x: Floats, H: number, item: number): number {
  let sum = 0;
  for (let k = 0; k < neurons.length; k++) sum += weights[k] * x[item * H + neurons[k]];
  return sum;
}

/** Sums over some items: enough to fit any concept on them. */
interface Moments {
  readonly n: number;
  readonly sum: Float64Array;
  /** (H, H) Σ x·xᵀ */
  readonly gram: Float64Array;
}

/** One half of the items, cut in parts for cross-fitting. */
class SetFitter {
  private readonly parts: readonly Int32Array[];
  /** Of all items, and of all but those of each part. */
  private readonly all: Moments;
  private readonly without: readonly Moments[];

  constructor(private readonly x: Floats, private readonly H: number, private readonly items: Int32Array) {
    this.parts = Array.from({ length: FOLDS }, (_, p) => items.filter((_, k) => k % FOLDS === p));
    const moments = this.parts.map((part) => momentsOf(x, H, part));
    const empty: Moments = { n: 0, sum: new Float64Array(H), gram: new Float64Array(H * H) };
    this.all = moments.reduce((sum, part) => combined(sum, part, 1), empty);
    this.without = moments.map((part) => combined(this.all, part, -1));
  }

  fit(positive: Uint8Array): { set: NeuronSet; threshold: number; fit: number } {
    const { x, H, items, parts } = this;
    const cross = parts.map((part) => crossOf(x, H, part, positive));
    const all: Cross = {
      y: cross.reduce((sum, { y }) => sum + y, 0),
      xy: Float64Array.from({ length: H }, (_, h) => cross.reduce((sum, { xy }) => sum + xy[h], 0)),
    };
    const without = cross.map(({ y, xy }): Cross => ({ y: all.y - y, xy: all.xy.map((v, h) => v - xy[h]) }));
    let best = { lambda: LAMBDAS[0], threshold: Infinity, f1: -1 };
    for (const lambda of LAMBDAS) {
      const values = new Float64Array(positive.length);
      parts.forEach((part, p) => {
        const set = nonNegativeRidge(this.without[p], without[p], H, lambda);
        for (const item of part) values[item] = activation(set, x, H, item);
      });
      const found = bestThreshold(values, positive, items, 0);
      if (found.f1 > best.f1) best = { lambda, ...found };
    }
    return {
      set: nonNegativeRidge(this.all, all, H, best.lambda), threshold: best.threshold, fit: Math.max(0, best.f1),
    };
  }
}

/** a + sign·b */
function combined(a: Moments, b: Moments, sign: 1 | -1): Moments {
  return {
    n: a.n + sign * b.n,
    sum: a.sum.map((v, h) => v + sign * b.sum[h]),
    gram: a.gram.map((v, k) => v + sign * b.gram[k]),
  };
}

function momentsOf(x: Floats, H: number, items: Int32Array): Moments {
  const sum = new Float64Array(H);
  const gram = new Float64Array(H * H);
  const active = new Int32Array(H);
  for (const item of items) {
    let count = 0;
    for (let h = 0; h < H; h++) if (x[item * H + h] !== 0) active[count++] = h;
    for (let p = 0; p < count; p++) {
      const value = x[item * H + active[p]];
      sum[active[p]] += value;
      for (let q = 0; q < count; q++) gram[active[p] * H + active[q]] += value * x[item * H + active[q]];
    }
  }
  return { n: items.length, sum, gram };
}

/** Positive items, and Σ x over them. */
interface Cross {
  readonly y: number;
  /** (H) */
  readonly xy: Float64Array;
}

function crossOf(x: Floats, H: number, items: Int32Array, positive: Uint8Array): Cross {
  const xy = new Float64Array(H);
  let y = 0;
  for (const item of items) {
    if (positive[item] === 0) continue;
    y++;
    for (let h = 0; h < H; h++) xy[h] += x[item * H + h];
  }
  return { y, xy };
}

/** min ½‖ỹ − X̃w‖²/n + ½λ‖w‖², w ≥ 0, over the candidates, on columns of standard deviation 1. */
function nonNegativeRidge(
  { n, sum, gram }: Moments, { y, xy }: Cross, H: number, lambda: number,
): NeuronSet {
  const deviation = sum.map((s, h) => Math.sqrt(Math.max(0, gram[h * H + h] / n - (s / n) ** 2)));
  const covariance = sum.map((s, h) => (deviation[h] > 1e-9 ? (xy[h] / n - (s / n) * (y / n)) / deviation[h] : 0));
  const candidates = Array.from(covariance.keys()).filter((h) => covariance[h] > 0)
    .sort((a, b) => covariance[b] - covariance[a] || a - b).slice(0, CANDIDATES);
  const C = candidates.length;
  const correlation = new Float64Array(C * C);
  candidates.forEach((a, p) => candidates.forEach((b, q) => {
    correlation[p * C + q] = (gram[a * H + b] / n - (sum[a] / n) * (sum[b] / n)) / (deviation[a] * deviation[b]);
  }));
  const w = new Float64Array(C);
  for (let sweep = 0, moved = 1; sweep < SWEEPS && moved > 1e-6; sweep++) {
    moved = 0;
    for (let p = 0; p < C; p++) {
      let residual = covariance[candidates[p]];
      for (let q = 0; q < C; q++) if (q !== p && w[q] !== 0) residual -= correlation[p * C + q] * w[q];
      const next = Math.max(0, residual / (1 + lambda));
      moved = Math.max(moved, Math.abs(next - w[p]));
      w[p] = next;
    }
  }
  const kept = Array.from(w.keys()).filter((p) => w[p] > 0).sort((a, b) => w[b] - w[a]);
  return {
    neurons: kept.map((p) => candidates[p]), weights: kept.map((p) => w[p] / deviation[candidates[p]]),
  };
}
