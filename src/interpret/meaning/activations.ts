/**
 * Activations of items seen column by column, each neuron's items sorted once, strongest first: what every measure of
 * firing works on.
 *
 * A sparse code's neurons fire above 0. The axes of dense codes (PCA, ICA, raw embeddings) have signs that mean
 * nothing, so each axis is two columns, one for either direction, and any threshold is allowed.
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import { fallingOrder } from "../../base/order.js";
import type { DenseCodes } from "./recovery.js";

/** Items that fire a column, strongest first. */
export interface FiringOrder {
  /** Items that may fire, strongest first, ties by index. */
  readonly items: Int32Array;
  /** Their activations, falling. */
  readonly values: Float64Array;
}

/** The activations of items by column: a neuron of a sparse code, or one direction of a dense axis. */
export class Activations {
  readonly items: number;
  /** Neurons, or two for each axis of dense codes. */
  readonly columns: number;
  /** Neurons or axes. */
  readonly neurons: number;
  /** What silent items have: 0 for sparse codes; dense codes have no silence. */
  readonly floor: number;
  private readonly sparse: Csr | null;
  private readonly dense: DenseCodes | null;

  /** @param codes (I, H), sparse and non-negative, or dense. */
  constructor(codes: Csr | DenseCodes) {
    this.items = codes.rows;
    this.neurons = codes.cols;
    [this.sparse, this.dense] = "data" in codes ? [null, codes] : [csrTranspose(codes), null];
    this.columns = this.dense ? 2 * codes.cols : codes.cols;
    this.floor = this.dense ? -Infinity : 0;
  }

  /** The neuron, or axis, that a column belongs to. */
  neuronOf(column: number): number {
    return this.dense ? column >> 1 : column;
  }

  /** 1, or −1 for the negative direction of a dense axis. */
  signOf(column: number): 1 | -1 {
    return this.dense && column % 2 === 1 ? -1 : 1;
  }

  /**
   * The items that fire a column, strongest first.
   *
   * @param half leaves out the items that it marks with −1.
   */
  order(column: number, half?: ArrayLike<number>): FiringOrder {
    let [items, values] = this.entries(column);
    if (half) {
      const kept = (item: number): boolean => half[item] >= 0;
      if (!items.every(kept)) [items, values] = [items.filter(kept), values.filter((_, k) => kept(items[k]))];
    }
    const order = fallingOrder(values);
    return { items: order.map((k) => items[k]), values: Float64Array.from(order, (k) => values[k]) };
  }

  /** (I) the column as it is, silent items 0. */
  column(column: number): Float64Array {
    if (this.dense) return this.axis(column);
    const out = new Float64Array(this.items);
    const [items, values] = this.entries(column);
    for (let k = 0; k < items.length; k++) out[items[k]] = values[k];
    return out;
  }

  private axis(column: number): Float64Array {
    const { data, cols } = this.dense!;
    const [axis, sign] = [this.neuronOf(column), this.signOf(column)];
    const out = new Float64Array(this.items);
    for (let i = 0; i < out.length; i++) out[i] = sign * data[i * cols + axis];
    return out;
  }

  private entries(column: number): [Int32Array, Float64Array] {
    const { sparse, dense, items: I } = this;
    if (dense) {
      const all = new Int32Array(I);
      for (let i = 0; i < I; i++) all[i] = i;
      return [all, this.axis(column)];
    }
    const [from, to] = [sparse!.indptr[column], sparse!.indptr[column + 1]];
    const items = sparse!.indices.subarray(from, to);
    const values = sparse!.values
      ? Float64Array.from(sparse!.values.subarray(from, to)) : new Float64Array(to - from).fill(1);
    if (values.every((v) => v > 0)) return [items, values];
    return [items.filter((_, k) => values[k] > 0), values.filter((v) => v > 0)];
  }
}
