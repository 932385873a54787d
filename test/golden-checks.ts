/**
 * Checks a golden file, whatever it is called: its content tells its kind. Each check runs unknot on the file's inputs
 * and compares every expected number. The same code serves `npm test` (on test/goldens, every engine) and
 * `npm run goldens -- <folder>` (on any folder of the same kind).
 *
 * Tolerance: |got − expected| ≤ 1e-6 · max(1, |expected|). Where a file states the reference's own rounding error for a
 * quantity (`f32_vs_f64_max_abs`), that much is allowed on top: the expected values are not more exact than that.
 */
import { Tape, type SparseTensor, type Tensor } from "../src/autograd/index.js";
import type { Engine } from "../src/engine/engine.js";
import { ndcg, recall } from "../src/evaluate/metrics.js";
import { csrFromLists, csrFromPairs, type Csr } from "../src/kernels/csr.js";
import { neuronSelectivity, tagSelectivity } from "../src/interpret/selectivity.js";
import {
  aliveNeurons, bestCharacterises, mostUnique, tagActivity, topNeurons, topTagOfNeuron,
} from "../src/interpret/tfidf.js";
import { Elsa } from "../src/models/elsa.js";
import type { NamedWeights } from "../src/models/multdae.js";
import { MultVae } from "../src/models/multvae.js";
import { type SparseAutoencoder, type SaeWeights } from "../src/models/sparse-autoencoder.js";
import { steerRows } from "../src/steer/steer.js";
import { Adam } from "../src/train/adam.js";
import { betaAt } from "../src/train/train-multvae.js";
import { openSae } from "../src/train/train-sae.js";
import { Golden } from "./support/goldens.js";

export interface Comparison {
  what: string;
  /** Largest |got − expected|. */
  absolute: number;
  /** Largest |got − expected| / max(1, |expected|): what the tolerance is about. */
  scaled: number;
  /** Position of the largest error. */
  index: number;
  /** What `scaled` may reach. */
  allowed: number;
}

const TOLERANCE = 1e-6;

/** Collects comparisons of one file. */
class Checker {
  readonly comparisons: Comparison[] = [];

  constructor(readonly golden: Golden) {}

  /** @param rounding the key of f32_vs_f64_max_abs that speaks of this quantity. */
  compare(what: string, got: ArrayLike<number> | number, expectedPath: string, rounding?: string): void {
    const a = typeof got === "number" ? [got] : got;
    const e = typeof this.golden.value(expectedPath) === "number"
      ? [this.golden.number(expectedPath)]
      : this.golden.array64(expectedPath);
    const stated = rounding === undefined ? 0 : this.golden.number(`f32_vs_f64_max_abs.${rounding}`);
    this.same(what, a, e, TOLERANCE + stated);
  }

  same(what: string, got: ArrayLike<number>, expected: ArrayLike<number>, allowed = TOLERANCE): void {
    const worst: Comparison = { what, absolute: 0, scaled: 0, index: -1, allowed };
    if (got.length !== expected.length) worst.absolute = worst.scaled = Infinity;
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(got[i] - expected[i]);
      const scaled = error / Math.max(1, Math.abs(expected[i]));
      if (!(scaled <= worst.scaled)) {
        worst.scaled = Number.isNaN(scaled) ? Infinity : scaled;
        worst.absolute = Number.isNaN(error) ? Infinity : error;
        worst.index = i;
      }
    }
    this.comparisons.push(worst);
  }
}

