/**
 * A recommender's tensors seen as one row an item: which of them have an axis of items, those rows, and the same
 * tensors with more items or fewer. What the record of a recommender says of its shapes is enough to know (record.ts).
 */
import type { NamedTensor, NamedTensors } from "../../base/named-tensors.js";
import { transpose } from "../../base/dense.js";
import type { CfaeRecord, TrainedSettings } from "../recommenders/record.js";

/** (I, width): what a tensor holds of each item. */
export interface ItemRows {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/** The axis that grows with the number of items, by name of the tensor; tensors without one are left out. */
export function itemAxes(record: CfaeRecord, settings: TrainedSettings, items: number): ReadonlyMap<string, number> {
  const [now, more] = [record.tensors(items, settings), record.tensors(items + 1, settings)];
  const axes = Object.entries(now).map(([name, shape]): [string, number] =>
    [name, shape.findIndex((n, a) => n !== more[name][a])]);
  return new Map(axes.filter(([, axis]) => axis >= 0));
}

/** A tensor as one row an item; axis 0 or 1 of at most two. */
export function itemRows({ shape, data }: NamedTensor, axis: number): ItemRows {
  const rows = shape[axis];
  const cols = data.length / rows;
  return { data: axis === 0 ? data : transpose(data, cols, rows), rows, cols };
}

/** The tensor that these rows are of. */
export function tensorOfRows({ data, rows, cols }: ItemRows, like: NamedTensor, axis: number): NamedTensor {
  const shape = like.shape.map((n, a) => (a === axis ? rows : n));
  return { shape, data: axis === 0 ? data : transpose(data, rows, cols) };
}

/** The same weights with every tensor's item rows replaced. */
export function mapItemRows(
  weights: NamedTensors, axes: ReadonlyMap<string, number>, map: (rows: ItemRows, name: string) => ItemRows,
): NamedTensors {
  return Object.fromEntries(Object.entries(weights).map(([name, tensor]) => {
    const axis = axes.get(name);
    if (axis === undefined) return [name, tensor];
    return [name, tensorOfRows(map(itemRows(tensor, axis), name), tensor, axis)];
  }));
}

/** Some rows, in this order. */
export function pickRows({ data, cols }: ItemRows, rows: ArrayLike<number>): ItemRows {
  const out = new Float32Array(rows.length * cols);
  for (let r = 0; r < rows.length; r++) out.set(data.subarray(rows[r] * cols, (rows[r] + 1) * cols), r * cols);
  return { data: out, rows: rows.length, cols };
}

/** Both, the second below the first. */
export function stackRows(a: ItemRows, b: ItemRows): ItemRows {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, rows: a.rows + b.rows, cols: a.cols };
}
