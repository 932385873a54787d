/**
 * The linear models in closed form: EDLAE (full and low rank), DAN, sparse MRF. The references were computed in double
 * precision, so each check runs on a double engine beside the one at hand. Solvers that go on from rounded numbers (low
 * rank) are compared in double precision alone.
 */
import { Tape } from "../../src/autograd/index.js";
import { csrIdentity, csrSelectRows, type Csr } from "../../src/base/csr.js";
import type { Engine } from "../../src/engine/engine.js";
import { Ease, type EaseOptions } from "../../src/models/recommenders/ease.js";
import { solveLowRankEdlae, type LowRankEdlaeOptions } from "../../src/models/fit-low-rank-edlae.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { mrfWeights, type SparseMrfOptions } from "../../src/models/recommenders/sparse-mrf.js";
import { doubleEngine } from "../support/gradient-check.js";
import type { Golden } from "../support/goldens.js";
import type { Checker } from "./checker.js";
import { denseToCsr, mask } from "./inputs.js";
import { rank } from "./metrics.js";

function scoresOf(engine: Engine, model: Recommender, x: Csr): Float64Array {
  return engine.scope(() => {
    const tape = new Tape(engine, false);
    return Float64Array.from(model.scores(tape, tape.sparseInput(x)).data);
  });
}

function lengthOf(golden: Golden, path: string): number {
  return (golden.value(path) as unknown[]).length;
}

function firstRows(x: Csr, count: number): Csr {
  return csrSelectRows(x, Array.from({ length: count }, (_, r) => r));
}

export function checkEdlae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const x = denseToCsr(golden, "inputs.X");
  const double = doubleEngine();
  for (let c = 0; c < lengthOf(golden, "full_rank"); c++) {
    const at = `full_rank.${c}`;
    const [lambda, dropout] = [golden.number(`${at}.l2`), golden.number(`${at}.p`)];
    for (const [kind, one] of [["double", double], ["engine", engine]] as const) {
      const model = Ease.fit(one, x, { lambda, dropout });
      check.compare(`p ${dropout}, λ ${lambda}, ${kind}: B`, scoresOf(one, model, csrIdentity(x.cols)), `${at}.B`);
      const users = firstRows(x, golden.shaped(`${at}.scores_users_0_3`).shape[0]);
      const scores = scoresOf(one, model, users);
      check.compare(`p ${dropout}, λ ${lambda}, ${kind}: scores`, scores, `${at}.scores_users_0_3`);
      const theirs = golden.array64(`${at}.scores_users_0_3`);
      for (const masked of [scores, theirs]) mask(masked, users, -Infinity);
      const n = golden.shaped(`${at}.top5`).shape[1];
      const lists = rank(one, scores, x.cols, n);
      check.lists(`p ${dropout}, λ ${lambda}, ${kind}: top ${n}`, lists, `${at}.top5`, theirs, x.cols);
    }
  }
  for (let c = 0; c < lengthOf(golden, "low_rank_admm"); c++) {
    const at = `low_rank_admm.${c}`;
    const u0 = golden.array64(`${at}.U0_unscaled`).map((v) => v * golden.number(`${at}.init_scale`));
    checkLowRank(check, double, x, at, u0, { solver: "admm", omega: golden.number(`${at}.omega`) });
  }
  for (let c = 0; c < lengthOf(golden, "low_rank_approx"); c++) {
    const at = `low_rank_approx.${c}`;
    const { shape: [d, items], data } = golden.shaped(`${at}.V0t_unscaled`);
    const scale = golden.number(`${at}.init_scale`);
    const v0 = Float64Array.from({ length: items * d }, (_, q) => scale * data[(q % d) * items + Math.floor(q / d)]);
    checkLowRank(check, double, x, at, v0, { solver: golden.value(`${at}.zero_diagonal`) ? "zero" : "free" });
  }
}

/** U·Vᵀ after each number of turns that the file knows. */
function checkLowRank(
  check: Checker, engine: Engine, x: Csr, at: string, start: Float64Array,
  more: Pick<LowRankEdlaeOptions, "solver" | "omega">,
): void {
  const { golden } = check;
  const factors = golden.number(`${at}.rank`);
  const [lambda, dropout] = [golden.number(`${at}.l2`), golden.number(`${at}.p`)];
  for (const epochs of Object.keys(golden.value(`${at}.UVt_after_epochs`) as object)) {
    const options = { factors, lambda, dropout, iterations: Number(epochs), ...more };
    const { encoder: u, decoder: v } = solveLowRankEdlae(engine, x, options, start);
    const product = Float64Array.from({ length: x.cols ** 2 }, (_, q) => {
      const [i, j] = [Math.floor(q / x.cols), q % x.cols];
      let sum = 0;
      for (let f = 0; f < factors; f++) sum += u[i * factors + f] * v[j * factors + f];
      return sum;
    });
    check.compare(`${more.solver}, p ${dropout}: UVᵀ after ${epochs}`, product, `${at}.UVt_after_epochs.${epochs}`);
  }
}

/** The authors' item counts are float32; their own difference from double precision is stated per case. */
export function checkDan(check: Checker, engine: Engine): void {
  const { golden } = check;
  const x = denseToCsr(golden, "inputs.X");
  const double = doubleEngine();
  for (let c = 0; c < lengthOf(golden, "cases"); c++) {
    const at = `cases.${c}`;
    const model = golden.value(`${at}.model`) as "LAE" | "EASE" | "RLAE";
    const limit = { LAE: 1, EASE: 0, RLAE: golden.value(`${at}.xi`) as number }[model];
    const options: EaseOptions = {
      lambda: golden.number(`${at}.reg`), dropout: golden.number(`${at}.dropout`),
      itemExponent: golden.number(`${at}.alpha`), userExponent: golden.number(`${at}.beta`), diagonalLimit: limit,
    };
    for (const [kind, one] of [["double", double], ["engine", engine]] as const) {
      const w = scoresOf(one, Ease.fit(one, x, options), csrIdentity(x.cols));
      check.compare(`case ${c}, ${model}, ${kind}: W`, w, `${at}.W`);
    }
  }
}

/** The dense version is a threshold of 0 and one block for all. */
export function checkSparseMrf(check: Checker, engine: Engine): void {
  const { golden } = check;
  const x = denseToCsr(golden, "inputs.X");
  const double = doubleEngine();
  const compare = (at: string, options: SparseMrfOptions): void => {
    for (const [kind, one] of [["double", double], ["engine", engine]] as const) {
      const w = mrfWeights(one, x, options);
      const dense = new Float64Array(x.cols ** 2);
      for (let i = 0; i < x.cols; i++) {
        for (let q = w.indptr[i]; q < w.indptr[i + 1]; q++) dense[i * x.cols + w.indices[q]] = w.values![q];
      }
      check.compare(`${at}, ${kind}: B`, dense, `${at}.B`);
    }
  };
  for (let c = 0; c < lengthOf(golden, "cases"); c++) {
    const at = `cases.${c}`;
    compare(at, {
      threshold: golden.number(`${at}.threshold`), alpha: golden.number(`${at}.alpha`),
      lambda: golden.number(`${at}.l2`), maxNeighbours: golden.number(`${at}.max_in_column`) - 1,
      blockShare: golden.number(`${at}.r`),
    });
  }
  compare("dense", {
    threshold: 0, alpha: golden.number("dense.alpha"), lambda: golden.number("dense.l2"), maxNeighbours: x.cols,
    blockShare: 1,
  });
}
