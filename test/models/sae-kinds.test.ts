/** What each kind of SAE promises, on small random models; objectives whose parts add up. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape, type Tensor } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { prefixSizes } from "../../src/models/sae/matryoshka-sae.js";
import type { SaeObjective } from "../../src/config/sae.js";
import { SparseAutoencoder, type SaeWeights } from "../../src/models/sae/sparse-autoencoder.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig } from "../../src/config/sae.js";
import { openSae } from "../../src/models/sae/registry.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { assertClose } from "../support/assert-close.js";
import { doubleEngine } from "../support/gradient-check.js";
import { normals } from "../support/random-floats.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 });
const random = new Random(11);
const shape = { factors: 6, neurons: 16, k: 3 };
const ROWS = 20;
const OBJECTIVE: SaeObjective = { ...presets.paper.sae, loss: "l2", l1: 0, target: "embedding" };

function weights(): SaeWeights {
  return SparseAutoencoder.initialise(random, shape);
}

function sae(kind: SaeConfig["kind"], from: SaeWeights, trainable = true): SparseAutoencoder {
  return openSae(engine, { ...presets.paper.sae, kind, levels: 3, bandwidth: 0.3 }, from, shape, { trainable });
}

function embeddings(tape: Tape, rows = ROWS): Tensor {
  return tape.input(normals(new Random(5), rows * shape.factors), rows, shape.factors);
}

const entries = (ends: Int32Array, starts: Int32Array): number[] => Array.from(ends, (end, r) => end - starts[r]);

test("topk and matryoshka: k a row; batch-topk: k a row on average, and rows differ", () => {
  for (const kind of ["topk", "matryoshka", "batch-topk"] as const) {
    const tape = new Tape(engine);
    const { code } = sae(kind, weights()).forward(tape, embeddings(tape), OBJECTIVE);
    if ("data" in code) throw new Error("expected a sparse code");
    const counts = entries(code.rowEnd, code.rowStart);
    if (kind === "batch-topk") {
      assert.is(counts.reduce((a, b) => a + b), ROWS * shape.k);
      assert.ok(new Set(counts).size > 1);
    } else assert.ok(counts.every((n) => n === shape.k));
  }
});

test("batch-topk: a learnt threshold makes a row's code independent of the other rows, with about k neurons", () => {
  const model = sae("batch-topk", weights());
  for (let step = 0; step < 200; step++) {
    const tape = new Tape(engine);
    model.forward(tape, embeddings(tape), OBJECTIVE);
    tape.reset();
  }
  const theta = model.weights().threshold!;
  assert.ok(theta.length === 1 && theta[0] > 0);
  const opened = sae("batch-topk", model.weights(), false);
  const tape = new Tape(engine, false);
  const all = opened.encode(tape, embeddings(tape)).code;
  const first = opened.encode(tape, embeddings(tape, 1)).code;
  assert.equal([...first.indices], [...all.indices.subarray(0, all.rowEnd[0])]);
  assert.ok([...all.values!].every((value) => value >= theta[0]));
  assert.is(all.indices.length, ROWS * shape.k);
});

test("jumprelu: reading keeps what passes its neuron's threshold; the penalty is 0 at k neurons a row", () => {
  const from = weights();
  const tape = new Tape(engine);
  const open = sae("topk", from).encode(tape, embeddings(tape));
  from.threshold = new Float32Array(shape.neurons).fill(Math.log(0.4));
  const model = sae("jumprelu", from);
  const { code } = model.encode(tape, embeddings(tape));
  assert.ok([...code.values!].every((value) => value >= Math.fround(0.4)));
  const strongest = [...open.code.values!].filter((value) => value >= Math.fround(0.4));
  assert.ok(code.indices.length >= strongest.length && strongest.length > 0);
  const active = code.indices.length / ROWS;
  const at = (k: number): number => {
    const design = { ...presets.paper.sae, kind: "jumprelu", bandwidth: 0.3 };
    const fresh = openSae(engine, design, from, { ...shape, k }, { trainable: true });
    const forward = fresh.forward(tape, embeddings(tape), { ...OBJECTIVE, l0: 2 });
    return forward.loss.data[0] - forward.l2.data[0];
  };
  assertClose(at(4), 2 * (active / 4 - 1) ** 2, { absolute: 1e-5 });
});

test("matryoshka: the loss is the mean of the losses of its prefixes", () => {
  assert.equal(prefixSizes(16, 3), [4, 8, 16]);
  assert.equal(prefixSizes(3, 5), [1, 2, 3]);
  const from = weights();
  const tape = new Tape(engine);
  const { loss, l2, code } = sae("matryoshka", from).forward(tape, embeddings(tape), OBJECTIVE);
  if ("data" in code) throw new Error("expected a sparse code");
  const losses = [4, 8, 16].map((size) => {
    // The same code with the later neurons' decoder rows set to nothing.
    const cut = { ...from, decoderW: from.decoderW.map((w, i) => (i < size * shape.factors ? w : 0)) };
    return sae("topk", cut).forward(tape, embeddings(tape), OBJECTIVE).l2.data[0];
  });
  assertClose(l2.data[0], losses[2], { absolute: 1e-6 });
  assertClose(loss.data[0], (losses[0] + losses[1] + losses[2]) / 3, { absolute: 1e-6 });
  const reading = new Tape(engine, false);
  const read = sae("matryoshka", from).forward(reading, embeddings(reading), OBJECTIVE);
  assertClose(read.loss.data[0], losses[2], { absolute: 1e-6 });
});

test("an objective's parts are mixed by their weights", () => {
  const tape = new Tape(engine);
  const model = sae("topk", weights());
  const items = 12;
  const elsa = new Elsa(engine, Elsa.initialise(random, items, shape.factors), items, shape.factors);
  const lists = Array.from({ length: ROWS }, (_, r) => [r % items, (r * 5 + 1) % items]);
  const x = tape.sparseInput(csrFromLists(lists, items));
  const downstream = (on: Tape, out: Tensor): Tensor => elsa.lossOf(on, out, x, null);
  const forward = model.forward(
    tape, embeddings(tape),
    { ...OBJECTIVE, l1: 0.01, reconstruction: 0.5, blend: 2, downstream: 0.3 }, { downstream },
  );
  const { l2, cosine, l1, loss } = forward;
  const expected = 0.5 * l2.data[0] + 2 * cosine.data[0] + 0.3 * forward.downstream!.data[0] + 0.01 * l1.data[0];
  assertClose(loss.data[0], expected, { relative: 1e-6 });
  tape.backward(loss);
  assert.ok(model.parameters.every(({ tensor }) => tensor.gradReady && tensor.grad!.some((g) => g !== 0)));
});

test("what is wanted may differ from what went in: the losses compare with it, as embedding or standardised", () => {
  const model = sae("topk", weights());
  const tape = new Tape(engine, false);
  const u = embeddings(tape);
  const wanted = tape.input(normals(new Random(6), ROWS * shape.factors), ROWS, shape.factors);
  for (const target of ["embedding", "standardised"] as const) {
    const { out, l2 } = model.forward(tape, u, { ...OBJECTIVE, target }, { wanted });
    const goal = target === "embedding" ? wanted.data : model.standardise(tape, wanted).rows.data;
    const expected = Array.from(out.data, (value, i) => (value - goal[i]) ** 2).reduce((a, b) => a + b) / goal.length;
    assertClose(l2.data[0], expected, { absolute: 1e-5 });
    assert.not.equal(l2.data[0], model.forward(tape, u, { ...OBJECTIVE, target }).l2.data[0]);
  }
});

test("AuxK: only dead neurons learn from it, and the live ones' reconstruction does not move", () => {
  const double = doubleEngine();
  const from = weights();
  const dead = Int32Array.of(2, 9, 13);
  // Neurons that never fire: a bias far below.
  for (const n of dead) from.encoderB[n] = -1e-3;
  const gradients = (auxWeight: number): { aux?: number; grads: Float64Array[] } => {
    const model = openSae(double, presets.paper.sae, from, shape, { trainable: true });
    const tape = new Tape(double);
    const { loss, aux } = model.forward(tape, embeddings(tape), { ...OBJECTIVE, auxWeight, auxK: 2 }, { dead });
    tape.backward(loss);
    return { aux: aux?.data[0], grads: model.parameters.map(({ tensor }) => Float64Array.from(tensor.grad!)) };
  };
  const [without, withAux] = [gradients(0), gradients(0.5)];
  assert.is(without.aux, undefined);
  assert.ok(withAux.aux! > 0);
  const D = shape.factors;
  for (const p of [0, 2]) {
    for (let n = 0; n < shape.neurons; n++) {
      const rows = [without, withAux].map(({ grads }) => grads[p].subarray(n * D, (n + 1) * D));
      const moved = rows[1].some((g, j) => Math.abs(g - rows[0][j]) > 1e-9);
      if (dead.includes(n)) assert.ok(moved, `neuron ${n} learns nothing`);
      else assertClose(rows[1], rows[0], { absolute: 1e-14 }, `parameter ${p} of live neuron ${n}`);
    }
  }
});

test.run();
