/**
 * The popularity baseline: every user gets the same scores, the items' training counts.
 */
import { constant, type SparseTensor, type Tape, type Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import { csrColumnCounts, type Csr } from "../../base/csr.js";
import type { Recommender } from "./recommender.js";
import type { ScorerRecord } from "./record.js";

export class Popularity implements Recommender {
  readonly items: number;
  private readonly counts: Tensor;

  /** @param train (U, I) interactions whose column counts are the scores. */
  constructor(engine: Engine, train: Csr) {
    this.items = train.cols;
    this.counts = constant(engine, csrColumnCounts(train), 1, train.cols);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const out = tape.output(x.rows, this.items);
    tape.engine.run("fillRows", out.data, this.counts.data, this.items);
    return out;
  }
}

export const popularity: ScorerRecord = {
  name: "popularity",
  candidates: () => [{ setting: "", training: { fit: (engine, train) => new Popularity(engine, train) } }],
  work: ({ interactions }) => interactions,
  bytes: () => 0,
};
