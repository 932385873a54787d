/** ELSA's training steps: forward values, the gradient before and after its projection, the state after some steps. */
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { Adam } from "../../src/train/adam.js";
import type { Checker } from "./checker.js";
import { adamConfig, denseToCsr } from "./inputs.js";

export function checkElsa(check: Checker, engine: Engine): void {
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
