/** The gradient check notices a wrong backward pass. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { l2Loss, type Tape, type Tensor } from "../../src/autograd/index.js";
import { accumulate } from "../../src/autograd/ops/dense.js";
import { checkGradients } from "./gradient-check.js";

const leaves = { x: { rows: 2, cols: 2, values: Float64Array.of(1, -2, 3, 0.5) } };

/** 2x, whose backward pass claims `slope`; slope null records none. */
function doubled(tape: Tape, x: Tensor, slope: number | null): Tensor {
  const out = tape.output(x.rows, x.cols, x);
  tape.engine.run("addScaled", out.data, x.data, 2, 0);
  if (slope !== null) tape.record("doubled", out, () => accumulate(tape, x, out.grad!, slope));
  return out;
}

const lossWith = (slope: number | null) => (tape: Tape, { x }: { x: Tensor }): Tensor =>
  l2Loss(tape, doubled(tape, x, slope), tape.input([0, 0, 0, 0], 2, 2));

test("a right gradient passes, a wrong one fails", () => {
  checkGradients(leaves, lossWith(2));
  assert.throws(() => checkGradients(leaves, lossWith(2.0001)), /gradient of x/);
  assert.throws(() => checkGradients(leaves, lossWith(NaN)), /gradient of x holds NaN/);
});

test("a gradient that never arrives fails", () => {
  assert.throws(() => checkGradients(leaves, lossWith(null)), /x received no gradient/);
});

test.run();
