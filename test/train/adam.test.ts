/** The optimiser over parameters: which it moves, unit rows, and state that can be kept. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parameter, type Tensor } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import { Adam } from "../../src/train/adam.js";
import { assertClose } from "../support/assert-close.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 20 });
const config = { ...PAPER_ADAM, learningRate: 0.1 };

function withGradient(values: number[], cols: number, gradient: number[]): Tensor {
  const tensor = parameter(engine, values, values.length / cols, cols);
  tensor.grad!.set(gradient);
  tensor.gradReady = true;
  return tensor;
}

test("parameters without a gradient stay; rate scales the step", () => {
  const [moved, still] = [withGradient([1], 1, [5]), parameter(engine, [1], 1, 1)];
  const optimiser = new Adam(engine, [
    { name: "moved", tensor: moved, unitRows: false }, { name: "still", tensor: still, unitRows: false },
  ], config);
  optimiser.step(0.5);
  assertClose(moved.data, [0.95], { absolute: 1e-6 });
  assertClose(still.data, [1], { absolute: 0 });
});

test("unit rows are of unit length before the step, and near it after", () => {
  const tensor = withGradient([3, 4, 0, 2], 2, [1, 1, 1, 1]);
  new Adam(engine, [{ name: "rows", tensor, unitRows: true }], { ...config, learningRate: 1e-3 }).step();
  // The first step moves each of the two elements by at most the learning rate.
  for (const r of [0, 1]) assertClose(Math.hypot(tensor.data[2 * r], tensor.data[2 * r + 1]), 1, { absolute: 1.5e-3 });
  // What is left of the gradient is orthogonal to the normalised rows.
  assertClose(tensor.grad![0] * 0.6 + tensor.grad![1] * 0.8, 0, { absolute: 1e-6 });
  assertClose(tensor.grad!.subarray(2), [1, 0], { absolute: 1e-6 });
});

test("a restored state continues with the same bits", () => {
  const gradients = [[0.3, -1], [0.1, 2], [-0.7, 0.2]];
  const run = (tensor: Tensor, optimiser: Adam, from: number, to: number): void => {
    for (const gradient of gradients.slice(from, to)) {
      tensor.grad!.set(gradient);
      tensor.gradReady = true;
      optimiser.step();
    }
  };
  const open = (values: ArrayLike<number>): [Tensor, Adam] => {
    const tensor = parameter(engine, values, 1, 2);
    return [tensor, new Adam(engine, [{ name: "p", tensor, unitRows: false }], config)];
  };
  const [whole, first] = open([1, 2]);
  run(whole, first, 0, 3);
  const [half, second] = open([1, 2]);
  run(half, second, 0, 2);
  const [rest, third] = open(half.data);
  third.restore(second.state());
  run(rest, third, 2, 3);
  assert.equal(rest.data.slice(), whole.data.slice());
  assert.equal(third.state(), first.state());
});

test.run();
