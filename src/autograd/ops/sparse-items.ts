/**
 * The ops of sparse ELSA (docs/method.md §8.1): item vectors that are sparse rows, every row with the same number of
 * entries. N: (I, D) holds n entries a row, so its values are a dense (I, n) array beside their columns.
 */
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import type { Tape } from "../tape.js";
import { SparseTensor, type Tensor } from "../tensor.js";
import { sum } from "./losses.js";
import { byColumn } from "./sparse.js";

/** Sparse rows of equally many entries. columns, values: (rows, n). */
export function equalRows(
  engine: Engine, cols: number, columns: Int32Array, values: Floats, n: number, requiresGrad: boolean,
): SparseTensor {
  const rows = columns.length / Math.max(1, n);
  const bounds = engine.ints(rows + 1);
  for (let r = 0; r <= rows; r++) bounds[r] = r * n;
  return new SparseTensor(
    engine, rows, cols, bounds.subarray(0, rows), bounds.subarray(1), columns, values, requiresGrad,
  );
}

/** Entries of each row of a tensor that `equalRows` made. */
function entriesOfRow(x: SparseTensor): number {
  return x.rows > 0 ? x.rowEnd[0] - x.rowStart[0] : 0;
}

/**
 * The entries of a that stand in `places`, as sparse rows; the others get no gradient. a: (I, w), places: (I, n)
 * positions within a row, columns: (I, n) what columns of out: (I, D) they are.
 */
export function pickEntries(
  tape: Tape, a: Tensor, places: Int32Array, columns: Int32Array, n: number, cols: number,
): SparseTensor {
  const values = tape.engine.floats(places.length);
  for (let q = 0; q < places.length; q++) values[q] = a.data[Math.floor(q / n) * a.cols + places[q]];
  const out = equalRows(tape.engine, cols, tape.engine.intsFrom(columns), values, n, tape.tracks([a]));
  tape.record("pickEntries", out, () => {
    const [dA, accumulate] = tape.contribution(a);
    if (!accumulate) dA.fill(0);
    for (let q = 0; q < places.length; q++) dA[Math.floor(q / n) * a.cols + places[q]] += out.grad![q];
  });
  return out;
}

/** A tensor's rows as sparse rows, all of their entries. a: (I, n), columns: (I, n), out: (I, D). */
export function asSparseRows(tape: Tape, a: Tensor, columns: Int32Array, cols: number): SparseTensor {
  const out = equalRows(tape.engine, cols, columns, a.data, a.cols, tape.tracks([a]));
  tape.record("asSparseRows", out, () => {
    const [dA, accumulate] = tape.contribution(a);
    tape.engine.run("addScaled", dA, out.grad!, 1, accumulate);
  });
  return out;
}

/** Rows of unit length; rows of zeros stay. p: (I, D) as `equalRows`. */
export function unitSparseRows(tape: Tape, p: SparseTensor): SparseTensor {
  const { engine } = tape;
  const n = entriesOfRow(p);
  const values = engine.floats(p.indices.length);
  const norms = engine.floats(p.rows);
  engine.run("unitRows", values, norms, p.values!, n);
  const out = new SparseTensor(engine, p.rows, p.cols, p.rowStart, p.rowEnd, p.indices, values, tape.tracks([p]));
  tape.record("unitSparseRows", out, () => {
    const [dP, accumulate] = tape.contribution(p);
    engine.run("unitRowsGradient", dP, values, norms, out.grad!, n, accumulate);
  });
  return out;
}

/** The given rows, in that order, some perhaps twice. x: (I, D) as `equalRows`, rows: (O), out: (O, D). */
export function sparseRowsAt(tape: Tape, x: SparseTensor, rows: Int32Array): SparseTensor {
  const { engine } = tape;
  const n = entriesOfRow(x);
  const columns = engine.ints(rows.length * n);
  const values = engine.floats(rows.length * n);
  rows.forEach((row, o) => {
    columns.set(x.indices.subarray(row * n, (row + 1) * n), o * n);
    values.set(x.values!.subarray(row * n, (row + 1) * n), o * n);
  });
  const out = equalRows(engine, x.cols, columns, values, n, tape.tracks([x]));
  tape.record("sparseRowsAt", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    if (!accumulate) dX.fill(0);
    rows.forEach((row, o) => {
      for (let j = 0; j < n; j++) dX[row * n + j] += out.grad![o * n + j];
    });
  });
  return out;
}

