/** RecVAE: one step's values and gradients with given noise, then encoder, encoder, old encoder, decoder. */
import { Tape } from "../../src/autograd/index.js";
import { transpose } from "../../src/base/dense.js";
import { DEFAULT_RECVAE } from "../../src/config/recvae.js";
import type { Engine } from "../../src/engine/engine.js";
import type { NamedTensors } from "../../src/base/named-tensors.js";
import { RecVae } from "../../src/models/recommenders/recvae.js";
import { Adam } from "../../src/train/adam.js";
import { Alternating } from "../../src/train/alternating.js";
import { Golden } from "../support/goldens.js";
import type { Checker } from "./checker.js";
import { denseToCsr } from "./inputs.js";

/** Arrays below a path whose own keys hold dots. */
function arrays(golden: Golden, path: string): Record<string, { shape: readonly number[]; data: Float64Array }> {
  return Object.fromEntries(Object.entries(golden.value(path) as object).map(([name, node]) =>
    [name, new Golden(`${golden.name} ${path}`, { node: node as unknown }).shaped("node")]));
}

export function checkRecVae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const weights: NamedTensors = Object.fromEntries(Object.entries(arrays(golden, "inputs.params")).map(
    ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
  const [factors, learningRate] = [golden.number("config.latent"), golden.number("config.lr")];
  const model = new RecVae(engine, weights, golden.number("config.gamma"), true);
  const { parameters, encoderParameters: many } = model;
  const optimiser = new Alternating([parameters.slice(0, many), parameters.slice(many)].map((group) =>
    new Adam(engine, group, { ...DEFAULT_RECVAE, learningRate })), (done) => (done === 2 ? 1 : 0));
  const tape = new Tape(engine);
  const losses: number[] = [];
  const batch = (at: number): ReturnType<typeof denseToCsr> => denseToCsr(golden, `inputs.X_batches.${at}`);
  // The first batch is looked at only.
  for (let step = 0; step <= 3; step++) {
    tape.reset();
    const x = tape.sparseInput(batch(step));
    const noise = tape.input(golden.array64(`inputs.eps.${step}`), x.rows, factors);
    if (step === 3) model.rememberEncoder();
    const all = model.forward(tape, x, null, noise);
    if (step > 0) losses.push(all.loss.data[0]);
    if (step === 0) {
      check.compare("mu", all.mu.data, "expected.mu", "mu");
      check.compare("logvar", all.logvar.data, "expected.logvar", "logvar");
      check.compare("z", all.z.data, "expected.z", "mu");
      check.compare("old mu", all.oldMu.data, "expected.post_mu", "mu");
      check.compare("old logvar", all.oldLogvar.data, "expected.post_logvar", "logvar");
      check.compare("log p", all.logP, "expected.log_prior", "log_prior");
      check.compare("log q", all.logQ, "expected.log_q", "log_prior");
      check.compare("logits", model.logits(tape, all.z).data, "expected.logits", "logits");
      check.compare("likelihood", [-all.nll.data[0] * model.items], "expected.mll", "loss");
      check.compare("divergence", [all.kl.data[0]], "expected.kld", "loss");
      check.compare("loss", [all.loss.data[0]], "expected.loss", "loss");
    }
    tape.backward(all.loss);
    if (step === 0) {
      const rounding = check.stated("grad");
      for (const [name, { data }] of Object.entries(arrays(golden, "expected.grad"))) {
        check.same(`gradient of ${name}`, asSaved(model, name, (t) => t.grad!), data, 1e-6 + rounding);
      }
    }
    if (step > 0) optimiser.step();
  }
  check.compare("losses", losses, "expected.losses", "losses");
  const rounding = check.stated("after_steps");
  for (const [name, { data }] of Object.entries(arrays(golden, "expected.after_steps"))) {
    check.same(`${name} after the steps`, asSaved(model, name, (t) => t.data), data, 1e-6 + rounding);
  }
  tape.reset();
  const logits = model.scores(tape, tape.sparseInput(batch(0))).data;
  check.compare("scores afterwards", logits, "expected.eval_logits", "eval_logits");
}

/** A parameter's values or gradient in the file's layout, [out, in]. */
function asSaved(
  model: RecVae, name: string, of: (tensor: RecVae["parameters"][number]["tensor"]) => ArrayLike<number>,
): ArrayLike<number> {
  const { tensor } = model.parameters.find((p) => p.name === name)!;
  const values = Float64Array.from(of(tensor));
  return name === "encoder.fc1.weight" ? transpose(values, tensor.rows, tensor.cols) : values;
}