/** Kinds whose model is not built yet are named as such, never passed silently. */
export function checkGolden(golden: Golden, engine: Engine): Comparison[] {
  const check = new Checker(golden);
  const mark = engine.heap.mark();
  try {
    if (golden.has("config.class")) checkSae(check, engine);
    else if (golden.has("inputs.elsa_encoder")) checkSteering(check, engine);
    else if (golden.has("inputs.encoder_raw_init")) checkElsa(check, engine);
    else if (golden.has("config.hidden")) checkMultVae(check, engine);
    else if (golden.has("inputs.scores")) checkMetrics(check, engine);
    else if (golden.has("inputs.tag_item_counts")) checkTfidf(check);
    else if (golden.has("expected.params")) checkAdam(check, engine);
    else throw new Error(`${golden.name}: not a kind of golden file that this version knows`);
  } finally {
    engine.heap.release(mark);
  }
  return check.comparisons;
}

/** A dense 0/1 matrix as CSR. */
function denseToCsr(golden: Golden, path: string): Csr {
  const { shape: [rows, cols], data } = golden.shaped(path);
  const lists = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: cols }, (_, c) => c).filter((c) => data[r * cols + c] !== 0));
  return csrFromLists(lists, cols);
}

function checkAdam(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [steps, n], data: grads } = golden.shaped("inputs.grads");
  const tensor = new Tape(engine).input(golden.array("inputs.params"), 1, n);
  const optimiser = new Adam(engine, [{ name: "p", tensor, unitRows: false }], adamConfig(golden));
  const [params, m, v]: number[][] = [[], [], []];
  for (let step = 0; step < steps; step++) {
    tensor.grad = engine.floatsFrom(grads.subarray(step * n, (step + 1) * n));
    tensor.gradReady = true;
    optimiser.step();
    const state = optimiser.state();
    params.push(...tensor.data);
    m.push(...state.m[0]);
    v.push(...state.v[0]);
  }
  check.compare("parameters", params, "expected.params");
  check.compare("m", m, "expected.m");
  check.compare("v", v, "expected.v");
}

function adamConfig(golden: Golden): ConstructorParameters<typeof Adam>[2] {
  return {
    learningRate: golden.number("config.lr"), beta1: golden.number("config.beta1"),
    beta2: golden.number("config.beta2"), epsilon: golden.number("config.eps"),
  };
}

function checkElsa(check: Checker, engine: Engine): void {
  const { golden } = check;
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  const model = new Elsa(engine, golden.array("inputs.encoder"), items, factors, true);
  const optimiser = new Adam(engine, model.parameters, adamConfig(golden));
  const a = model.parameters[0].tensor;
  const tape = new Tape(engine);
  const losses: number[] = [];
  const steps = (golden.value("inputs.batches") as unknown[]).length;
  for (let step = 1; step <= steps; step++) {
    const batch = denseToCsr(golden, `inputs.batches.${step - 1}`);
    if (step === 1) {
      tape.reset();
      const x = tape.sparseInput(batch);
      const e = model.encode(tape, x);
      check.compare("embedding", e.data, "expected.step1.embedding");
      check.compare("scores", model.decode(tape, e, x).data, "expected.step1.scores");
    }
    tape.reset();
    const loss = model.loss(tape, tape.sparseInput(batch));
    losses.push(loss.data[0]);
    tape.backward(loss);
    if (step === 1) {
      check.compare("raw gradient", a.grad!, "expected.step1.grad_raw");
      const unit = engine.floatsFrom(a.data);
      engine.run("normaliseRows", unit, factors);
      check.compare("normalised rows", unit, "expected.step1.encoder_renormalised");
    }
    optimiser.step();
    if (step === 1) check.compare("projected gradient", a.grad!, "expected.step1.grad_projected");
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      const at = `expected.after.${step}`;
      check.compare(`encoder after ${step}`, a.data, `${at}.encoder`);
      check.compare(`m after ${step}`, state.m[0], `${at}.adam_m`);
      check.compare(`v after ${step}`, state.v[0], `${at}.adam_v`);
      check.compare(`gradient used in step ${step}`, a.grad!, `${at}.grad_projected_used`);
    }
  }
  check.compare("losses", losses, "expected.loss_per_step");
}

/** The reference stores encoder_w as (D, H); unknot keeps one row a neuron. */
function transposed(values: Float32Array, rows: number, cols: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * cols + Math.floor(i / rows)]);
}

