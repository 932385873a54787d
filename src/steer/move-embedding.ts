/**
 * Steering without an SAE, as an upper reference: what interpretability costs. The user embedding u itself is moved,
 *
 *   u′ = (1−α)·u + α·‖u‖·v/‖v‖
 *
 * towards the mean vector v of the segment's items. A knob of all neurons, signed, could do this and more, since the
 * decoder's rows span the embedding space; the knobs of people have few neurons and positive weights.
 */
import { Tensor, type SparseTensor, type Tape } from "../autograd/index.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { Steering } from "./evaluate-steering.js";

/** Steering without neurons: the embedding moves towards the mean of the segment's item vectors. */
export class MoveEmbedding implements Steering {
  readonly items: number;
  /** (T, D) unit rows, 0 for tags on no item */
  private readonly directions: Float64Array;

  /** @param itemVectors A, (I, D); @param segments (T, I) the items of each tag. */
  constructor(private readonly cfae: Cfae, itemVectors: Float32Array, segments: Csr) {
    this.items = cfae.items;
    const D = cfae.factors;
    this.directions = new Float64Array(segments.rows * D);
    for (let t = 0; t < segments.rows; t++) {
      const direction = this.directions.subarray(t * D, (t + 1) * D);
      for (const item of csrRow(segments, t)) for (let d = 0; d < D; d++) direction[d] += itemVectors[item * D + d];
      const norm = Math.hypot(...direction);
      if (norm > 0) for (let d = 0; d < D; d++) direction[d] /= norm;
    }
  }

  scores(tape: Tape, x: SparseTensor, tagOf: (row: number) => number, strength: number): Tensor {
    const u = this.cfae.encode(tape, x);
    const D = u.cols;
    const moved = new Tensor(tape.engine.floats(u.rows * D), u.rows, D, false);
    for (let r = 0; r < u.rows; r++) {
      const row = u.data.subarray(r * D, (r + 1) * D);
      const tag = tagOf(r);
      const alpha = tag < 0 ? 0 : strength;
      let squares = 0;
      for (let d = 0; d < D; d++) squares += row[d] * row[d];
      const length = Math.sqrt(squares);
      for (let d = 0; d < D; d++) {
        moved.data[r * D + d] = (1 - alpha) * row[d] + (alpha > 0 ? alpha * length * this.directions[tag * D + d] : 0);
      }
    }
    return this.cfae.decode(tape, moved, x);
  }
}
