/**
 * A recommender that is one sparse item-item matrix: scores = xS. What fills S is up to the models that extend it
 * (item-knn.ts, sparse-mrf.ts); no I × I array exists anywhere.
 */
import type { SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import { ScoringModel } from "./scoring-model.js";

export class SparseItemItem extends ScoringModel {
  readonly items: number;
  private readonly start: Int32Array;
  private readonly stop: Int32Array;
  private readonly to: Int32Array;
  private readonly values: Floats;

  /** @param weights S, (I, I): row i holds what having item i adds to the scores of others. Copied. */
  constructor(readonly engine: Engine, weights: Csr) {
    super();
    this.items = weights.cols;
    const bounds = engine.intsFrom(weights.indptr);
    this.start = bounds.subarray(0, weights.rows);
    this.stop = bounds.subarray(1);
    this.to = engine.intsFrom(weights.indices);
    this.values = engine.floatsFrom(weights.values ?? new Float32Array(weights.indices.length).fill(1));
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const out = tape.output(x.rows, this.items);
    tape.engine.run(
      "csrCsrMatmul", out.data, x.rowStart, x.rowEnd, x.indices, null, this.start, this.stop, this.to, this.values,
      this.items,
    );
    return out;
  }
}
