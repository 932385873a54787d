/** Scoring some items only: their vectors, and what of a user's input is among them. */
import { SparseTensor, Tensor, type Tape } from "../autograd/index.js";
import { firstFrom } from "../base/order.js";

/** Rows of the item vectors, copied. vectors: (I, D), listed: (C). (C, D) */
export function rowsOf(tape: Tape, vectors: Tensor, listed: Int32Array): Tensor {
  const { engine } = tape;
  const out = engine.floats(listed.length * vectors.cols);
  engine.run("gatherRows", out, vectors.data, listed, vectors.cols);
  return new Tensor(out, listed.length, vectors.cols, false);
}

/** x with the listed columns alone, numbered by their place. x: (B, I), listed: (C) ascending. (B, C) */
export function columnsOf(tape: Tape, x: SparseTensor, listed: Int32Array): SparseTensor {
  const { engine } = tape;
  const [starts, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
      const place = placeIn(listed, x.indices[q]);
      if (place < 0) continue;
      indices.push(place);
      values.push(x.values ? x.values[q] : 1);
    }
    starts.push(indices.length);
  }
  return new SparseTensor(
    engine, x.rows, listed.length, engine.intsFrom(starts.slice(0, -1)), engine.intsFrom(starts.slice(1)),
    engine.intsFrom(indices), x.values ? engine.floatsFrom(values) : null, false,
  );
}

function placeIn(sorted: Int32Array, value: number): number {
  const place = firstFrom(sorted, value);
  return sorted[place] === value ? place : -1;
}
