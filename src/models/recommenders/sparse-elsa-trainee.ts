/**
 * What a level of sparse ELSA's training differentiates (docs/method.md §8.1): A, pruned and normalised, and the loss
 * over all items or over the authors' sample of them. The finished recommender is sparse-elsa.ts.
 */
import {
  asSparseRows, cappedResidualLoss, parameter, pickEntries, sparseProduct, sparseRowsAt, unitSparseRows, SparseTensor,
  type Tape, type Tensor,
} from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";
import type { Random } from "../../base/random.js";
import type { Engine } from "../../engine/engine.js";
import { largestOfRows } from "./pruning.js";
import type { Parameter } from "./recommender.js";
import type { SparseItemVectors } from "./sparse-item-vectors.js";

/** relu's upper end. */
export const CAP = 6;

/** The columns of a step's scores: what the loss looks at. */
export interface OutputColumns {
  /** (O) items; those of the batch first, ascending, then negatives, some perhaps twice. */
  readonly items: Int32Array;
  /** The batch over these columns: (B, O). */
  readonly x: SparseTensor;
}

/**
 * The n largest entries of each row at unit length, as differentiable sparse rows; all that the rows have where that is
 * n. a: (R, w), columns: (R, w) in the heap, result: (R, D).
 */
export function unitRowsOf(
  tape: Tape, a: Tensor, columns: Int32Array, entries: number, factors: number,
): SparseTensor {
  if (entries === a.cols) return unitSparseRows(tape, asSparseRows(tape, a, columns, factors));
  const places = largestOfRows(a.data, a.rows, a.cols, entries);
  const at = Int32Array.from(places, (place, q) => columns[Math.floor(q / entries) * a.cols + place]);
  return unitSparseRows(tape, pickEntries(tape, a, places, at, entries, factors));
}

export class SparseElsaTrainee {
  readonly parameters: readonly Parameter[];
  /** A: (I, w) */
  private readonly a: Tensor;
  private readonly columns: Int32Array;

  /**
   * @param start A: (I, w), copied. @param columns (I, w) which of the D columns they are, copied.
   * @param entries n ≤ w: those of A that count, the largest of each row, chosen anew at every step. In a schedule all
   *   that does not count is 0 anyway and left out: then n = w, and nothing is chosen.
   */
  constructor(
    engine: Engine, start: ArrayLike<number>, columns: Int32Array, readonly items: number, readonly factors: number,
    private readonly entries: number,
  ) {
    this.a = parameter(engine, start, items, columns.length / items);
    this.columns = engine.intsFrom(columns);
    this.parameters = [{ name: "values", tensor: this.a, unitRows: false }];
  }

  /** Xavier-uniform: A before anything is pruned, (I, D). */
  static initialise(random: Random, items: number, factors: number): Float32Array {
    const limit = Math.sqrt(6 / (items + factors));
    const a = new Float32Array(items * factors);
    for (let at = 0; at < a.length; at++) a[at] = limit * (2 * random.uniform() - 1);
    return a;
  }

  /** N: pruned and normalised. (I, D) */
  itemVectors(tape: Tape): SparseTensor {
    return unitRowsOf(tape, this.a, this.columns, this.entries, this.factors);
  }

  /** @param outputs the columns that count; null: all items. x: (B, I). */
  loss(tape: Tape, x: SparseTensor, outputs: OutputColumns | null): Tensor {
    return this.forward(tape, x, outputs).loss;
  }

  /** The scores by item, (O, B), beside the loss; valid until backward. */
  forward(tape: Tape, x: SparseTensor, outputs: OutputColumns | null): { loss: Tensor; scores: Floats } {
    const n = this.itemVectors(tape);
    const e = sparseProduct(tape, x, n);
    if (!outputs) return cappedResidualLoss(tape, e, n, x, CAP);
    return cappedResidualLoss(tape, e, sparseRowsAt(tape, n, outputs.items), outputs.x, CAP);
  }

  /** The finished vectors as ordinary arrays. */
  vectors(tape: Tape): SparseItemVectors {
    const { indices, values } = this.itemVectors(tape);
    return { columns: indices.slice(), values: values!.slice(), entries: this.entries };
  }
}

/**
 * A batch's items, then `most` less their number of negatives (at least 1), drawn with replacement from the items that
 * nobody in the batch has. No negatives where there is no such item.
 */
export function sampleOutputs(tape: Tape, x: SparseTensor, most: number, random: Random): OutputColumns {
  const place = new Int32Array(x.cols).fill(-1);
  for (let r = 0; r < x.rows; r++) for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) place[x.indices[q]] = 0;
  const positives = Int32Array.from(place.keys()).filter((i) => place[i] === 0);
  const others = Int32Array.from(place.keys()).filter((i) => place[i] !== 0);
  const negatives = others.length === 0 ? 0 : Math.max(1, most - positives.length);
  const items = new Int32Array(positives.length + negatives);
  items.set(positives);
  for (let k = 0; k < negatives; k++) items[positives.length + k] = others[random.below(others.length)];
  return outputColumns(tape, x, items);
}

/** @param items those of the batch among them, before any that repeats. */
export function outputColumns(tape: Tape, x: SparseTensor, items: Int32Array): OutputColumns {
  const { engine } = tape;
  const place = new Int32Array(x.cols).fill(-1);
  for (let o = items.length - 1; o >= 0; o--) place[items[o]] = o;
  const indices = engine.intsFrom(x.indices);
  for (let r = 0; r < x.rows; r++) for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) indices[q] = place[x.indices[q]];
  return { items, x: new SparseTensor(engine, x.rows, items.length, x.rowStart, x.rowEnd, indices, null, false) };
}