function saeWeights(golden: Golden): SaeWeights {
  const { shape: [d, h] } = golden.shaped("inputs.encoder_w");
  return {
    encoderW: transposed(golden.array("inputs.encoder_w"), d, h), encoderB: golden.array("inputs.encoder_b"),
    decoderW: golden.array("inputs.decoder_w"), decoderB: golden.array("inputs.decoder_b"),
  };
}

/** A code as a dense (B, H) matrix. */
function densify(code: Tensor | SparseTensor): ArrayLike<number> {
  if ("data" in code) return code.data;
  const dense = new Float64Array(code.rows * code.cols);
  for (let r = 0; r < code.rows; r++) {
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) dense[r * code.cols + code.indices[q]] = code.values![q];
  }
  return dense;
}

function openGoldenSae(check: Checker, engine: Engine, trainable: boolean): SparseAutoencoder {
  const { golden } = check;
  const { shape: [factors, neurons] } = golden.shaped("inputs.encoder_w");
  const k = golden.has("config.k") ? golden.value("config.k") : golden.value("inputs.k");
  const kind = typeof k === "number" ? "topk" : "basic";
  const shape = { factors, neurons, k: typeof k === "number" ? k : neurons };
  return openSae(engine, { kind }, saeWeights(golden), shape, trainable);
}

function checkSae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const model = openGoldenSae(check, engine, true);
  const optimiser = new Adam(engine, model.parameters, adamConfig(golden));
  const objective = {
    loss: golden.value("config.reconstruction_loss") === "L2" ? "l2" as const : "cosine" as const,
    l1: golden.number("config.l1_coef"),
    target: golden.value("config.clean") ? "embedding" as const : "standardised" as const,
  };
  const { factors: d, neurons: h } = model;
  /** A parameter-shaped array in the reference's layout. */
  const theirs = (name: string, values: ArrayLike<number>): Float32Array =>
    name === "encoder_w" ? transposed(Float32Array.from(values), h, d) : Float32Array.from(values);
  const tape = new Tape(engine);
  const steps = (golden.value("inputs.batches") as unknown[]).length;
  for (let step = 1; step <= steps; step++) {
    tape.reset();
    const { shape: [rows, cols] } = golden.shaped(`inputs.batches.${step - 1}`);
    const u = tape.input(golden.array(`inputs.batches.${step - 1}`), rows, cols);
    const forward = model.forward(tape, u, objective);
    const at = `expected.losses_per_step.${step - 1}`;
    check.compare(`L2, step ${step}`, forward.l2.data[0], `${at}.L2`);
    check.compare(`Cosine, step ${step}`, forward.cosine.data[0], `${at}.Cosine`);
    check.compare(`L1, step ${step}`, forward.l1.data[0], `${at}.L1`);
    check.compare(`loss, step ${step}`, forward.loss.data[0], `${at}.Loss`);
    tape.backward(forward.loss);
    if (step === 1) {
      check.compare("row means", forward.input.mean, "expected.step1.x_mean");
      check.compare("row stds", forward.input.std, "expected.step1.x_std");
      check.compare("standardised rows", forward.input.rows.data, "expected.step1.x_standardised");
      check.compare("code", densify(forward.code), "expected.step1.e");
      check.compare("output", forward.out.data, "expected.step1.out", "out");
      for (const { name, tensor } of model.parameters) {
        check.compare(`raw gradient of ${name}`, theirs(name, tensor.grad!), `expected.step1.grads_raw.${name}`);
      }
      const cosine = Array.from({ length: rows }, (_, r) => {
        const distance = engine.floats(1);
        const [x, y] = [forward.out.data, forward.input.rows.data].map((m) => engine.floatsFrom(m.slice(r * d, (r + 1) * d)));
        engine.run("cosineDistance", distance, x, y, d);
        return 1 - distance[0];
      });
      if (objective.target === "standardised") check.compare("cosine of rows", cosine, "expected.step1.evaluate_cosine_similarity");
    }
    optimiser.step();
    const decoderW = model.parameters[2].tensor;
    if (step === 1) check.compare("projected gradient", decoderW.grad!, "expected.step1.decoder_w_grad_projected");
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      model.parameters.forEach(({ name, tensor }, i) => {
        const base = `expected.after.${step}.${name}`;
        check.compare(`${name} after ${step}`, theirs(name, tensor.data), `${base}.param`);
        if (golden.has(`${base}.m`)) {
          check.compare(`m of ${name} after ${step}`, theirs(name, state.m[i]), `${base}.m`);
          check.compare(`v of ${name} after ${step}`, theirs(name, state.v[i]), `${base}.v`);
        }
      });
    }
  }
}

