/**
 * Sparse item vectors as plain arrays: how sparse ELSA keeps them, how files hold them, and more of them. No tensors:
 * the model on them is sparse-elsa.ts.
 */
import type { Matrix } from "../../autograd/index.js";
import type { NamedTensors } from "../../base/named-tensors.js";
import { UserError } from "../../base/user-error.js";
import { normalisedRows } from "../initialise.js";
import { largestOfRows } from "./pruning.js";

/** n entries a row. */
export interface SparseItemVectors {
  /** (I, n) ascending within a row. */
  readonly columns: Int32Array;
  /** (I, n) */
  readonly values: ArrayLike<number>;
  /** n */
  readonly entries: number;
}

/** As files hold them: columns as whole numbers, exact in half precision too, and how many items have a dimension. */
export function namedVectors({ columns, values, entries }: SparseItemVectors, factors: number): NamedTensors {
  const shape = [columns.length / entries, entries];
  const used = new Float32Array(factors);
  for (const column of columns) used[column]++;
  return {
    columns: { shape, data: Float32Array.from(columns) }, values: { shape, data: Float32Array.from(values) },
    items_of_dimension: { shape: [factors], data: used },
  };
}

/** @throws UserError when the weights are not sparse ELSA's. */
export function vectorsOf(weights: NamedTensors): { vectors: SparseItemVectors; factors: number } {
  for (const name of ["columns", "values", "items_of_dimension"]) {
    if (Object.hasOwn(weights, name)) continue;
    throw new UserError(`no tensor ${name} among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
  }
  const [factors] = weights.items_of_dimension.shape;
  const columns = Int32Array.from(weights.columns.data);
  const wrong = columns.findIndex((column) => column < 0 || column >= factors);
  if (wrong >= 0) throw new UserError(`columns: entry ${wrong} is ${columns[wrong]}, expected 0 to ${factors - 1}`);
  return { vectors: { columns, values: weights.values.data, entries: weights.columns.shape[1] }, factors };
}

/** The weights with more items: the largest entries of each of their vectors, (n, D), at unit length. */
export function withItemVectors(weights: NamedTensors, { data, rows, cols }: Matrix): NamedTensors {
  const { vectors: { columns, values, entries }, factors } = vectorsOf(weights);
  const places = largestOfRows(data, rows, cols, entries);
  const more = Float32Array.from(places, (column, q) => data[Math.floor(q / entries) * cols + column]);
  return namedVectors({
    columns: Int32Array.from([...columns, ...places]), entries,
    values: Float32Array.from([...Array.from(values), ...normalisedRows(more, entries)]),
  }, factors);
}
