/**
 * What a neuron responds to, as a person should see it: not only the items that fire it most, which flatter every
 * neuron, but some from the middle of its range and some drawn at random from all that fire it; how often it fires; and
 * which neurons do nearly the same to the scores, the neighbours of its decoder row by cosine.
 */
import { csrTranspose, type Csr } from "../base/csr.js";
import { dot } from "../base/dense.js";
import type { Floats } from "../base/floats.js";
import type { Random } from "../base/random.js";

/** An item that fires a neuron, with its activation. */
export interface FiringItem {
  readonly item: number;
  readonly activation: number;
}

/** What a neuron answers to: items, tags, and the neurons most like it. */
export interface NeuronProfile {
  readonly neuron: number;
  /** Share of the items that fire it; 0 means dead. */
  readonly density: number;
  /** Strongest first; equal ones by item number. */
  readonly top: readonly FiringItem[];
  /** Around the median activation of the items that fire it, strongest first. */
  readonly middle: readonly FiringItem[];
  /** Drawn without replacement from all items that fire it, strongest first. May repeat items of the other lists. */
  readonly random: readonly FiringItem[];
  /** Items that fire it by activation, in ten equal steps from 0 to the largest. */
  readonly histogram: readonly number[];
  /** Closest decoder rows, closest first. */
  readonly neighbours: readonly { readonly neuron: number; readonly cosine: number }[];
}

/** How much of a neuron is looked at. */
export interface NeuronProfileOptions {
  /** Length of each list, default 10; shorter when fewer items fire the neuron. */
  readonly count?: number;
  /** Default 5. */
  readonly neighbours?: number;
}

/** Of the histogram. */
const STEPS = 10;

/** Looks neurons up; the item codes are transposed once. */
export class NeuronProfiles {
  private readonly itemsOf: Csr;

  /** @param itemCodes S, (I, H): every item encoded alone; @param decoderW (H, D) */
  constructor(itemCodes: Csr, private readonly decoderW: Floats) {
    this.itemsOf = csrTranspose(itemCodes);
  }

  /**
   * What one neuron answers to.
   *
   * @param random draws the random items; a fresh one of the same seed gives the same items.
   */
  profile(neuron: number, random: Random, options: NeuronProfileOptions = {}): NeuronProfile {
    const { count = 10, neighbours = 5 } = options;
    const { indptr, indices, values, rows, cols: items } = this.itemsOf;
    if (!(neuron >= 0 && neuron < rows)) throw new RangeError(`neuron ${neuron} of ${rows}`);
    const firing: FiringItem[] = [];
    for (let q = indptr[neuron]; q < indptr[neuron + 1]; q++) {
      const activation = values ? values[q] : 1;
      if (activation > 0) firing.push({ item: indices[q], activation });
    }
    firing.sort(strongestFirst);
    const start = Math.max(0, Math.floor((firing.length - count) / 2));
    const drawn = random.shuffle(Int32Array.from(firing.keys())).subarray(0, count);
    return {
      neuron,
      density: items > 0 ? firing.length / items : 0,
      top: firing.slice(0, count),
      middle: firing.slice(start, start + count),
      random: Array.from(drawn, (i) => firing[i]).sort(strongestFirst),
      histogram: histogramOf(firing),
      neighbours: this.neighbours(neuron, neighbours),
    };
  }

  private neighbours(neuron: number, count: number): { neuron: number; cosine: number }[] {
    const neurons = this.itemsOf.rows;
    const D = this.decoderW.length / neurons;
    const product = (a: number, b: number): number => dot(this.decoderW, this.decoderW, a * D, b * D, D);
    const length = product(neuron, neuron);
    const others: { neuron: number; cosine: number }[] = [];
    for (let h = 0; h < neurons; h++) {
      if (h === neuron) continue;
      // A zero row has no direction and is nobody's neighbour.
      const norms = Math.sqrt(length * product(h, h));
      if (norms > 0) others.push({ neuron: h, cosine: product(neuron, h) / norms });
    }
    return others.sort((a, b) => b.cosine - a.cosine || a.neuron - b.neuron).slice(0, count);
  }
}

/** @param firing strongest first */
function histogramOf(firing: readonly FiringItem[]): number[] {
  const counts = new Array<number>(STEPS).fill(0);
  for (const { activation } of firing) {
    counts[Math.min(STEPS - 1, Math.floor(STEPS * activation / firing[0].activation))]++;
  }
  return counts;
}

function strongestFirst(a: FiringItem, b: FiringItem): number {
  return b.activation - a.activation || a.item - b.item;
}