/** A node below a path whose keys hold dots themselves ("encoder.fc0.weight"). */
function below(golden: Golden, path: string, ...keys: string[]): Golden {
  let node = golden.value(path);
  for (const key of keys) node = (node as Record<string, unknown>)[key];
  return new Golden(`${golden.name} ${path}`, { node });
}

function multVaeWeights(golden: Golden): NamedWeights {
  return Object.fromEntries((golden.value("config.param_order") as string[]).map((name) => {
    const { shape, data } = below(golden, "inputs.params", name).shaped("node");
    return [name, { shape, data: Float32Array.from(data) }];
  }));
}

/** A golden's dropout mask at the entries of a batch: the weights of those that are left. */
function droppedInput(golden: Golden, batch: Csr, path: string): Csr {
  const mask = golden.array64(path);
  const { cols } = batch;
  const rows = Int32Array.from(batch.indices, (_, q) => batch.indptr.findIndex((end) => end > q) - 1);
  const weights = Float32Array.from(batch.indices, (c, q) => mask[rows[q] * cols + c]);
  const left = Array.from(weights.keys()).filter((q) => weights[q] !== 0);
  return csrFromPairs(
    Int32Array.from(left, (q) => rows[q]), Int32Array.from(left, (q) => batch.indices[q]),
    Float32Array.from(left, (q) => weights[q]), batch.rows, cols,
  );
}

