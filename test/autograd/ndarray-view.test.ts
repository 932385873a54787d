/**
 * The public edge: tensors and their gradients are ndarrays over the same memory, so ndarray-ops reads and writes them.
 */
import ops from "ndarray-ops";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { l2Loss, parameter, Tape } from "../../src/autograd/index.js";
import { gradView, view } from "../../src/autograd/ndarray-view.js";
import { openEngine } from "../../src/engine/open.js";
import { assertClose } from "../support/assert-close.js";

test("a tensor's view is its memory, row-major", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const t = parameter(engine, [1, 2, 3, 4, 5, 6], 2, 3);
  const seen = view(t);
  assert.equal(seen.shape, [2, 3]);
  assert.is(seen.get(1, 0), 4);
  ops.mulseq(seen.pick(1, null), 10);
  assert.equal(Array.from(t.data), [1, 2, 3, 40, 50, 60]);
  assertClose(ops.sum(seen.transpose(1, 0).pick(0, null)), 41);
});

test("a gradient's view agrees with ndarray-ops on the formula", () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  const t = parameter(engine, [1, -2, 0.5, 4], 2, 2);
  assert.is(gradView(t)?.shape.length, 2);
  const tape = new Tape(engine);
  const target = tape.input([0, 1, 1, 1], 2, 2);
  tape.backward(l2Loss(tape, t, target));
  const expected = view(t);
  ops.subeq(expected, view(target));
  ops.mulseq(expected, 2 / 4);
  assertClose(t.grad!, t.data, { absolute: 1e-7 }, "gradient of the mean squared error");
});

test.run();
