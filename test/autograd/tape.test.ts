/** The tape: what it records, what it refuses, and that a training step leaves no memory behind. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addLoss, constant, l2Loss, linear, parameter, relu, Tape } from "../../src/autograd/index.js";
import { gradView, view } from "../../src/autograd/ndarray-view.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromPairs } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";
import { presets } from "../../src/config/presets.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import { Adam } from "../../src/train/adam.js";
import { assertClose } from "../support/assert-close.js";
import { normals } from "../support/random-floats.js";

const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });

test("ops are recorded in order, and only where a gradient is wanted", () => {
  const w = parameter(engine, [1, 2], 1, 2);
  const tape = new Tape(engine);
  const x = tape.input([1, 1, 2, 2], 2, 2);
  const loss = l2Loss(tape, relu(tape, linear(tape, x, w, null)), tape.input([1, 1], 2, 1));
  assert.equal(tape.ops, ["linear", "relu", "l2Loss"]);
  tape.backward(loss);
  // relu(3) − 1 and relu(6) − 1: d = 2·(2·[1, 1] + 5·[2, 2]) / 2.
  assertClose(w.grad!, [12, 12], { absolute: 0 });
  tape.reset();
  assert.equal(tape.ops, []);

  const frozen = constant(engine, [1, 2], 1, 2);
  linear(tape, tape.input([1, 1], 1, 2), frozen, null);
  assert.equal(tape.ops, []);
  const inference = new Tape(engine, false);
  linear(inference, inference.input([1, 1], 1, 2), w, null);
  assert.equal(inference.ops, []);
});

test("a new step overwrites the gradient of the last one", () => {
  const w = parameter(engine, [3], 1, 1);
  const tape = new Tape(engine);
  for (let step = 0; step < 3; step++) {
    tape.reset();
    tape.backward(l2Loss(tape, w, tape.input([1], 1, 1)));
    assertClose(w.grad!, 4, { absolute: 0 });
  }
});

test("a branch that the loss does not use gets no gradient", () => {
  const [w, unused] = [parameter(engine, [3], 1, 1), parameter(engine, [5], 1, 1)];
  const tape = new Tape(engine);
  relu(tape, unused);
  tape.backward(l2Loss(tape, w, tape.input([1], 1, 1)));
  assert.is(unused.gradReady, false);
  assert.is(w.gradReady, true);
});

test("backward wants a 1 × 1 loss; values must fit their shape", () => {
  const w = parameter(engine, [1, 2], 1, 2);
  const tape = new Tape(engine);
  assert.throws(() => tape.backward(w), /1 × 1 loss, got 1 × 2/);
  assert.throws(() => parameter(engine, [1, 2, 3], 2, 2), /3 values for a 2 × 2/);
  assert.throws(() => constant(engine, [1], 2, 2), /1 values for a 2 × 2/);
});

test("views are ndarrays over the same memory", () => {
  const w = parameter(engine, [1, 2, 3, 4, 5, 6], 2, 3);
  assert.equal(view(w).shape, [2, 3]);
  view(w).set(1, 0, 40);
  assert.is(w.data[3], 40);
  assert.is(gradView(new Tape(engine).input([7], 1, 1)), null);
  const tape = new Tape(engine);
  tape.backward(addLoss(tape, l2Loss(tape, w, tape.input([0, 0, 0, 0, 0, 0], 2, 3)), tape.input([1], 1, 1), 1));
  assertClose(gradView(w)!.get(0, 2), 1, { absolute: 0 });
});

test("sparseInput: rows in any order, repeated, empty, with values", () => {
  const x = csrFromPairs(Int32Array.of(0, 0, 2), Int32Array.of(1, 3, 0), Float32Array.of(5, 6, 7), 3, 4);
  const tape = new Tape(engine);
  const picked = tape.sparseInput(x, [2, 1, 0, 2]);
  assert.equal([...picked.rowStart], [0, 1, 1, 3]);
  assert.equal([...picked.rowEnd], [1, 1, 3, 4]);
  assert.equal([...picked.indices], [0, 1, 3, 0]);
  assert.equal([...picked.values!], [7, 5, 6, 7]);
  const all = tape.sparseInput(x);
  assert.equal([...all.indices], [1, 3, 0]);
});

test("identical steps use the same memory: nothing grows", () => {
  const random = new Random(5);
  const [users, items, factors, neurons] = [40, 30, 16, 48];
  const pairs = Array.from({ length: 300 }, () => [random.below(users), random.below(items)]);
  const x = csrFromPairs(
    Int32Array.from(pairs, ([u]) => u), Int32Array.from(pairs, ([, i]) => i), null, users, items,
  );
  const elsa = new Elsa(engine, Elsa.initialise(random, items, factors), items, factors, true);
  const shape = { factors, neurons, k: 4 };
  const sae = new TopKSae(engine, SparseAutoencoder.initialise(random, shape), shape, true);
  const u = { data: Float32Array.from(normals(random, users * factors)), rows: users, cols: factors };
  for (const [model, loss] of [
    [elsa, (tape: Tape) => elsa.loss(tape, tape.sparseInput(x))],
    [sae, (tape: Tape) =>
      sae.forward(tape, tape.rowsOf(u, [3, 1, 2]), { ...presets.paper.sae, l1: 1e-3, target: "embedding" }).loss],
  ] as const) {
    const optimiser = new Adam(engine, model.parameters, PAPER_ADAM);
    const tape = new Tape(engine);
    const tops: number[] = [];
    for (let step = 0; step < 3; step++) {
      tape.reset();
      tape.backward(loss(tape));
      optimiser.step();
      tops.push(engine.heap.mark());
    }
    assert.is(tops[1], tops[0]);
    assert.is(tops[2], tops[0]);
    tape.reset();
    assert.ok(engine.heap.mark() < tops[0]);
    assert.ok(engine.heap.peak >= tops[0]);
  }
});

test.run();
