/**
 * Refined codes, 32 of 512 neurons on 128 factors: the products of D and more are SIMD, the rest is a chain of small
 * steps. A call changes its codes, so every run starts from a copy. Where two swaps are nearly even rounding decides:
 * what is compared with the plain kernel is how well the codes fit.
 */
import { normalisedRows } from "../../src/models/initialise.js";
import type { Case, Contender, Prepared } from "../harness.js";
import type { Engine } from "../../src/engine/engine.js";
import { normals } from "../input.js";
import type { Suite } from "../suite.js";
import type { Workbench } from "../workbench.js";

const [ROWS, D, H, K, SWAPS, ITEMS, WEIGHT] = [128, 128, 512, 32, 40, 2000, 2];

export const refineCodes: Suite = {
  name: "refine",
  cases: (bench): Case[] => [0, 100].map((size) => ({
    name: `refineCodes ${ROWS} rows, ${K} of ${H} × ${D}, head ${size}`,
    prepare: () => prepared(bench, size),
  })),
};

function prepared(bench: Workbench, size: number): Prepared {
  const { one, random } = bench;
  const [x, b] = [one.floatsFrom(normals(random, ROWS * D)), one.floats(D)];
  const w = one.floatsFrom(normalisedRows(normals(random, H * D), D));
  const a = one.floatsFrom(normalisedRows(normals(random, ITEMS * D), D));
  const start = one.intsFrom(Int32Array.from({ length: ROWS }, (_, r) => r * K));
  const [indices, values, end] = [one.ints(ROWS * K), one.floats(ROWS * K), one.ints(ROWS)];
  const pre = one.floats(ROWS * H);
  one.run("matmulABt", pre, x, w, ROWS, H, D, 0);
  one.run("topkRelu", indices, values, end, pre, H, K);
  const head = one.ints(ROWS * size);
  if (size > 0) {
    const scores = one.floats(ROWS * ITEMS);
    one.run("matmulABt", scores, x, a, ROWS, ITEMS, D, 0);
    one.run("rankRows", head, one.floats(ROWS * size), scores, ITEMS, size);
  }
  const guess = [indices.slice(), values.slice(), end.slice()];
  const refine = (engine: Engine) => (): void => {
    [indices, values, end].forEach((array, i) => { array.set(guess[i]); });
    engine.run(
      "refineCodes", indices, values, end, start, x, b, w, H, D, SWAPS,
      size > 0 ? a : null, size > 0 ? head : null, size, WEIGHT,
    );
  };
  /** Σ ‖r‖²_M over all rows. */
  const error = (): number => {
    let sum = 0;
    for (let r = 0; r < ROWS; r++) {
      const residual = Float64Array.from(x.subarray(r * D, (r + 1) * D));
      for (let q = start[r]; q < end[r]; q++) {
        for (let j = 0; j < D; j++) residual[j] -= values[q] * w[indices[q] * D + j];
      }
      for (const v of residual) sum += v * v;
      for (const item of head.subarray(r * size, (r + 1) * size)) {
        sum += WEIGHT * residual.reduce((score, v, j) => score + v * a[item * D + j], 0) ** 2;
      }
    }
    return sum;
  };
  const contenders: Contender[] = [{ name: "simd", threads: 1, run: refine(one) }];
  if (bench.threads > 1) contenders.push({ name: "simd", threads: bench.threads, run: refine(bench.all) });
  contenders.push({ name: "plain", threads: 1, run: refine(bench.plain) });
  return {
    work: null,
    contenders,
    verify() {
      const [guessed, single, shared, plain] = [null, bench.one, bench.all, bench.plain].map((engine) => {
        [indices, values, end].forEach((array, i) => { array.set(guess[i]); });
        if (engine) refine(engine)();
        return error();
      });
      if (shared !== single) throw new Error(`refineCodes: ${shared} on ${bench.threads} threads, ${single} on one`);
      if (!(Math.abs(single - plain) < 5e-3 * plain) || !(plain < 0.9 * guessed)) {
        throw new Error(`refineCodes leaves ${single}, the plain kernel ${plain}, of ${guessed}`);
      }
    },
  };
}