function checkMultVae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const model = new MultVae(engine, multVaeWeights(golden), true);
  const optimiser = new Adam(engine, model.parameters, adamConfig(golden));
  const annealing = {
    annealingSteps: golden.number("config.annealing_steps"), maxBeta: golden.number("config.annealing_beta"),
  };
  const compareEach = (
    what: string, got: (index: number) => ArrayLike<number>, rounding: string, path: string, ...keys: string[]
  ): void => {
    const stated = golden.number(`f32_vs_f64_max_abs.${rounding}`);
    model.parameters.forEach(({ name }, i) => {
      const expected = below(golden, path, name, ...keys).array64("node");
      // Gradients and averages lie as the weights do, the first layer's transposed.
      const values = Float32Array.from(got(i));
      const theirs = name === "encoder.fc0.weight" ? transposed(values, model.items, model.hidden) : values;
      check.same(`${what} of ${name}`, theirs, expected, TOLERANCE + stated);
    });
  };
  const tape = new Tape(engine);
  const betas: number[] = [];
  const steps = (golden.value("inputs.batches") as unknown[]).length;
  for (let step = 1; step <= steps; step++) {
    const at = step - 1;
    const batch = denseToCsr(golden, `inputs.batches.${at}`);
    tape.reset();
    const x = tape.sparseInput(batch);
    if (step === 1) check.compare("scores", model.scores(tape, x).data, "expected.step1.eval_mode_scores");
    const input = tape.sparseInput(droppedInput(golden, batch, `inputs.dropout_mask.${at}`));
    const { shape: [rows, cols], data: noise } = golden.shaped(`inputs.noise.${at}`);
    model.beta = betaAt(at, annealing);
    betas.push(model.beta);
    const forward = model.forward(tape, x, { input, noise: tape.input(noise, rows, cols) });
    check.compare(`NLL, step ${step}`, forward.nll.data[0], `expected.losses_per_step.${at}.NLL`);
    check.compare(`KL, step ${step}`, forward.kl!.data[0], `expected.losses_per_step.${at}.D_KL`);
    check.compare(`loss, step ${step}`, forward.loss.data[0], `expected.losses_per_step.${at}.Loss`);
    if (step === 1) {
      check.compare("hidden layer", forward.hidden.data, "expected.step1.h");
      check.compare("mu", forward.mu.data, "expected.step1.mu");
      check.compare("logvar", forward.logvar!.data, "expected.step1.logvar");
      check.compare("z", forward.z.data, "expected.step1.z");
      check.compare("decoder's hidden layer", forward.decoderHidden.data, "expected.step1.g");
      check.compare("probabilities", forward.probabilities.data, "expected.step1.out");
    }
    tape.backward(forward.loss);
    const gradient = (i: number): ArrayLike<number> => model.parameters[i].tensor.grad!;
    if (step === 1) compareEach("gradient", gradient, "grads", "expected.step1.grads");
    if (step === 3) compareEach("gradient, step 3,", gradient, "grads", "expected.step3_grads");
    optimiser.step();
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      const [path, rounding] = [`expected.after.${step}`, `params_after_${step}`];
      compareEach(`value after ${step}`, (i) => model.parameters[i].tensor.data, rounding, path, "param");
      if (step === steps) {
        compareEach(`m after ${step}`, (i) => state.m[i], "grads", path, "m");
        compareEach(`v after ${step}`, (i) => state.v[i], "grads", path, "v");
      }
    }
  }
  check.compare("β of each step", betas, "expected.beta_used_per_step");
  check.compare("β after the last step", betaAt(steps, annealing), "expected.beta_after_5");
}

function checkSteering(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [items, factors], data: encoder } = golden.shaped("inputs.elsa_encoder");
  const elsa = new Elsa(engine, encoder, items, factors);
  const sae = openGoldenSae(check, engine, false);
  const interactions = denseToCsr(golden, "inputs.interactions");
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(interactions);
  const u = elsa.encode(tape, x);
  const { code, input } = sae.encode(tape, u);
  check.compare("embedding", u.data, "expected.user_embedding");
  check.compare("row means", input.mean, "expected.x_mean");
  check.compare("row stds", input.std, "expected.x_std");
  check.compare("code", densify(code), "expected.e");
  check.compare("scores without SAE", elsa.scores(tape, x).data, "expected.elsa_scores_without_sae");
  check.compare("scores with SAE", elsa.decode(tape, sae.decode(tape, code, input), x).data,
    "expected.unsteered_scores_with_sae_unmasked");

  (golden.value("expected.cases") as { alpha: number; neurons: number[][] }[]).forEach(({ alpha, neurons }, c) => {
    const at = `expected.cases.${c}`;
    const steered = steerRows(tape, code, (r) => [{ neurons: neurons[r], strength: alpha }]);
    check.compare(`steered code, α ${alpha}`, densify(steered), `${at}.steered_code`);
    const scores = elsa.decode(tape, sae.decode(tape, steered, input), x).data;
    // The reference masks with 0; unknot masks with −∞ when it ranks.
    for (let r = 0; r < interactions.rows; r++) {
      for (let q = interactions.indptr[r]; q < interactions.indptr[r + 1]; q++) scores[r * items + interactions.indices[q]] = 0;
    }
    check.compare(`scores, α ${alpha}`, scores, `${at}.scores_masked`);
    check.compare(`top 5, α ${alpha}`, rank(engine, scores, items, 5), `${at}.top5_items`);
  });

  const nobody = tape.sparseInput(csrFromLists([[]], items));
  const zero = openSae(engine, { kind: "topk" }, {
    ...saeWeights(golden), encoderB: new Float32Array(sae.neurons), decoderB: new Float32Array(factors),
  }, { factors, neurons: sae.neurons, k: sae.maxActive });
  const empty = zero.encode(tape, elsa.encode(tape, nobody));
  const alpha = golden.number("edge_zero_code.alpha");
  const still = steerRows(tape, empty.code, () => [{ neurons: [0], strength: alpha }]);
  check.compare("empty code stays empty", densify(still), "edge_zero_code.steered_code");
}

