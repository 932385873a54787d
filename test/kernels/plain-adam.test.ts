/** Adam by hand, and its form for rows on the unit sphere. */
import { test } from "uvu";
import { adam, adamUnitRows, nadam } from "../../src/kernels/plain/adam.js";
import { assertClose } from "../support/assert-close.js";

const f = (...values: number[]): Float64Array => Float64Array.from(values);
const [LR, B1, B2, EPS] = [0.1, 0.9, 0.99, 1e-8];
/** Step t's bias corrections. */
const corrected = (t: number): [stepSize: number, invSqrtBias2: number] =>
  [LR / (1 - B1 ** t), 1 / Math.sqrt(1 - B2 ** t)];

test("the first step moves by the learning rate against the gradient's sign", () => {
  const [p, m, v] = [f(1, 1, 1), new Float64Array(3), new Float64Array(3)];
  const [size, inv] = corrected(1);
  adam(p, m, v, f(0.5, -2, 0), size, B1, B2, EPS, inv, 0, 3);
  assertClose(p, [0.9, 1.1, 1], { absolute: 1e-8 });
  assertClose(m, [0.05, -0.2, 0], { absolute: 1e-15 });
  assertClose(v, [0.0025, 0.04, 0], { absolute: 1e-15 });
});

test("two steps, worked out from the definition", () => {
  const [p, m, v] = [f(1), f(0), f(0)];
  let [expected, mm, vv] = [1, 0, 0];
  [0.3, -0.1].forEach((g, i) => {
    const [size, inv] = corrected(i + 1);
    adam(p, m, v, f(g), size, B1, B2, EPS, inv, 0, 1);
    mm = B1 * mm + (1 - B1) * g;
    vv = B2 * vv + (1 - B2) * g * g;
    expected -= (LR * (mm / (1 - B1 ** (i + 1)))) / (Math.sqrt(vv / (1 - B2 ** (i + 1))) + EPS);
  });
  assertClose(p, [expected], { absolute: 1e-14 });
});

test("unit rows: normalised first, the gradient made orthogonal, then Adam", () => {
  const p = f(3, 4);
  const g = f(1, 0);
  const [m, v] = [f(0, 0), f(0, 0)];
  const [size, inv] = corrected(1);
  adamUnitRows(p, m, v, g, 2, size, B1, B2, EPS, inv, 0, 1);
  assertClose(g, [1 - 0.36, -0.48], { absolute: 1e-15 });
  const expected = f(0.6, 0.8);
  adam(expected, f(0, 0), f(0, 0), f(1 - 0.36, -0.48), size, B1, B2, EPS, inv, 0, 2);
  assertClose(p, expected, { absolute: 1e-14 });
});

test("unit rows: a zero row has no direction; it takes a plain Adam step and nothing becomes NaN", () => {
  const [p, g] = [f(0, 0), f(2, -2)];
  const [size, inv] = corrected(1);
  adamUnitRows(p, f(0, 0), f(0, 0), g, 2, size, B1, B2, EPS, inv, 0, 1);
  assertClose(g, [2, -2], { absolute: 0 });
  assertClose(p, [-0.1, 0.1], { absolute: 1e-8 });
});

test("unit rows: other rows stay", () => {
  const p = f(3, 4, 3, 4, 3, 4);
  adamUnitRows(p, f(0, 0, 0, 0, 0, 0), f(0, 0, 0, 0, 0, 0), f(0, 0, 0, 0, 0, 0), 2, LR, B1, B2, EPS, 1, 1, 2);
  assertClose(p, [3, 4, 0.6, 0.8, 3, 4], { absolute: 1e-15 });
});

test("Nadam's step weighs the average and the gradient", () => {
  const [p, m, v] = [f(1, 1), f(0.2, 0), f(0.04, 0)];
  nadam(p, m, v, f(0.5, 0), 0.03, 0.02, B1, B2, EPS, 2, 0, 2);
  const [mm, vv] = [B1 * 0.2 + (1 - B1) * 0.5, B2 * 0.04 + (1 - B2) * 0.25];
  assertClose(m, [mm, 0], { absolute: 1e-15 });
  assertClose(v, [vv, 0], { absolute: 1e-15 });
  assertClose(p, [1 - (0.03 * mm + 0.02 * 0.5) / (2 * Math.sqrt(vv) + EPS), 1], { absolute: 1e-14 });
});

test.run();
