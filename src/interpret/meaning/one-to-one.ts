/**
 * One neuron a concept: the best neurons may be shared, a dictionary that tells concepts apart has one for each.
 *
 *   oneToOne           neurons given to concepts by the assignment with the largest summed F1 on one half, scored on
 *                      the other (held-out-f1.ts)
 *   correlationMatch   likewise by Pearson's r of activation and grade, mean r on the other half: asks whether a neuron
 *                      is as strong as the concept is present
 */
import type { Csr } from "../../base/csr.js";
import { Activations } from "./activations.js";
import { assign } from "./hungarian.js";
import { scoreChoice, membersOf, type FitTable, type HeldOutF1, type HeldOutOptions } from "./held-out-f1.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";
import type { DenseCodes } from "./recovery.js";

/** Held-out F1 with each neuron given to one concept at most, by Hungarian matching (docs/method.md §15.2). */
export function oneToOne(table: FitTable, truth: Csr, half: ItemHalves, options: HeldOutOptions = {}): HeldOutF1 {
  const { columns, neurons } = table.activations;
  const scored = scoredConcepts(truth, half, options.minItems ?? 20);
  const chosen = ([0, 1] as const).map((way) => {
    // Both directions of a dense axis are one neuron: the better one counts.
    const column = (concept: number, neuron: number): number => {
      if (columns === neurons) return neuron;
      const [up, down] = [2 * neuron, 2 * neuron + 1];
      const f1 = table.f1[way];
      return f1[concept * columns + down] > f1[concept * columns + up] ? down : up;
    };
    const score = new Float64Array(scored.length * neurons);
    scored.forEach((concept, r) => {
      for (let n = 0; n < neurons; n++) score[r * neurons + n] = table.f1[way][concept * columns + column(concept, n)];
    });
    const neuronOf = assign(score, scored.length, neurons);
    return new Map(scored.map((concept, r) => [concept, neuronOf[r] < 0 ? -1 : column(concept, neuronOf[r])]));
  });
  return scoreChoice(table, truth, half, (concept, way) => chosen[way].get(concept) ?? -1, options);
}

/** Mean over concepts and ways of r on the judging half. grades: (I, T) with values. */
export function correlationMatch(
  codes: Csr | DenseCodes, grades: Csr, half: ItemHalves, { minItems = 20 }: HeldOutOptions = {},
): number {
  const activations = new Activations(codes);
  const { neurons, columns } = activations;
  const scored = scoredConcepts(grades, half, minItems);
  const step = columns / neurons;
  const r = eachHalf(half).map((items) => correlations(activations, grades, items, scored, step));
  let sum = 0;
  for (const way of [0, 1]) {
    // The sign of a dense axis is chosen with the axis.
    const fit = step === 2 ? r[way].map(Math.abs) : r[way];
    assign(fit, scored.length, neurons).forEach((neuron, t) => {
      if (neuron < 0) return;
      const at = t * neurons + neuron;
      sum += step === 2 ? Math.sign(r[way][at]) * r[1 - way][at] : r[1 - way][at];
    });
  }
  return sum / Math.max(1, 2 * scored.length);
}

/** (scored, neurons) Pearson's r over items; 0 where either is constant. */
function correlations(
  activations: Activations, grades: Csr, items: Int32Array, scored: readonly number[], step: number,
): Float64Array {
  const n = items.length;
  const place = new Int32Array(grades.cols).fill(-1);
  scored.forEach((concept, t) => { place[concept] = t; });
  const [sum, squares] = [new Float64Array(scored.length), new Float64Array(scored.length)];
  const entries: [item: number, t: number, grade: number][] = [];
  for (const item of items) {
    for (let q = grades.indptr[item]; q < grades.indptr[item + 1]; q++) {
      const t = place[grades.indices[q]];
      if (t < 0) continue;
      const grade = grades.values ? grades.values[q] : 1;
      entries.push([item, t, grade]);
      sum[t] += grade;
      squares[t] += grade * grade;
    }
  }
  const r = new Float64Array(scored.length * activations.neurons);
  const product = new Float64Array(scored.length);
  for (let neuron = 0; neuron < activations.neurons; neuron++) {
    const values = activations.column(step * neuron);
    let [total, square] = [0, 0];
    for (const item of items) {
      total += values[item];
      square += values[item] ** 2;
    }
    const spread = Math.sqrt(Math.max(0, square / n - (total / n) ** 2));
    product.fill(0);
    for (const [item, t, grade] of entries) product[t] += values[item] * grade;
    for (let t = 0; t < scored.length; t++) {
      const other = Math.sqrt(Math.max(0, squares[t] / n - (sum[t] / n) ** 2));
      const covariance = product[t] / n - (total / n) * (sum[t] / n);
      r[t * activations.neurons + neuron] = spread > 1e-12 && other > 1e-12 ? covariance / (spread * other) : 0;
    }
  }
  return r;
}

export function scoredConcepts(truth: Csr, half: ItemHalves, minItems: number): number[] {
  const members = membersOf(truth, half);
  return Array.from(members.keys()).filter((c) => members[c].length >= minItems);
}
