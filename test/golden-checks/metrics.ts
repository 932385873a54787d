/** Ranked lists, recall and nDCG; an SAE's cosine, L0 and dead neurons. */
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { ndcg, recall } from "../../src/evaluate/metrics.js";
import { Checker } from "./checker.js";
import { denseToCsr } from "./inputs.js";
import { openGoldenSae } from "./sae.js";

/** The best n columns of each row, ties to the lowest. */
export function rank(engine: Engine, scores: ArrayLike<number>, cols: number, n: number): Int32Array {
  const x = engine.floatsFrom(scores);
  const rows = scores.length / cols;
  const lists = engine.ints(rows * n);
  engine.run("rankRows", lists, engine.floats(rows * n), x, cols, n);
  return lists.slice();
}

export function checkMetrics(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [users, items], data: scores } = golden.shaped("inputs.scores");
  const seen = golden.array64("inputs.interactions");
  const targets = denseToCsr(golden, "inputs.targets");
  const masked = Float64Array.from(scores, (s, i) => (seen[i] ? 0 : s));
  for (const key of Object.keys(golden.value("expected") as object)) {
    const k = Number(key);
    const at = `expected.${key}`;
    const lists = rank(engine, masked, items, k);
    check.compare(`top ${k}`, lists, `${at}.stable_lowest_index_topk`);
    const rows = Array.from({ length: users }, (_, r) => ({
      list: lists.subarray(r * k, (r + 1) * k),
      targets: targets.indices.subarray(targets.indptr[r], targets.indptr[r + 1]),
    }));
    // Users without targets: NaN here (they are left out of means); the reference gives NaN and 0.
    const counted = rows.map((row, r) => ({ ...row, r })).filter((row) => row.targets.length > 0);
    const expectedRecall = golden.array64(`${at}.recall_stable`);
    const expectedNdcg = golden.array64(`${at}.ndcg_stable`);
    check.same(`recall@${k}`, counted.map((u) => recall(u.list, u.targets)), counted.map((u) => expectedRecall[u.r]));
    check.same(`nDCG@${k}`, counted.map((u) => ndcg(u.list, u.targets)), counted.map((u) => expectedNdcg[u.r]));
  }
  checkSaeMetrics(check, engine);
}

function checkSaeMetrics(check: Checker, engine: Engine): void {
  const { golden } = check;
  const inner = golden.under("sae_metrics");
  const sae = openGoldenSae(new Checker(inner), engine, false);
  const tape = new Tape(engine, false);
  const [l0, clean, inPlace]: number[][] = [[], [], []];
  const alive = new Set<number>();
  const batches = (inner.value("inputs.batches") as unknown[]).length;
  for (let b = 0; b < batches; b++) {
    const { shape: [rows, cols], data } = inner.shaped(`inputs.batches.${b}`);
    const u = tape.input(data, rows, cols);
    const { code, input } = sae.encode(tape, u);
    const out = sae.decode(tape, code, input);
    for (const [into, target] of [[clean, u], [inPlace, input.rows]] as const) {
      const distance = engine.floats(rows);
      engine.run("cosineDistance", distance, out.data, target.data, cols);
      into.push(...Array.from(distance, (value) => 1 - value));
    }
    for (let r = 0; r < rows; r++) {
      l0.push(code.rowEnd[r] - code.rowStart[r]);
      for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) alive.add(code.indices[q]);
    }
  }
  check.compare("cosine, clean", clean, "sae_metrics.expected.cosine_clean");
  check.compare("cosine, in place", inPlace, "sae_metrics.expected.cosine_official_inplace");
  check.compare("L0", l0, "sae_metrics.expected.l0");
  const dead = Array.from({ length: sae.neurons }, (_, n) => n).filter((n) => !alive.has(n));
  check.compare("dead neurons", dead.length, "sae_metrics.expected.dead_neurons_true");
  check.compare("which neurons are dead", dead, "sae_metrics.expected.dead_neuron_ids");
}