/** The best n columns of each row, ties to the lowest. */
function rank(engine: Engine, scores: ArrayLike<number>, cols: number, n: number): Int32Array {
  const x = engine.floatsFrom(scores);
  const rows = scores.length / cols;
  const lists = engine.ints(rows * n);
  engine.run("rankRows", lists, engine.floats(rows * n), x, cols, n);
  return lists.slice();
}

function checkMetrics(check: Checker, engine: Engine): void {
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

/** A dense matrix with its non-zero entries as CSR. */
function weightedCsr(golden: Golden, path: string): Csr {
  const { shape: [rows, cols], data } = golden.shaped(path);
  const at: number[] = [];
  data.forEach((value, i) => { if (value !== 0) at.push(i); });
  return csrFromPairs(
    Int32Array.from(at, (i) => Math.floor(i / cols)), Int32Array.from(at, (i) => i % cols),
    Float32Array.from(at, (i) => data[i]), rows, cols,
  );
}

function checkTfidf(check: Checker): void {
  const { golden } = check;
  const counts = weightedCsr(golden, "inputs.tag_item_counts");
  const codes = weightedCsr(golden, "inputs.sparse_item_embeddings");
  const [tags, neurons] = [counts.rows, codes.cols];
  const activity = tagActivity(counts, codes);
  const alive = aliveNeurons(codes);
  const characterises = bestCharacterises(activity, tags, neurons);
  const unique = mostUnique(activity, tags, neurons);
  check.compare("activity", activity, "expected.tag_neuron_activity");
  check.compare("alive neurons", alive, "expected.neuron_alive");
  check.compare("most unique", unique, "expected.tfidf_tag_term_neuron_doc");
  const byNeuron = Float64Array.from(characterises, (_, i) => characterises[(i % tags) * neurons + Math.floor(i / tags)]);
  check.compare("best characterises", byNeuron, "expected.tfidf_neuron_term_tag_doc");
  const n = golden.shaped("expected.best_characterizes_top3").shape[1];
  check.compare("top neurons, best characterises", topNeurons(characterises, alive, tags, n), "expected.best_characterizes_top3");
  check.compare("top neurons, most unique", topNeurons(unique, alive, tags, n), "expected.most_unique_top3");
  const living = Array.from(alive.keys()).filter((h) => alive[h]);
  // The reference's labels of dead neurons are an argmax over zeros: unknot leaves those unlabelled.
  for (const [scores, path] of [[characterises, "top_tag_per_neuron"], [unique, "characteristic_tag_per_neuron"]] as const) {
    const labels = topTagOfNeuron(scores, alive, tags);
    const expected = golden.array64(`expected.${path}`);
    check.same(path, living.map((h) => labels[h]), living.map((h) => expected[h]));
  }
  for (const [name, s] of [
    ["neuron_tag", neuronSelectivity(characterises, tags, neurons)], ["tag_neuron", tagSelectivity(unique, tags, neurons)],
  ] as const) {
    check.compare(`${name} ids`, s.ids, `expected.${name}.ids`);
    check.compare(`${name} entropy`, s.entropy, `expected.${name}.entropy`);
    check.compare(`${name} KL`, s.divergence, `expected.${name}.kl_div`);
    check.compare(`${name} relative decrease`, s.decrease, `expected.${name}.norm_entropy_diff`);
  }
}
