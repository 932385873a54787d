/** MultVAE's training steps, with the reference's dropout masks and noise. */
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { csrFromPairs, type Csr } from "../../src/base/csr.js";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import { MultVae } from "../../src/models/recommenders/multvae.js";
import { Adam } from "../../src/train/adam.js";
import { betaAt } from "../../src/models/recommenders/multvae.js";
import { Golden } from "../support/goldens.js";
import { TOLERANCE, type Checker } from "./checker.js";
import { adamConfig, denseToCsr, transposed } from "./inputs.js";

/** A node below a path whose keys hold dots themselves ("encoder.fc0.weight"). */
function below(golden: Golden, path: string, ...keys: string[]): Golden {
  let node = golden.value(path);
  for (const key of keys) node = (node as Record<string, unknown>)[key];
  return new Golden(`${golden.name} ${path}`, { node });
}

function multVaeWeights(golden: Golden): NamedTensors {
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

export function checkMultVae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const model = new MultVae(engine, multVaeWeights(golden), true);
  const optimiser = new Adam(engine, model.parameters, adamConfig(golden));
  const annealing = {
    annealingSteps: golden.number("config.annealing_steps"), maxBeta: golden.number("config.annealing_beta"),
  };
  const compareEach = (
    what: string, got: (index: number) => ArrayLike<number>, rounding: string, path: string, ...keys: string[]
  ): void => {
    const stated = check.stated(rounding);
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
    if (golden.has(`expected.step${step}_grads`)) {
      compareEach(`gradient, step ${step},`, gradient, "grads", `expected.step${step}_grads`);
    }
    optimiser.step();
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      const [path, rounding] = [`expected.after.${step}`, `params_after_${step}`];
      compareEach(`value after ${step}`, (i) => model.parameters[i].tensor.data, rounding, path, "param");
      if (below(golden, path, model.parameters[0].name).has("node.m")) {
        compareEach(`m after ${step}`, (i) => state.m[i], "grads", path, "m");
        compareEach(`v after ${step}`, (i) => state.v[i], "grads", path, "v");
      }
    }
  }
  check.compare("β of each step", betas, "expected.beta_used_per_step");
  for (const key of Object.keys(golden.value("expected") as object)) {
    const [, after] = /^beta_after_(\d+)$/.exec(key) ?? [];
    if (after) check.compare(`β after ${after}`, betaAt(Number(after), annealing), `expected.${key}`);
  }
}
