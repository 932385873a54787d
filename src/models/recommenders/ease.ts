/**
 * EASE, the shallow autoencoder in closed form (Steck, WWW 2019): the strongest of the simple baselines.
 *
 *   P = (XᵀX + λI)⁻¹        B = I − P·diag(1/diag P)        scores = xB
 *
 * B minimises ‖X − XB‖² + λ‖B‖² among all matrices with a zero diagonal. It is dense, (I, I): the method is for
 * catalogues of up to some ten thousand items, and has no hidden vector for an SAE.
 */
import { constant, sparseMatmul, type SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import { gib } from "../../engine/heap.js";
import type { Csr } from "../../base/csr.js";
import { UserError } from "../../base/user-error.js";
import type { Recommender } from "./recommender.js";
import { invertSpd, invertSpdFloats } from "./spd-inverse.js";

export class Ease implements Recommender {
  /** B: (I, I) */
  private readonly weights: Tensor;

  /** @param weights B, (I, I); copied unless it already lives in the engine's heap. */
  constructor(readonly engine: Engine, weights: ArrayLike<number> | Tensor, readonly items: number) {
    this.weights = weights instanceof Tensor ? weights : constant(engine, weights, items, items);
  }

  /**
   * Solves for B. The weights stay in the engine's heap.
   * @param train (U, I) binary.
   * @param lambda λ > 0, in interactions: how many users an item must have to be trusted. 200 … 1000 on small data.
   * @throws UserError when λ is not positive, or the catalogue is too large for the engine's memory.
   */
  static fit(engine: Engine, train: Csr, lambda: number): Ease {
    const items = train.cols;
    if (!(lambda > 0 && Number.isFinite(lambda))) {
      throw new UserError(`EASE needs a regularisation λ > 0, got ${lambda}: try 200`);
    }
    const floatBytes = engine.floats(0).BYTES_PER_ELEMENT;
    const needed = floatBytes * (invertSpdFloats(items) + items) + 12 * train.indices.length;
    const free = engine.heap.free;
    if (needed > free) {
      throw new UserError(
        `EASE of ${items} items needs ${gib(needed)} of engine memory for its ${items} × ${items} matrices, ` +
        `${gib(free)} is free: keep fewer items, or use another model`,
      );
    }
    const p = engine.floats(items * items);
    const tape = new Tape(engine, false);
    gram(tape, train, p);
    for (let i = 0; i < items; i++) p[i * items + i] += lambda;
    tape.reset();
    invertSpd(engine, p, items);
    weightsInPlace(p, items);
    return new Ease(engine, new Tensor(p, items, items, false), items);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return sparseMatmul(tape, x, this.weights);
  }
}

/** p = XᵀX. */
function gram(tape: Tape, train: Csr, p: Tensor["data"]): void {
  const x = tape.sparseInput(train);
  const { colStart, colEnd, entryRow } = x.transpose();
  tape.engine.run("csrGram", p, colStart, colEnd, entryRow, x.rowStart, x.rowEnd, x.indices, train.cols);
}

/** P becomes B: column j is divided by −P_jj, and the diagonal is 0. */
function weightsInPlace(p: Tensor["data"], n: number): void {
  const scale = Float64Array.from({ length: n }, (_, j) => -1 / p[j * n + j]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) p[i * n + j] *= scale[j];
    p[i * n + i] = 0;
  }
}
