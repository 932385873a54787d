/** An SAE's training steps, Basic and TopK, against the standardised batch (as the reference does) or the clean one. */
import { presets } from "../../src/config/presets.js";
import { Tape, type SparseTensor, type Tensor } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import type { SparseAutoencoder, SaeWeights } from "../../src/models/sae/sparse-autoencoder.js";
import { Adam } from "../../src/train/adam.js";
import { openSae } from "../../src/models/sae/registry.js";
import type { Golden } from "../support/goldens.js";
import type { Checker } from "./checker.js";
import { adamConfig, transposed } from "./inputs.js";

export function saeWeights(golden: Golden): SaeWeights {
  const { shape: [d, h] } = golden.shaped("inputs.encoder_w");
  return {
    encoderW: transposed(golden.array("inputs.encoder_w"), d, h), encoderB: golden.array("inputs.encoder_b"),
    decoderW: golden.array("inputs.decoder_w"), decoderB: golden.array("inputs.decoder_b"),
  };
}

/** A code as a dense (B, H) matrix. */
export function densify(code: Tensor | SparseTensor): ArrayLike<number> {
  if ("data" in code) return code.data;
  const dense = new Float64Array(code.rows * code.cols);
  for (let r = 0; r < code.rows; r++) {
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) dense[r * code.cols + code.indices[q]] = code.values![q];
  }
  return dense;
}

export function openGoldenSae(check: Checker, engine: Engine, trainable: boolean): SparseAutoencoder {
  const { golden } = check;
  const { shape: [factors, neurons] } = golden.shaped("inputs.encoder_w");
  const k = golden.has("config.k") ? golden.value("config.k") : golden.value("inputs.k");
  const kind = typeof k === "number" ? "topk" : "basic";
  const shape = { factors, neurons, k: typeof k === "number" ? k : neurons };
  return openSae(engine, { ...presets.paper.sae, kind }, saeWeights(golden), shape, { trainable });
}

export function checkSae(check: Checker, engine: Engine): void {
  const { golden } = check;
  const model = openGoldenSae(check, engine, true);
  const optimiser = new Adam(engine, model.parameters, adamConfig(golden));
  const objective = {
    ...presets.paper.sae,
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
      check.compareRows("code", densify(forward.code), "expected.step1.e");
      check.compare("output", forward.out.data, "expected.step1.out", "out");
      for (const { name, tensor } of model.parameters) {
        const gradient = theirs(name, tensor.grad!);
        check.compare(`raw gradient of ${name}`, gradient, `expected.step1.grads_raw.${name}`, "grads_raw");
      }
      const cosine = Array.from({ length: rows }, (_, r) => {
        const distance = engine.floats(1);
        const [x, y] = [forward.out.data, forward.input.rows.data].map((m) =>
          engine.floatsFrom(m.slice(r * d, (r + 1) * d)));
        engine.run("cosineDistance", distance, x, y, d);
        return 1 - distance[0];
      });
      if (objective.target === "standardised") {
        check.compare("cosine of rows", cosine, "expected.step1.evaluate_cosine_similarity");
      }
    }
    optimiser.step();
    const decoderW = model.parameters[2].tensor;
    if (step === 1) {
      check.compare("projected gradient", decoderW.grad!, "expected.step1.decoder_w_grad_projected", "grads_raw");
    }
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      model.parameters.forEach(({ name, tensor }, i) => {
        const base = `expected.after.${step}.${name}`;
        check.compare(`${name} after ${step}`, theirs(name, tensor.data), `${base}.param`, `params_after_${step}`);
        if (golden.has(`${base}.m`)) {
          check.compare(`m of ${name} after ${step}`, theirs(name, state.m[i]), `${base}.m`);
          check.compare(`v of ${name} after ${step}`, theirs(name, state.v[i]), `${base}.v`);
        }
      });
    }
  }
}