/** Whether rows are whole, so that their values are the matrix written out; columns ascend within a row. */
function whole(x: SparseTensor): boolean {
  return entriesOfRow(x) === x.cols;
}

/** x·N for a binary x: (B, I). N: (I, D) sparse, out: (B, D) dense. */
export function sparseProduct(tape: Tape, x: SparseTensor, n: SparseTensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, n.cols, n);
  if (whole(n)) {
    // The same sums in the same order, by kernels for dense rows.
    engine.run("csrMatmul", out.data, x.rowStart, x.rowEnd, x.indices, x.values, n.values!, n.cols, 0);
    tape.record("sparseProduct", out, () => {
      const { colStart, colEnd, rowIndices } = x.transpose();
      const [dValues, accumulate] = tape.contribution(n);
      engine.run("csrMatmul", dValues, colStart, colEnd, rowIndices, null, out.grad!, n.cols, accumulate);
    });
    return out;
  }
  engine.run(
    "csrCsrMatmul", out.data, x.rowStart, x.rowEnd, x.indices, x.values, n.rowStart, n.rowEnd, n.indices, n.values!,
    n.cols,
  );
  tape.record("sparseProduct", out, () => {
    const { colStart, colEnd, rowIndices } = x.transpose();
    const [dValues, accumulate] = tape.contribution(n);
    engine.run(
      "csrCsrGradient", dValues, n.rowStart, n.rowEnd, n.indices, colStart, colEnd, rowIndices, out.grad!, n.cols,
      accumulate,
    );
  });
  return out;
}

/** Below this norm a user's scores are rounding noise: they have no direction. */
const NO_DIRECTION = 1e-5;

/**
 * Sparse ELSA's objective in one op: s = min(cap, relu(eNᵀ − x)), loss = mean over users of the mean over columns of
 * (s/‖s‖ − x/‖x‖)². e: (B, D), n: (O, D) sparse, the item vectors of the columns; x: (B, O) binary, out: (1, 1).
 *
 * A user whose scores are all (nearly) 0 has no direction: s/‖s‖ counts as 0, and so does the gradient. The gradient
 * with respect to eNᵀ where s is not clamped is 2/(B·O·‖s‖)·(c·s/‖s‖ − x/‖x‖), c = ⟨s, x⟩/(‖s‖‖x‖).
 */
export function cappedResidualLoss(
  tape: Tape, e: Tensor, n: SparseTensor, x: SparseTensor, cap: number,
): { loss: Tensor; scores: Floats } {
  const { engine } = tape;
  const [B, O] = [e.rows, n.rows];
  const loss = tape.output(1, 1, e, n);
  const product = new ScoresByItem(tape, e, n);
  const scores = product.scores();
  const squares = engine.floats(B);
  const dots = engine.floats(B);
  engine.run("cappedResidual", scores, squares, dots, x.rowStart, x.rowEnd, x.indices, O, B, cap);
  const rows = engine.floats(B);
  for (let u = 0; u < B; u++) {
    const items = x.rowEnd[u] - x.rowStart[u];
    const norm = Math.sqrt(squares[u]);
    const directed = norm >= NO_DIRECTION;
    rows[u] = (directed ? 1 : 0) + (items > 0 ? 1 : 0);
    if (directed && items > 0) rows[u] -= (2 * dots[u]) / (norm * Math.sqrt(items));
  }
  loss.data[0] = sum(rows) / (B * O);

  tape.record("cappedResidualLoss", loss, () => {
    const [scale, shift] = [engine.floats(B).fill(0), engine.floats(B).fill(0)];
    for (let u = 0; u < B; u++) {
      const items = x.rowEnd[u] - x.rowStart[u];
      const norm = Math.sqrt(squares[u]);
      if (norm < NO_DIRECTION || items === 0) continue;
      const weight = (2 * loss.grad![0]) / (B * O * norm);
      scale[u] = (weight * dots[u]) / (norm * Math.sqrt(items) * norm);
      shift[u] = weight / Math.sqrt(items);
    }
    engine.run("cappedResidualGradient", scores, scale, shift, x.rowStart, x.rowEnd, x.indices, O, B, cap);
    product.backward(scores);
  });
  return { loss, scores };
}

