/**
 * Held-out firing F1: is there a neuron for each concept, judged on items that did not choose it?
 *
 * Items are halved (item-halves.ts). For each concept the neuron and threshold with the best F1 on one half are scored
 * on the other, both ways round, and averaged. `fit` is the F1 on the choosing half: how far it lies above `f1` is what
 * choosing on the scored items would have flattered. recovery.ts measures that flattered figure.
 *
 * One sort a neuron; a sweep from the strongest activation down then meets each (item, concept) pair once, so the cost
 * is O(firing items × concepts an item), and hundreds of tags on thousands of items take about a second.
 */
import type { Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import { Activations, type FiringOrder } from "./activations.js";
import { aucOf, below, scoreFiring, type FiringScore } from "./firing-threshold.js";
import { eachHalf, type ItemHalves } from "./item-halves.js";
import type { DenseCodes } from "./recovery.js";

/** What one half chose for a concept and how it did on the other. */
export interface HeldOutWay extends FiringScore {
  /** Neuron or axis, −1 when none fires on an item of the concept. */
  readonly neuron: number;
  /** Which way the axis points: −1 only for dense codes. */
  readonly sign: 1 | -1;
  readonly threshold: number;
  /** F1 on the half that chose. */
  readonly fit: number;
  readonly auc: number;
}

/** Means of the two ways. */
export interface HeldOutFigures {
  readonly f1: number;
  readonly fit: number;
  readonly precision: number;
  readonly recall: number;
  readonly auc: number;
}

export interface HeldOutConcept extends HeldOutFigures {
  readonly concept: number;
  /** Scored items that have it. */
  readonly items: number;
  /** Chosen on half 0 and scored on half 1; the other way round. */
  readonly ways: readonly [HeldOutWay, HeldOutWay];
}

export interface HeldOutF1 extends HeldOutFigures {
  /** In concept order, those with enough scored items. */
  readonly concepts: readonly HeldOutConcept[];
  /** Share of them with F1 ≥ `level`. */
  readonly recovered: number;
  readonly level: number;
  /** Distinct neurons among the best of each concept, over concepts; mean of the two ways. */
  readonly uniqueness: number;
  /** Items scored; concepts left out because fewer than `minItems` of these have them. */
  readonly items: number;
  readonly leftOut: number;
}

/** Which concepts are scored, and from when on one counts as recovered. */
export interface HeldOutOptions {
  /** Concepts with fewer scored items are left out. Default 20. */
  readonly minItems?: number;
  /** F1 from which on a concept counts as recovered. Default 0.8. */
  readonly level?: number;
}

/** F1 of every concept with every column on each half, and the threshold behind it. */
export interface FitTable {
  readonly activations: Activations;
  /** For each half, (T, columns): best F1. */
  readonly f1: readonly [Float32Array, Float32Array];
  /** For each half, (T, columns): its threshold. */
  readonly threshold: readonly [Float64Array, Float64Array];
}

/**
 * @param codes (I, H) sparse non-negative codes, or (I, D) dense ones, whose axes compete in both directions.
 * @param truth (I, T) which item has which concept; values are not looked at.
 * @throws UserError when they do not count the same items.
 */
export function heldOutF1(
  codes: Csr | DenseCodes, truth: Csr, half: ItemHalves, options: HeldOutOptions = {},
): HeldOutF1 {
  return scoreBest(fitTable(codes, truth, half), truth, half, options);
}

/** The first half of heldOutF1, for whoever chooses differently (one-to-one.ts, splitting.ts). */
export function fitTable(codes: Csr | DenseCodes, truth: Csr, half: ItemHalves): FitTable {
  if (codes.rows !== truth.rows || half.length !== truth.rows) {
    throw new UserError(
      `codes have ${codes.rows} rows, the truth ${truth.rows} items, the halves ${half.length}: ` +
      "all need one entry per item",
    );
  }
  const activations = new Activations(codes);
  const size = truth.cols * activations.columns;
  const table: FitTable = {
    activations, f1: [new Float32Array(size), new Float32Array(size)],
    threshold: [new Float64Array(size).fill(Infinity), new Float64Array(size).fill(Infinity)],
  };
  const sweeps = [0, 1].map((way) => new FitSweep(truth, half, way));
  for (let column = 0; column < activations.columns; column++) {
    const order = activations.order(column, half);
    sweeps.forEach((sweep, w) => { sweep.run(order, activations, column, table.f1[w], table.threshold[w]); });
  }
  return table;
}

/** One column at a time: the best threshold of every concept on one half. */
class FitSweep {
  private readonly positives: Int32Array;
  private readonly hits: Int32Array;

  constructor(private readonly truth: Csr, private readonly half: ItemHalves, private readonly way: number) {
    this.positives = new Int32Array(truth.cols);
    this.hits = new Int32Array(truth.cols);
    for (let i = 0; i < truth.rows; i++) {
      if (half[i] !== way) continue;
      for (let q = truth.indptr[i]; q < truth.indptr[i + 1]; q++) this.positives[truth.indices[q]]++;
    }
  }

  /** Lowering the threshold, F1 can only rise for a concept that just gained an item: only those are looked at. */
  run(
    { items, values }: FiringOrder, { columns, floor }: Activations, column: number,
    f1: Float32Array, threshold: Float64Array,
  ): void {
    const { truth, half, way, positives, hits } = this;
    const { indptr, indices } = truth;
    hits.fill(0);
    let fired = 0;
    const next = (at: number): number => {
      while (at < items.length && half[items[at]] !== way) at++;
      return at;
    };
    for (let at = next(0); at < items.length;) {
      const value = values[at];
      let end = at;
      for (; end < items.length && values[end] === value; end = next(end + 1)) {
        fired++;
        for (let q = indptr[items[end]]; q < indptr[items[end] + 1]; q++) hits[indices[q]]++;
      }
      const cut = below(value, end < items.length ? values[end] : floor);
      for (let k = at; k < end; k = next(k + 1)) {
        for (let q = indptr[items[k]]; q < indptr[items[k] + 1]; q++) {
          const concept = indices[q];
          const place = concept * columns + column;
          const found = (2 * hits[concept]) / (fired + positives[concept]);
          // Fround: what is stored is what is compared.
          if (Math.fround(found) <= f1[place]) continue;
          f1[place] = found;
          threshold[place] = cut;
        }
      }
      at = end;
    }
  }
}

/** The second half of heldOutF1: each concept's best column of a table on either half, scored on the other. */
export function scoreBest(table: FitTable, truth: Csr, half: ItemHalves, options: HeldOutOptions = {}): HeldOutF1 {
  const { columns } = table.activations;
  return scoreChoice(table, truth, half, (concept, way) => {
    const row = table.f1[way].subarray(concept * columns, (concept + 1) * columns);
    const best = row.reduce((at, value, column) => (value > row[at] ? column : at), 0);
    return row[best] > 0 ? best : -1;
  }, options);
}

/** As scoreBest for any choice of a column; −1 chooses none. */
export function scoreChoice(
  table: FitTable, truth: Csr, half: ItemHalves, choose: (concept: number, way: 0 | 1) => number,
  { minItems = 20, level = 0.8 }: HeldOutOptions = {},
): HeldOutF1 {
  const { activations } = table;
  const halves = eachHalf(half);
  const members = membersOf(truth, half);
  const positive = new Uint8Array(truth.rows);
  const scored = members.flatMap((items, concept) => (items.length >= Math.max(1, minItems) ? [concept] : []));
  const wanted = scored.flatMap((concept, k) =>
    ([0, 1] as const).map((way) => ({ concept, k, way, column: choose(concept, way) })));
  const found = scored.map((): HeldOutWay[] => []);
  // Column by column: one of a large catalogue is long to read.
  let [last, values]: [number, Float64Array] = [-1, new Float64Array(truth.rows)];
  for (const { concept, k, way, column } of wanted.sort((a, b) => a.column - b.column)) {
    if (column !== last) [last, values] = [column, activations.column(column)];
    for (const item of members[concept]) positive[item] = 1;
    const place = concept * activations.columns + column;
    const chosen = column < 0 ? { neuron: -1, sign: 1 as const, threshold: Infinity, fit: 0 } : {
      neuron: activations.neuronOf(column), sign: activations.signOf(column),
      threshold: table.threshold[way][place], fit: table.f1[way][place],
    };
    const score = halves[1 - way];
    found[k][way] = {
      ...chosen, auc: aucOf(values, positive, score),
      ...scoreFiring(values, chosen.threshold, positive, score, activations.floor),
    };
    for (const item of members[concept]) positive[item] = 0;
  }
  const concepts = found.map(([a, b], k): HeldOutConcept =>
    ({ concept: scored[k], items: members[scored[k]].length, ways: [a, b], ...means([a, b]) }));
  const distinct = (way: number): number => {
    const chosen = concepts.map(({ ways }) => ways[way].neuron).filter((neuron) => neuron >= 0);
    return new Set(chosen).size / Math.max(1, concepts.length);
  };
  return overConcepts(concepts, members, halves, level, (distinct(0) + distinct(1)) / 2);
}

/**
 * What the figures of single concepts come to.
 *
 * @param concepts those that were scored; @param members the scored items of each concept there is (membersOf).
 */
export function overConcepts<C extends HeldOutConcept>(
  concepts: readonly C[], members: readonly (readonly number[])[], halves: readonly [Int32Array, Int32Array],
  level: number, uniqueness: number,
): HeldOutF1 & { readonly concepts: readonly C[] } {
  return {
    concepts, ...means(concepts), level, uniqueness, items: halves[0].length + halves[1].length,
    leftOut: members.filter((items) => items.length > 0).length - concepts.length,
    recovered: concepts.filter(({ f1 }) => f1 >= level).length / Math.max(1, concepts.length),
  };
}

/** The scored items of each concept. */
export function membersOf(truth: Csr, half: ItemHalves): number[][] {
  const members: number[][] = Array.from({ length: truth.cols }, () => []);
  for (let i = 0; i < truth.rows; i++) {
    if (half[i] < 0) continue;
    for (let q = truth.indptr[i]; q < truth.indptr[i + 1]; q++) members[truth.indices[q]].push(i);
  }
  return members;
}

export function means(all: readonly HeldOutFigures[]): HeldOutFigures {
  const mean = (of: (one: HeldOutFigures) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / Math.max(1, all.length);
  return {
    f1: mean((one) => one.f1), fit: mean((one) => one.fit), precision: mean((one) => one.precision),
    recall: mean((one) => one.recall), auc: mean((one) => one.auc),
  };
}
