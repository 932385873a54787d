/**
 * Recovery: does the model have a neuron for each planted concept? (The truth is that of data/world/world.ts.)
 *
 * A neuron read as a classifier says "item i has the concept" when its activation reaches a threshold t. For a concept
 * and a neuron, F1 is taken at the best t > 0 (an activation of 0 never counts as firing); a concept's F1 is that of
 * its best single neuron, and the concept is *recovered* when this is at least 0.8. AUC is the probability that a
 * random item of the concept activates the neuron more than a random other item, ties counting half.
 * Threshold and neuron are chosen on the same items that are scored: this measures what the code contains, not how
 * well a threshold would carry over to new items.
 *
 * Dense codes (PCA, raw embeddings) have signed axes whose sign is arbitrary. Each axis therefore competes in both
 * directions, and any real threshold is allowed: the comparison favours them, if anything.
 */
import type { Csr } from "../../base/csr.js";
import { csrTranspose } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { UserError } from "../../base/user-error.js";

/** Dense codes: one row per item. */
export interface DenseCodes {
  readonly rows: number;
  readonly cols: number;
  /** (rows, cols) row-major. */
  readonly data: Floats;
}

/** How well one concept was found again. */
export interface ConceptRecovery {
  readonly concept: number;
  readonly name: string;
  /** Items that have the concept. */
  readonly items: number;
  /** The neuron (or axis) with the best F1, −1 when none fires on any of the items. */
  readonly neuron: number;
  /** Which way the axis points: −1 only for dense codes. */
  readonly sign: 1 | -1;
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  /** The neuron fires where sign·activation ≥ this. */
  readonly threshold: number;
  /** AUC of that neuron. */
  readonly auc: number;
  /** The best AUC of any neuron. */
  readonly bestAuc: number;
}

/** How many known concepts were found again, and how well. */
export interface Recovery {
  /** One entry per concept that has items, in concept order. */
  readonly concepts: readonly ConceptRecovery[];
  /** Share of these with F1 ≥ `level`. */
  readonly recovered: number;
  readonly meanF1: number;
  readonly meanAuc: number;
  readonly level: number;
}

/** F1 from which on a concept counts as recovered. */
export const RECOVERY_LEVEL = 0.8;

/**
 * @param codes (I, H) sparse non-negative codes, or (I, D) dense ones.
 * @param itemConcepts (I, T) binary truth.
 * @throws UserError when the two have different numbers of items.
 */
export function recovery(
  codes: Csr | DenseCodes, itemConcepts: Csr, conceptNames: readonly string[], level = RECOVERY_LEVEL,
): Recovery {
  if (codes.rows !== itemConcepts.rows) {
    const sizes = `codes have ${codes.rows} rows, the truth ${itemConcepts.rows} items`;
    throw new UserError(`${sizes}: both need one row per item`);
  }
  const search = new ConceptSearch(itemConcepts);
  if ("data" in codes) {
    for (let c = 0; c < codes.cols; c++) {
      const axis = Float64Array.from({ length: codes.rows }, (_, i) => codes.data[i * codes.cols + c]);
      const items = Int32Array.from({ length: codes.rows }, (_, i) => i);
      search.consider(c, 1, items, axis);
      search.consider(c, -1, items, axis.map((v) => -v));
    }
  } else {
    const columns = csrTranspose(codes);
    for (let n = 0; n < columns.rows; n++) {
      const [items, values] = firing(columns, n);
      search.consider(n, 1, items, values);
    }
  }
  const concepts = search.result(conceptNames);
  const mean = (of: (c: ConceptRecovery) => number): number =>
    concepts.reduce((sum, c) => sum + of(c), 0) / Math.max(1, concepts.length);
  return {
    concepts,
    level,
    recovered: mean((c) => (c.f1 >= level ? 1 : 0)),
    meanF1: mean((c) => c.f1),
    meanAuc: mean((c) => c.auc),
  };
}

