/**
 * Whether neurons that were chosen for concepts on items say the right thing about users, too.
 *
 *   AUC     of a concept's neuron in telling the users with that taste (ancestors included) from the others
 *   own     share of a user's activation on the neurons of the user's own tastes
 *   other   the same on those of another user's tastes: what own would be if a code said nothing about its user
 */
import type { Csr } from "../../base/csr.js";
import { csrTranspose } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import { aucOf } from "./firing-threshold.js";

/**
 * How well neurons tell users with a taste (AUC), and the share of activation on neurons of own and of another user's
 * tastes (docs/method.md §15.2).
 */
export interface UserTastes {
  readonly auc: number;
  readonly own: number;
  readonly other: number;
}

/**
 * How well the concepts' neurons tell users with the taste (docs/method.md §15.2).
 *
 * @param codes (n, H) of users; @param tastes (n, T) theirs, ancestors included.
 * @param neuronOf the neuron of a concept, −1 for none.
 */
export function userTastes(codes: Csr, tastes: Csr, neuronOf: ReadonlyMap<number, number>, random: Random): UserTastes {
  const n = codes.rows;
  const users = Int32Array.from({ length: n }, (_, u) => u);
  const byNeuron = csrTranspose(codes);
  const byConcept = csrTranspose(tastes);
  let [auc, concepts] = [0, 0];
  for (const [concept, neuron] of neuronOf) {
    if (neuron < 0) continue;
    const has = new Uint8Array(n);
    for (let q = byConcept.indptr[concept]; q < byConcept.indptr[concept + 1]; q++) has[byConcept.indices[q]] = 1;
    const values = new Float64Array(n);
    for (let q = byNeuron.indptr[neuron]; q < byNeuron.indptr[neuron + 1]; q++) {
      values[byNeuron.indices[q]] = byNeuron.values ? byNeuron.values[q] : 1;
    }
    const one = aucOf(values, has, users);
    if (Number.isNaN(one)) continue;
    auc += one;
    concepts++;
  }
  const shareOn = (user: number, whose: number): number => {
    const neurons = new Set<number>();
    for (let q = tastes.indptr[whose]; q < tastes.indptr[whose + 1]; q++) {
      neurons.add(neuronOf.get(tastes.indices[q]) ?? -1);
    }
    let [on, all] = [0, 0];
    for (let q = codes.indptr[user]; q < codes.indptr[user + 1]; q++) {
      const value = codes.values ? codes.values[q] : 1;
      all += value;
      if (neurons.has(codes.indices[q])) on += value;
    }
    return all > 0 ? on / all : 0;
  };
  const strangers = random.shuffle(users.slice());
  let [own, other] = [0, 0];
  for (let k = 0; k < n; k++) {
    own += shareOn(strangers[k], strangers[k]) / n;
    other += shareOn(strangers[k], strangers[(k + 1) % n]) / n;
  }
  return { auc: auc / Math.max(1, concepts), own, other };
}
