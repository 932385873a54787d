/** A recommender that only scores, from outside of src: popularity to a power that validation users choose. */
import { constant } from "../../src/autograd/index.js";
import { csrColumnCounts } from "../../src/base/csr.js";
import type { ScorerRecord } from "../../src/models/recommenders/record.js";

export const toyScorer: ScorerRecord = {
  name: "toy popularity",
  candidates: () => [1, -1].map((power) => ({
    setting: `power ${power}`,
    training: {
      fit(engine, train) {
        const counts = csrColumnCounts(train).map((n) => (n + 1) ** power);
        const scores = constant(engine, counts, 1, train.cols);
        return {
          items: train.cols,
          scores(tape, x) {
            const out = tape.output(x.rows, train.cols);
            engine.run("fillRows", out.data, scores.data, train.cols);
            return out;
          },
        };
      },
    },
  })),
  work: ({ interactions }) => interactions,
  bytes: () => 0,
};
