/** Adam alone: parameters and both moments after every step of given gradients. */
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { Adam } from "../../src/train/adam.js";
import type { Checker } from "./checker.js";
import { adamConfig } from "./inputs.js";

export function checkAdam(check: Checker, engine: Engine): void {
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
  check.compare("parameters", params, "expected.params", "params");
  check.compare("m", m, "expected.m");
  check.compare("v", v, "expected.v");
}
