/**
 * The popularity baseline: every user gets the same scores, the items' training counts.
 */
import { constant, type SparseTensor, type Tape, type Tensor } from "../../autograd/index.js";
import type { Engine } from "../../engine/engine.js";
import { csrColumnCounts, type Csr } from "../../base/csr.js";
import type { ScorerRecord } from "./record.js";
import type { TiledScores } from "./recommender.js";
import { ScoringModel } from "./scoring-model.js";

export class Popularity extends ScoringModel {
  readonly items: number;
  private readonly counts: Tensor;

  /** @param train (U, I) interactions whose column counts are the scores. */
  constructor(readonly engine: Engine, train: Csr) {
    super();
    this.items = train.cols;
    this.counts = constant(engine, csrColumnCounts(train), 1, train.cols);
  }

  /** Counts. The counts stay in the engine's heap. @param train (U, I) binary. */
  static fit(engine: Engine, train: Csr): Popularity {
    return new Popularity(engine, train);
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const out = tape.output(x.rows, this.items);
    tape.engine.run("fillRows", out.data, this.counts.data, this.items);
    return out;
  }

  /** As `scores`, tile by tile. */
  tiled(tape: Tape, { rows }: SparseTensor): TiledScores {
    return (from, to) => {
      const out = tape.output(rows, to - from);
      tape.engine.run("fillRows", out.data, this.counts.data.subarray(from, to), to - from);
      return out;
    };
  }
}

export const popularity: ScorerRecord = {
  name: "popularity",
  candidates: () => [{ setting: "", training: { fit: (engine, train) => Popularity.fit(engine, train) } }],
  work: ({ interactions }) => interactions,
  bytes: () => 0,
};
