/**
 * Turning knobs up (docs/method.md §5): the paper's formula by hand, its invariants on any code, and what is refused.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SparseTensor, Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { UserError } from "../../src/base/user-error.js";
import { steerCode, steerRows, type Knob } from "../../src/steer/steer.js";
import { assertClose } from "../support/assert-close.js";

const NEURONS = 8;
const engine = openEngine({ precision: "f64", memoryBytes: 2 ** 22 });
const tape = new Tape(engine, false);

type Dense = readonly number[];

/** A sparse code of dense rows, with spare slots as a TopK code has them. */
function codeOf(rows: readonly Dense[]): SparseTensor {
  const [starts, ends, indices, values]: number[][] = [[], [], [], []];
  for (const row of rows) {
    starts.push(indices.length);
    row.forEach((value, n) => {
      if (value === 0) return;
      indices.push(n);
      values.push(value);
    });
    ends.push(indices.length);
    indices.push(-1);
    values.push(NaN);
  }
  return new SparseTensor(
    engine, rows.length, NEURONS, engine.intsFrom(starts), engine.intsFrom(ends), engine.intsFrom(indices),
    engine.floatsFrom(values), false,
  );
}

function denseOf(code: SparseTensor): number[][] {
  return Array.from({ length: code.rows }, (_, r) => {
    const row = new Array<number>(code.cols).fill(0);
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) {
      if (q > code.rowStart[r]) assert.ok(code.indices[q] > code.indices[q - 1], "neurons ascend");
      row[code.indices[q]] = code.values![q];
    }
    return row;
  });
}

function steered(rows: readonly Dense[], knobs: readonly Knob[]): number[][] {
  tape.reset();
  return denseOf(steerCode(tape, codeOf(rows), knobs));
}

const total = (row: Dense): number => row.reduce((sum, value) => sum + value, 0);

test("one knob, by hand", () => {
  const [row] = steered([[1, 0, 3, 0, 0, 0, 0, 0]], [{ neurons: [4], strength: 0.25 }]);
  assertClose(row, [0.75, 0, 2.25, 0, 1, 0, 0, 0], { absolute: 1e-12 });
});

test("a knob on several neurons shares its strength; one that fires already gains", () => {
  const [row] = steered([[1, 0, 3, 0, 0, 0, 0, 0]], [{ neurons: [0, 5], strength: 0.5 }]);
  assertClose(row, [0.5 + 1, 0, 1.5, 0, 0, 1, 0, 0], { absolute: 1e-12 });
});

test("strength 1 leaves nothing else", () => {
  const [row] = steered([[1, 0, 3, 0, 0, 0, 0, 0]], [{ neurons: [7], strength: 1 }]);
  assertClose(row, [0, 0, 0, 0, 0, 0, 0, 4], { absolute: 1e-12 });
});

test("each row by its own knobs", () => {
  tape.reset();
  const code = codeOf([[2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]]);
  const rows = denseOf(steerRows(tape, code, (r) => (r === 1 ? [] : [{ neurons: [r], strength: 0.5 }])));
  assertClose(rows.flat(), [[2, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0]].flat(),
    { absolute: 1e-12 });
});

const activation = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 50, noNaN: true }));
const rowOf = fc.array(activation, { minLength: NEURONS, maxLength: NEURONS });
const rowsOf = fc.array(rowOf, { minLength: 1, maxLength: 4 });
/** Up to three knobs whose strengths add up to at most 1. */
const knobsOf = fc.array(
  fc.record({
    neurons: fc.uniqueArray(fc.nat(NEURONS - 1), { minLength: 1, maxLength: 4 }),
    strength: fc.double({ min: 0, max: 1 / 3, noNaN: true }),
  }),
  { maxLength: 3 },
);

test("the total activation stays, nothing is negative, nothing is NaN; an empty code stays empty", () => {
  fc.assert(fc.property(rowsOf, knobsOf, (rows, knobs) => {
    steered(rows, knobs).forEach((row, r) => {
      assertClose(total(row), total(rows[r]), { absolute: 1e-9, relative: 1e-12 });
      assert.ok(row.every((value) => value >= 0));
      if (total(rows[r]) === 0) assert.ok(row.every((value) => value === 0));
    });
  }));
});

test("strength 0 leaves the code as it is, to the bit", () => {
  fc.assert(fc.property(rowsOf, knobsOf, (rows, knobs) => {
    assert.equal(steered(rows, knobs.map((knob) => ({ ...knob, strength: 0 }))), rows.map((row) => [...row]));
  }));
});

test("one knob is the paper's formula, whatever the code: e′ = s·((1−α)·e/s + Σ (α/r)·1)", () => {
  const knobOf = fc.record({
    neurons: fc.uniqueArray(fc.nat(NEURONS - 1), { minLength: 1, maxLength: NEURONS }),
    strength: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(rowOf, knobOf, (row, { neurons, strength }) => {
    const s = total(row);
    const expected = row.map((e, n) => (s === 0 ? 0
      : s * ((1 - strength) * (e / s) + (neurons.includes(n) ? strength / neurons.length : 0))));
    assertClose(steered([row], [{ neurons, strength }])[0], expected, { absolute: 1e-9, relative: 1e-12 });
  }));
});

test("the order of knobs, and of the neurons of a knob, is irrelevant", () => {
  fc.assert(fc.property(rowsOf, knobsOf, (rows, knobs) => {
    const reversed = [...knobs].reverse().map((knob) => ({ ...knob, neurons: [...knob.neurons].reverse() }));
    assertClose(steered(rows, reversed).flat(), steered(rows, knobs).flat(), { absolute: 1e-9, relative: 1e-12 });
  }));
});

test("more strength, more of the knob", () => {
  fc.assert(fc.property(rowOf, fc.nat(NEURONS - 1), (row, n) => {
    const shares = [0, 0.2, 0.5, 0.9, 1].map((strength) => steered([row], [{ neurons: [n], strength }])[0][n]);
    for (let i = 1; i < shares.length; i++) assert.ok(shares[i] >= shares[i - 1] - 1e-9);
  }));
});

test("a single row of a batch is steered as it is alone", () => {
  fc.assert(fc.property(rowsOf, knobsOf, (rows, knobs) => {
    const batch = steered(rows, knobs);
    rows.forEach((row, r) => assert.equal(steered([row], knobs)[0], batch[r]));
  }));
});

test("what makes no sense is refused by name", () => {
  const refused = (knobs: readonly Knob[], message: RegExp): void => {
    assert.throws(() => steered([[1, 0, 0, 0, 0, 0, 0, 0]], knobs), (error: unknown) =>
      error instanceof UserError && message.test(error.message));
  };
  refused([{ neurons: [1], strength: 1.2 }], /between -1 and 1, got 1\.2/);
  refused([{ neurons: [1], strength: -1.1 }], /got -1\.1/);
  refused([{ neurons: [1], strength: NaN }], /got NaN/);
  refused([{ neurons: [], strength: 0.5 }], /at least one neuron/);
  for (const n of [-1, NEURONS, 1.5, NaN]) refused([{ neurons: [n], strength: 0.5 }], /neurons 0 to 7/);
  refused([{ neurons: [1], strength: 0.6 }, { neurons: [2], strength: 0.6 }], /add up to 1\.2, at most 1/);
});

test("the code that was steered is left alone", () => {
  tape.reset();
  const code = codeOf([[1, 0, 3, 0, 0, 0, 0, 0]]);
  const before = denseOf(code);
  steerCode(tape, code, [{ neurons: [2, 6], strength: 0.7 }]);
  assert.equal(denseOf(code), before);
});

test.run();
