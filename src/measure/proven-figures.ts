/**
 * What the proven names of a model's neurons come to (interpret/meaning/proven-names.ts), and how much of it could be
 * proven at all.
 *
 * Twice the F1 of calling every item positive is 4p/(1 + p) for a tag on a share p of the items, which passes 1 at
 * p = 1/3: no neuron can be proven for a commoner tag, however good it is. And what the whole embedding does not know
 * of a tag no neuron can say. So a linear probe on the embedding is asked the same, as far as it can be: its held-out
 * F1 must be twice that of calling every item positive, and above the best principal axis. A tag that passes is
 * *provable*; the share of activation on neurons that are called by such a tag is what naming them could come to.
 */
import type { Floats } from "../base/floats.js";
import { csrColumnCounts, csrFromLists, csrRow, csrTranspose, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { HeldOutConcept, HeldOutF1, HeldOutOptions } from "../interpret/meaning/held-out-f1.js";
import type { ItemHalves } from "../interpret/meaning/item-halves.js";
import { linearProbe } from "../interpret/meaning/linear-probe.js";
import type { ProvenFigures } from "../interpret/meaning/meaning-figures.js";
import { provenNames } from "../interpret/meaning/proven-names.js";
import type { DenseCodes } from "../interpret/meaning/recovery.js";
import { shareOn } from "./concept-figures.js";

/** What proofs are made of. */
export interface ProvenInputs {
  /** (I, H) of single items; (n, H) of test users' inputs. */
  readonly codes: Csr;
  readonly userCodes: Csr;
  /** (I, D) principal coordinates; (I, D) embeddings. */
  readonly axes: DenseCodes;
  readonly vectors: Floats;
  /** The probe of the tags that figures are means over. */
  readonly probe: HeldOutF1;
  /** (T) */
  readonly names: readonly string[];
}

/** (I, T) the tags that figures are means over, and all that a neuron may have its name from. */
export interface ProvenTarget {
  readonly truth: Csr;
  readonly all: Csr;
  readonly half: ItemHalves;
  readonly options: HeldOutOptions;
}

export function provenFigures(
  { codes, userCodes, axes, vectors, probe, names }: ProvenInputs, target: ProvenTarget, seed: number,
): ProvenFigures {
  const { truth, all, half, options } = target;
  const found = provenNames(
    codes, axes, all, half, new Random(seed), { ...options, tagsToProve: csrColumnCounts(truth) },
  );
  const proven = found.neurons.filter((proof) => proof?.proven === true);
  const asked = new Set(found.neurons.flatMap((proof) => (proof ? [proof.tag] : [])));
  const more = columnsOf(all, [...asked].filter((tag) => !probe.concepts.some(({ concept }) => concept === tag)));
  const probed = [...probe.concepts, ...linearProbe(vectors, axes.cols, more, half, options).concepts];
  const provable = provableTags(probed, found.bestAxis, half);
  const on = (which: (neuron: number) => boolean): number =>
    shareOn(Int32Array.from(found.neurons, (_, neuron) => (which(neuron) ? 0 : -1)), userCodes);
  return {
    neurons: proven.length, alive: found.neurons.filter((proof) => proof !== null).length,
    share: on((neuron) => found.neurons[neuron]?.proven === true),
    provable: {
      share: on((neuron) => found.neurons[neuron] !== null && provable.has(found.neurons[neuron].tag)),
      tags: found.tags.filter(({ tag }) => provable.has(tag)).length,
    },
    tags: found.tags.filter((proof) => proof.proven).length, namesPerNeuron: found.namesPerNeuron,
    names: proven.map((proof) => {
      const { neuron, tag, f1, lower } = proof!;
      return { neuron, name: names[tag], f1, lower };
    }),
  };
}

/**
 * Tags that a probe passes the first rule for, and the axis.
 *
 * @param probed held-out F1 of the probe.
 */
export function provableTags(
  probed: readonly HeldOutConcept[], bestAxis: Pick<HeldOutF1, "concepts">, half: ItemHalves,
): Set<number> {
  const scored = half.reduce((sum, h) => sum + (h >= 0 ? 1 : 0), 0);
  const axis = new Map(bestAxis.concepts.map(({ concept, f1 }) => [concept, f1]));
  const passes = ({ concept, items, f1 }: HeldOutConcept): boolean => {
    const p = items / scored;
    return f1 >= (4 * p) / (1 + p) && f1 > (axis.get(concept) ?? 0);
  };
  return new Set(probed.filter(passes).map(({ concept }) => concept));
}

/** The matrix with some columns only, the others empty. */
function columnsOf(x: Csr, columns: readonly number[]): Csr {
  const transposed = csrTranspose(x);
  const lists = Array.from({ length: x.cols }, (): number[] => []);
  for (const column of columns) lists[column] = Array.from(csrRow(transposed, column));
  return csrTranspose(csrFromLists(lists, x.rows));
}
