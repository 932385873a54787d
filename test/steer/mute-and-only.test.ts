/** Knobs beyond the paper (steer.ts): negative strengths, mute, only, weights, and all of them at once. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { UserError } from "../../src/base/user-error.js";
import type { Csr } from "../../src/base/csr.js";
import { mute, only, steerCode, type Knob } from "../../src/steer/steer.js";
import { assertClose } from "../support/assert-close.js";

const H = 6;
const engine = openEngine({ precision: "f64", memoryBytes: 2 ** 22 });

function steered(row: readonly number[], knobs: readonly Knob[]): number[] {
  const tape = new Tape(engine, false);
  const active = [...row.keys()].filter((n) => row[n] !== 0);
  const values = Float32Array.from(active, (n) => row[n]);
  const code: Csr = {
    rows: 1, cols: H, indptr: Int32Array.of(0, active.length), indices: Int32Array.from(active), values,
  };
  const result = steerCode(tape, tape.sparseInput(code), knobs);
  const dense = new Array<number>(H).fill(0);
  for (let q = result.rowStart[0]; q < result.rowEnd[0]; q++) dense[result.indices[q]] = result.values![q];
  tape.reset();
  return dense;
}

const close = (got: readonly number[], expected: readonly number[]): void =>
  assertClose(got, expected, { absolute: 1e-9 });

test("a negative knob takes its share; the others take over the activation", () => {
  close(steered([2, 0, 4, 2, 0, 0], [{ neurons: [2], strength: -0.5 }]), [8 / 3, 0, 8 / 3, 8 / 3, 0, 0]);
  close(steered([2, 0, 4, 2, 0, 0], [mute([2])]), [4, 0, 0, 4, 0, 0]);
});

test("shares of negative knobs on one neuron multiply", () => {
  const twice = steered([1, 1, 0, 0, 0, 0], [{ neurons: [0], strength: -0.5 }, { neurons: [0], strength: -0.5 }]);
  close(twice, [0.4, 1.6, 0, 0, 0, 0]);
});

test("only silences the others; two of them leave both", () => {
  close(steered([1, 2, 0, 0, 3, 0], [only([1])]), [0, 6, 0, 0, 0, 0]);
  close(steered([1, 2, 0, 0, 3, 0], [only([1]), only([0])]), [2, 4, 0, 0, 0, 0]);
  close(steered([1, 1, 0, 0, 0, 0], [{ neurons: [0], strength: 0.5, only: true }]), [4 / 3, 2 / 3, 0, 0, 0, 0]);
});

test("only, of neurons that do not fire, spreads the activation over them; muted ones among them stay silent", () => {
  close(steered([1, 2, 0, 0, 3, 0], [only([3, 5])]), [0, 0, 0, 3, 0, 3]);
  close(steered([1, 2, 0, 0, 3, 0], [only([3, 5]), mute([3])]), [0, 0, 0, 0, 0, 6]);
});

test("when all is muted, what is turned up takes the total; with nothing turned up the code is empty", () => {
  const row = [1, 0, 0, 3, 0, 0];
  close(
    steered(row, [mute([0, 3]), { neurons: [1], strength: 0.1 }, { neurons: [2], strength: 0.3 }]), [0, 1, 3, 0, 0, 0],
  );
  close(steered(row, [mute([0, 3])]), [0, 0, 0, 0, 0, 0]);
});

test("weights divide a knob's share", () => {
  close(steered([4, 0, 0, 0, 0, 0], [{ neurons: [1, 2], strength: 0.5, weights: [3, 1] }]), [2, 1.5, 0.5, 0, 0, 0]);
  const even: Knob = { neurons: [1, 2], strength: 0.3 };
  close(steered([4, 0, 1, 0, 0, 0], [{ ...even, weights: [7, 7] }]), steered([4, 0, 1, 0, 0, 0], [even]));
});

const rowOf = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })), { minLength: H, maxLength: H });
const neuronsOf = fc.uniqueArray(fc.nat(H - 1), { minLength: 1, maxLength: 3 });
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const knobOf: fc.Arbitrary<Knob> = fc.oneof(
  fc.record({ neurons: neuronsOf, strength: unit.map((a) => -a) }),
  fc.record({ neurons: neuronsOf, strength: unit, only: fc.constant(true) }),
  fc.record({ neurons: neuronsOf, strength: unit.map((a) => a / 4) }),
  fc.tuple(neuronsOf, unit).map(([neurons, a]) => ({ neurons, strength: a / 4, weights: neurons.map((n) => n + 1) })),
);
const knobsOf = fc.array(knobOf, { maxLength: 4 });
const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);

test("the total stays or, with everything muted, is 0; nothing is negative or NaN", () => {
  fc.assert(fc.property(rowOf, knobsOf, (row, knobs) => {
    const got = steered(row, knobs);
    assert.ok(got.every((value) => value >= 0));
    if (sum(got) > 0) assertClose(sum(got), sum(row), { absolute: 1e-9, relative: 1e-9 });
    else assert.ok(sum(row) === 0 || knobs.some((knob) => knob.strength < 0 || knob.only));
  }));
});

test("strength 0 of any kind changes nothing, to the bit", () => {
  fc.assert(fc.property(rowOf, knobsOf, (row, knobs) => {
    assert.equal(steered(row, knobs.map((knob) => ({ ...knob, strength: 0 }))), row);
  }));
});

test("the order of knobs of all kinds is irrelevant, to the bit", () => {
  fc.assert(fc.property(rowOf, knobsOf, fc.nat(3), (row, knobs, turn) => {
    const turned = [...knobs.slice(turn), ...knobs.slice(0, turn)];
    assert.equal(steered(row, turned), steered(row, knobs));
    assert.equal(steered(row, [...knobs].reverse()), steered(row, knobs));
  }));
});

test("what makes no sense is refused", () => {
  const refused = (knob: Knob, message: RegExp): void => {
    assert.throws(() => steered([1, 0, 0, 0, 0, 0], [knob]), (error: unknown) =>
      error instanceof UserError && message.test(error.message));
  };
  refused({ neurons: [0], strength: -0.5, only: true }, /between 0 and 1/);
  refused({ neurons: [0, 1], strength: 0.5, weights: [1] }, /2 neurons and 1 weights/);
  refused({ neurons: [0], strength: 0.5, weights: [-1] }, /0 or more, got -1/);
  refused({ neurons: [0], strength: 0.5, weights: [NaN] }, /got NaN/);
  refused({ neurons: [0], strength: 0.5, weights: [0] }, /all 0/);
});

test.run();
