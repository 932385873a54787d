/**
 * What the tape computes with: dense tensors and sparse rows. Two dimensions, row-major, no strides, no broadcasting:
 * the methods of docs/method.md need no more, and every op's file says which shapes it takes.
 */
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";

/** A dense matrix, (rows, cols) row-major, in an engine's heap, with a gradient once there is one. */
export class Tensor {
  /** ∂loss/∂this: (rows, cols), allocated when the first contribution arrives. */
  grad: Floats | null = null;
  /** Whether grad holds this step's contributions; if not, the next one overwrites it. */
  gradReady = false;

  constructor(
    readonly data: Floats, readonly rows: number, readonly cols: number, readonly requiresGrad: boolean,
  ) {}
}

/** A trainable tensor: its gradient is allocated once and kept over all steps. */
export function parameter(engine: Engine, values: ArrayLike<number>, rows: number, cols: number): Tensor {
  if (values.length !== rows * cols) throw new RangeError(`${values.length} values for a ${rows} × ${cols} parameter`);
  const tensor = new Tensor(engine.floatsFrom(values), rows, cols, true);
  tensor.grad = engine.floats(rows * cols);
  return tensor;
}

/** A weight that is only read: for inference and for frozen models. */
export function constant(engine: Engine, values: ArrayLike<number>, rows: number, cols: number): Tensor {
  if (values.length !== rows * cols) throw new RangeError(`${values.length} values for a ${rows} × ${cols} constant`);
  return new Tensor(engine.floatsFrom(values), rows, cols, false);
}

/**
 * Sparse rows: row r holds entries rowStart[r] … rowEnd[r]−1 of `indices` and `values`. The two are the `indptr` of a
 * CSR matrix without its last and without its first element, and may also leave room behind a row. Both the binary
 * input batch (values null, rows packed one after the other) and a TopK code (k slots a row, not all filled) are of
 * this form.
 */
export class SparseTensor {
  /** ∂loss/∂values, entry by entry. */
  grad: Floats | null = null;
  gradReady = false;
  private transposed: Transposed | null = null;

  constructor(
    private readonly engine: Engine,
    readonly rows: number,
    readonly cols: number,
    readonly rowStart: Int32Array,
    readonly rowEnd: Int32Array,
    readonly indices: Int32Array,
    readonly values: Floats | null,
    readonly requiresGrad: boolean,
  ) {}

  /** The same entries by column; worked out once a step, by whichever gradient asks first. */
  transpose(): Transposed {
    if (!this.transposed) {
      const { engine, rows, cols, rowStart, rowEnd, indices } = this;
      const starts = engine.ints(cols + 1);
      const rowIndices = engine.ints(indices.length);
      const positions = engine.ints(indices.length);
      engine.run("transposeLists", starts, rowIndices, positions, rowStart, rowEnd, indices, rows, cols);
      this.transposed = {
        colStart: starts.subarray(0, cols), colEnd: starts.subarray(1), rowIndices, positions, entries: starts[cols],
      };
    }
    return this.transposed;
  }
}

/** A sparse tensor by columns: for each, its rows and where their values lie. */
export interface Transposed {
  /** Column c holds the entries colStart[c] … colEnd[c]−1 of the two lists. */
  readonly colStart: Int32Array;
  readonly colEnd: Int32Array;
  /** The row of each entry, ascending within a column. */
  readonly rowIndices: Int32Array;
  /** Where each entry stands in the row-wise lists. */
  readonly positions: Int32Array;
  readonly entries: number;
}