/** The items on which neuron n fires, and how strongly. */
function firing(columns: Csr, n: number): [Int32Array, Float64Array] {
  const from = columns.indptr[n];
  const to = columns.indptr[n + 1];
  const items = columns.indices.subarray(from, to);
  if (!columns.values) return [items, new Float64Array(items.length).fill(1)];
  const values = Float64Array.from(columns.values.subarray(from, to));
  return [items.filter((_, i) => values[i] > 0), values.filter((v) => v > 0)];
}

interface BestNeuron {
  neuron: number;
  sign: 1 | -1;
  f1: number;
  /** Items of the concept, and items altogether, that reach the threshold. */
  hits: number;
  fired: number;
  threshold: number;
  auc: number;
}

const NONE: BestNeuron = { neuron: -1, sign: 1, f1: 0, hits: 0, fired: 0, threshold: 0, auc: 0.5 };

/** Keeps the best neuron of every concept while the neurons pass by one at a time. */
class ConceptSearch {
  private readonly size: Int32Array;
  private readonly best: BestNeuron[];
  private readonly bestAuc: Float64Array;

  constructor(private readonly truth: Csr) {
    this.size = new Int32Array(truth.cols);
    for (const concept of truth.indices) this.size[concept]++;
    this.best = Array.from(this.size, () => NONE);
    this.bestAuc = new Float64Array(truth.cols).fill(0.5);
  }

  /**
   * One sweep from the strongest activation down: lowering the threshold lets items in, group by group of equal
   * activation. F1 can only rise for a concept that just gained an item, so only those are looked at.
   */
  consider(neuron: number, sign: 1 | -1, items: Int32Array, activation: Float64Array): void {
    const { truth, size } = this;
    const concepts = truth.cols;
    const order = Int32Array.from(items.keys()).sort((a, b) => activation[b] - activation[a] || a - b);
    const hits = new Int32Array(concepts);
    const f1 = new Float64Array(concepts);
    const cut = new Int32Array(concepts);
    const hitsAtCut = new Int32Array(concepts);
    const rankSum = new Float64Array(concepts);
    for (let at = 0; at < order.length;) {
      let end = at + 1;
      while (end < order.length && activation[order[end]] === activation[order[at]]) end++;
      const rank = truth.rows - (at + end - 1) / 2; // ascending mid-rank, 1 is the weakest
      for (let k = at; k < end; k++) {
        const item = items[order[k]];
        for (let q = truth.indptr[item]; q < truth.indptr[item + 1]; q++) {
          hits[truth.indices[q]]++;
          rankSum[truth.indices[q]] += rank;
        }
      }
      for (let k = at; k < end; k++) {
        const item = items[order[k]];
        for (let q = truth.indptr[item]; q < truth.indptr[item + 1]; q++) {
          const c = truth.indices[q];
          const value = (2 * hits[c]) / (end + size[c]);
          if (value > f1[c]) {
            f1[c] = value;
            cut[c] = end;
            hitsAtCut[c] = hits[c];
          }
        }
      }
      at = end;
    }
    const silentRank = (truth.rows - order.length + 1) / 2;
    for (let c = 0; c < concepts; c++) {
      const others = truth.rows - size[c];
      if (size[c] === 0) continue;
      const ranks = rankSum[c] + (size[c] - hits[c]) * silentRank;
      const auc = others === 0 ? 0.5 : (ranks - (size[c] * (size[c] + 1)) / 2) / (size[c] * others);
      if (auc > this.bestAuc[c]) this.bestAuc[c] = auc;
      if (f1[c] > this.best[c].f1) {
        const threshold = activation[order[cut[c] - 1]];
        this.best[c] = { neuron, sign, f1: f1[c], hits: hitsAtCut[c], fired: cut[c], threshold, auc };
      }
    }
  }

  result(names: readonly string[]): ConceptRecovery[] {
    const found: ConceptRecovery[] = [];
    this.best.forEach((b, concept) => {
      const items = this.size[concept];
      if (items === 0) return;
      found.push({
        concept, name: names[concept], items, neuron: b.neuron, sign: b.sign, f1: b.f1,
        precision: b.fired === 0 ? 0 : b.hits / b.fired, recall: b.hits / items,
        threshold: b.threshold, auc: b.auc, bestAuc: this.bestAuc[concept],
      });
    });
    return found;
  }
}