/**
 * N·eᵀ: (O, B), and its gradients. While N's rows are more than a quarter full it is written out and multiplied as a
 * dense matrix; the sparse products stream over the users of eᵀ at about a quarter of the dense one's rate.
 */
class ScoresByItem {
  private readonly dense: Floats | null;
  /** eᵀ: (D, B), for the sparse products. */
  private readonly eT: Floats | null;

  constructor(private readonly tape: Tape, private readonly e: Tensor, private readonly n: SparseTensor) {
    const { engine } = tape;
    const [B, D] = [e.rows, e.cols];
    const full = 4 * entriesOfRow(n) > D;
    this.dense = full ? writtenOut(engine, n) : null;
    this.eT = full ? null : engine.floats(D * B);
    if (this.eT) engine.run("transpose", this.eT, e.data, B, D);
  }

  scores(): Floats {
    const { e, n, tape: { engine } } = this;
    const [B, D, O] = [e.rows, e.cols, n.rows];
    const out = engine.floats(O * B);
    if (this.dense) engine.run("matmulABt", out, this.dense, e.data, O, B, D, 0);
    else engine.run("csrMatmul", out, n.rowStart, n.rowEnd, n.indices, n.values, this.eT!, B, 0);
    return out;
  }

  /** @param g the scores' gradient, (O, B). */
  backward(g: Floats): void {
    const { e, n, tape, tape: { engine } } = this;
    const [B, D, O] = [e.rows, e.cols, n.rows];
    if (n.requiresGrad) {
      const [dValues, accumulate] = tape.contribution(n);
      if (this.dense) {
        const dN = engine.floats(O * D);
        engine.run("matmul", dN, g, e.data, O, D, B, 0);
        if (whole(n)) engine.run("addScaled", dValues, dN, 1, accumulate);
        else addEntries(dValues, dN, n, accumulate);
      } else engine.run("csrDots", dValues, n.rowStart, n.rowEnd, n.indices, g, this.eT!, B, accumulate);
    }
    if (e.requiresGrad) {
      const dE = engine.floats(B * D);
      if (this.dense) engine.run("matmulAtB", dE, g, this.dense, B, D, O, 0);
      else {
        const { colStart, colEnd, rowIndices } = n.transpose();
        const dET = engine.floats(D * B);
        engine.run("csrMatmul", dET, colStart, colEnd, rowIndices, byColumn(tape, n, n.values!), g, B, 0);
        engine.run("transpose", dE, dET, D, B);
      }
      const [into, accumulate] = tape.contribution(e);
      engine.run("addScaled", into, dE, 1, accumulate);
    }
  }
}

/** out (+)= the entries of a dense matrix where x has its own. dense: (rows, cols), out: (nnz). */
function addEntries(out: Floats, dense: Floats, x: SparseTensor, accumulate: 0 | 1): void {
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
      out[q] = (accumulate ? out[q] : 0) + dense[r * x.cols + x.indices[q]];
    }
  }
}

/** Sparse rows as a dense matrix, (rows, cols): their own values where they are whole. */
export function writtenOut(engine: Engine, x: SparseTensor): Floats {
  if (whole(x)) return x.values!;
  const out = engine.floats(x.rows * x.cols).fill(0);
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) out[r * x.cols + x.indices[q]] = x.values![q];
  }
  return out;
}
