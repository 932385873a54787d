/**
 * ELSA's training steps: forward values, the gradient before and after its projection, the state after some steps. Adam
 * enlarges the rounding of gradients near its ε, so losses and parameters are compared in double precision as well.
 */
import { Tape, type Tensor } from "../../src/autograd/index.js";
import type { Csr } from "../../src/base/csr.js";
import type { Engine } from "../../src/engine/engine.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { Adam } from "../../src/train/adam.js";
import { doubleEngine } from "../support/gradient-check.js";
import { TOLERANCE, type Checker } from "./checker.js";
import { adamConfig, denseToCsr } from "./inputs.js";

export function checkElsa(check: Checker, engine: Engine): void {
  const { golden } = check;
  const factors = golden.number("config.dim");
  const { model, optimiser } = open(check, engine);
  const a = model.parameters[0].tensor;
  const tape = new Tape(engine);
  const losses: number[] = [];
  for (let step = 1; step <= stepsOf(check); step++) {
    const batch = denseToCsr(golden, `inputs.batches.${step - 1}`);
    if (step === 1) {
      tape.reset();
      const x = tape.sparseInput(batch);
      const e = model.encode(tape, x);
      check.compare("embedding", e.data, "expected.step1.embedding");
      check.compare("scores", model.decode(tape, e, x).data, "expected.step1.scores", "scores");
    }
    tape.reset();
    const loss = model.loss(tape, tape.sparseInput(batch));
    losses.push(loss.data[0]);
    tape.backward(loss);
    if (step === 1) {
      compareRawGradient(check, a, batch);
      const unit = engine.floatsFrom(a.data);
      engine.run("normaliseRows", unit, factors);
      check.compare("normalised rows", unit, "expected.step1.encoder_renormalised");
    }
    optimiser.step();
    if (step === 1) check.compare("projected gradient", a.grad!, "expected.step1.grad_projected", "grad_projected");
    if (golden.has(`expected.after.${step}`)) {
      const state = optimiser.state();
      const at = `expected.after.${step}`;
      check.compare(`encoder after ${step}`, a.data, `${at}.encoder`, `encoder_after_${step}`);
      check.compare(`m after ${step}`, state.m[0], `${at}.adam_m`);
      check.compare(`v after ${step}`, state.v[0], `${at}.adam_v`);
      check.compare(`gradient used in step ${step}`, a.grad!, `${at}.grad_projected_used`);
    }
  }
  check.compare("losses", losses, "expected.loss_per_step");
  if (golden.has("float64_reference")) checkInDouble(check);
}

/**
 * A user of one item scores it ‖A_i‖² − 1, which is rounding noise, and the relu passes a gradient where that happens
 * to be positive. It is along A_i and projected out of the step: for such items only the rest is compared.
 */
function compareRawGradient(check: Checker, a: Tensor, batch: Csr): void {
  const expected = check.golden.array64("expected.step1.grad_raw");
  const got = Float64Array.from(a.grad!);
  for (let r = 0; r < batch.rows; r++) {
    if (batch.indptr[r + 1] - batch.indptr[r] !== 1) continue;
    const from = batch.indices[batch.indptr[r]] * a.cols;
    const row = a.data.subarray(from, from + a.cols);
    for (const gradient of [got, expected]) {
      let along = 0;
      row.forEach((value, d) => { along += value * gradient[from + d]; });
      row.forEach((value, d) => { gradient[from + d] -= along * value; });
    }
  }
  check.same("raw gradient", got, expected, TOLERANCE + check.stated("grad_raw"));
}

function checkInDouble(check: Checker): void {
  const { golden } = check;
  const engine = doubleEngine();
  const { model, optimiser } = open(check, engine);
  const tape = new Tape(engine);
  const losses: number[] = [];
  for (let step = 1; step <= stepsOf(check); step++) {
    tape.reset();
    const loss = model.loss(tape, tape.sparseInput(denseToCsr(golden, `inputs.batches.${step - 1}`)));
    losses.push(loss.data[0]);
    tape.backward(loss);
    optimiser.step();
    const at = `float64_reference.encoder_after_${step}`;
    if (golden.has(at)) check.compare(`encoder after ${step}, double`, model.parameters[0].tensor.data, at);
  }
  check.compare("losses, double", losses, "float64_reference.loss_per_step");
}

function open({ golden }: Checker, engine: Engine): { model: Elsa; optimiser: Adam } {
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  const model = new Elsa(engine, golden.array64("inputs.encoder"), items, factors, true);
  return { model, optimiser: new Adam(engine, model.parameters, adamConfig(golden)) };
}

function stepsOf({ golden }: Checker): number {
  return (golden.value("inputs.batches") as unknown[]).length;
}
