/**
 * Reverse-mode differentiation. Every op appends one record, its backward pass, to the tape; `backward` plays the
 * records from the last to the first. Gradients accumulate: a tensor used twice receives the sum.
 *
 * Memory: tensors of a step come from the engine's heap above a mark that `reset` returns to, so a training step
 * allocates the same addresses again and again and nothing grows.
 */
import type { Csr } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { SparseTensor, Tensor } from "./tensor.js";

/** A dense row-major matrix in ordinary memory. */
export interface Matrix {
  /** (rows, cols) */
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

interface Recorded {
  op: string;
  backward: () => void;
}

/**
 * The record of a computation: made once for a training run, reset before each step, played backwards for gradients.
 */
export class Tape {
  private readonly records: Recorded[] = [];
  private readonly touched = new Set<Tensor>();
  private readonly base: number;

  /**
   * @param recording false for inference: ops then compute forward only and keep nothing.
   * @param rowsAlone a few rows have the bits that each has alone, for answers that must not depend on who else asks.
   */
  constructor(readonly engine: Engine, readonly recording = true, readonly rowsAlone = false) {
    this.base = engine.heap.mark();
  }

  /** Starts the next step: forgets all records and releases all tensors made since the tape was created. */
  reset(): void {
    this.records.length = 0;
    for (const t of this.touched) t.gradReady = false;
    this.touched.clear();
    this.engine.heap.release(this.base);
  }

  /** An op's output. It needs a gradient if any of its inputs does. Contents are undefined until written. */
  output(rows: number, cols: number, ...inputs: (Tensor | SparseTensor)[]): Tensor {
    return new Tensor(this.engine.floats(rows * cols), rows, cols, this.tracks(inputs));
  }

  /** Whether an op over these inputs has to be recorded. */
  tracks(inputs: readonly (Tensor | SparseTensor)[]): boolean {
    return this.recording && inputs.some((t) => t.requiresGrad);
  }

  /** Values from outside, for example a batch of embeddings: no gradient. */
  input(values: ArrayLike<number>, rows: number, cols: number): Tensor {
    return new Tensor(this.engine.floatsFrom(values), rows, cols, false);
  }

  /** Rows of a matrix as this step's input, in the given order. */
  rowsOf(x: Matrix, rows: ArrayLike<number>): Tensor {
    const out = new Tensor(this.engine.floats(rows.length * x.cols), rows.length, x.cols, false);
    for (let i = 0; i < rows.length; i++) {
      out.data.set(x.data.subarray(rows[i] * x.cols, (rows[i] + 1) * x.cols), i * x.cols);
    }
    return out;
  }

  /** Rows of a CSR matrix as this step's input, in the given order (all rows when omitted). */
  sparseInput(x: Csr, rows?: ArrayLike<number>): SparseTensor {
    const n = rows ? rows.length : x.rows;
    const starts = this.engine.ints(n + 1);
    starts[0] = 0;
    for (let i = 0; i < n; i++) {
      const r = rows ? rows[i] : i;
      starts[i + 1] = starts[i] + x.indptr[r + 1] - x.indptr[r];
    }
    const indices = this.engine.ints(starts[n]);
    const values = x.values ? this.engine.floats(starts[n]) : null;
    for (let i = 0; i < n; i++) {
      const r = rows ? rows[i] : i;
      indices.set(x.indices.subarray(x.indptr[r], x.indptr[r + 1]), starts[i]);
      if (values && x.values) values.set(x.values.subarray(x.indptr[r], x.indptr[r + 1]), starts[i]);
    }
    return new SparseTensor(
      this.engine, n, x.cols, starts.subarray(0, n), starts.subarray(1), indices, values, false,
    );
  }

  /** Appends an op's backward pass. It is played only if its output received a gradient. */
  record(op: string, output: Tensor | SparseTensor, backward: () => void): void {
    if (!output.requiresGrad) return;
    this.records.push({ op, backward: () => { if (output.gradReady) backward(); } });
  }

  /**
   * Where a backward pass puts its contribution, and whether to add (1) or to overwrite (0), which saves clearing
   * gradients. Call it once for each contribution, just before writing.
   */
  contribution(t: Tensor | SparseTensor): [grad: Floats, accumulate: 0 | 1] {
    t.grad ??= this.engine.floats(t instanceof Tensor ? t.rows * t.cols : t.indices.length);
    const accumulate = t.gradReady ? 1 : 0;
    t.gradReady = true;
    if (t instanceof Tensor) this.touched.add(t);
    return [t.grad, accumulate];
  }

  /** Sets ∂loss/∂loss = 1 and plays the tape backwards. loss: (1, 1). */
  backward(loss: Tensor): void {
    if (loss.rows !== 1 || loss.cols !== 1) {
      throw new RangeError(`backward needs a 1 × 1 loss, got ${loss.rows} × ${loss.cols}`);
    }
    this.contribution(loss)[0][0] = 1;
    for (let i = this.records.length - 1; i >= 0; i--) this.records[i].backward();
  }

  /** The recorded ops in forward order, for people and tests. */
  get ops(): string[] {
    return this.records.map((r) => r.op);
  }
}
