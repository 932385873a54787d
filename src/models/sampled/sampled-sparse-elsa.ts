/**
 * A level of sparse ELSA's training (docs/method.md §8.1) on catalogues whose A does not fit the engine's heap: its
 * loss over sampled columns (§8.2), with A and the dimensions that its entries stand for in ordinary memory.
 *
 *   O = items of the batch and negatives      N_O = largest n entries of the rows of A in O, at unit length
 *   e = x_O·N_O      s = min(6, relu(eN_Oᵀ − x_O))      loss = mean over users and columns of (s/‖s‖ − x_O/‖x_O‖)²
 *
 * Unlike in the authors' sampling (recommenders/sparse-elsa-trainee.ts) no column occurs twice, so that each row is
 * brought into the heap once.
 */
import { cappedResidualLoss, sparseProduct, Tape, type SparseTensor, type Tensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import type { ElsaSparseConfig } from "../../config/elsa-sparse.js";
import type { Engine } from "../../engine/engine.js";
import { range } from "../encode-all.js";
import type { SparseItemVectors } from "../recommenders/sparse-item-vectors.js";
import { CAP, unitRowsOf } from "../recommenders/sparse-elsa-trainee.js";
import { SampledColumns } from "../sampled-columns.js";
import { gatherRows, WorkingSet } from "../working-set.js";

/** Rows that are finished at once. */
const ROWS = 2 ** 14;

export class SampledSparseElsa {
  /** A: (I, w) */
  readonly set: WorkingSet;
  private readonly sampler: SampledColumns;
  private readonly items: number;
  /** w */
  private readonly width: number;

  /**
   * @param start A and its columns, (I, w): values are copied, columns are not.
   * @param entries n ≤ w: those of a row that count.
   */
  constructor(
    private readonly start: SparseItemVectors, private readonly entries: number,
    private readonly config: Pick<ElsaSparseConfig, "factors" | "maxOutput">,
  ) {
    this.width = start.entries;
    this.items = start.columns.length / this.width;
    this.set = new WorkingSet("values", Float32Array.from(start.values), this.items, this.width, false);
    this.sampler = new SampledColumns(this.items);
  }

  /** The loss of these rows of X, (1, 1), over their items and negatives that are drawn. */
  loss(tape: Tape, of: Csr, rows: ArrayLike<number>, draws: Random): Tensor {
    const { columns, x: local } = this.sampler.draw(of, rows, this.config.maxOutput, draws);
    const n = this.rowsOf(tape, columns);
    const x = tape.sparseInput(local);
    return cappedResidualLoss(tape, sparseProduct(tape, x, n), n, x, CAP).loss;
  }

  /** The finished vectors of all items. */
  vectors(engine: Engine): SparseItemVectors {
    const { items, entries } = this;
    const [columns, values] = [new Int32Array(items * entries), new Float32Array(items * entries)];
    const tape = new Tape(engine, false);
    for (let from = 0; from < items; from += ROWS) {
      tape.reset();
      const n = this.rowsOf(tape, range(from, Math.min(items, from + ROWS)));
      columns.set(n.indices, from * entries);
      values.set(n.values!, from * entries);
    }
    tape.reset();
    return { columns, values, entries };
  }

  /** N's rows of these items, in the heap. */
  private rowsOf(tape: Tape, rows: Int32Array): SparseTensor {
    const a = this.set.gather(tape, rows);
    const columns = tape.engine.ints(rows.length * this.width);
    // Whole rows have the same columns: the first one's, copied by twice as many each time.
    const whole = this.width === this.config.factors;
    gatherRows(columns, this.start.columns, whole ? rows.subarray(0, 1) : rows, this.width);
    for (let done = this.width; whole && done < columns.length; done *= 2) columns.copyWithin(done, 0, done);
    return unitRowsOf(tape, a, columns, this.entries, this.config.factors);
  }
}
