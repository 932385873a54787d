import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { EXP_ERROR, LOG_ERROR, TANH_ERROR, logarithm } from "../../src/kernels/simd/emit/exponential.js";
import { Func, I32, assemble } from "../../src/kernels/simd/emit/assembler.js";
import { multiplyAdd } from "../../src/kernels/simd/emit/numerics.js";
import { sweep } from "../../src/kernels/simd/emit/sweep.js";
import { Bench, NUMERICS, type Arg } from "./simd-check.js";

/** Every float from a to b whose bits are a multiple of `step` apart. */
function between(a: number, b: number, step: number): Float32Array {
  const [from, to] = new Int32Array(new Float32Array([a, b]).buffer);
  return new Float32Array(Int32Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step).buffer);
}

const negated = (x: Float32Array): Float32Array => x.map((v) => -v);

/** e^x by a kernel of the table: z = 0 + 1·exp(2x / 2). */
function exp(bench: Bench, x: Float32Array): Float32Array {
  const args: Arg[] = [
    new Float32Array(x.length), new Float32Array(x.length), x.map((v) => 2 * v), new Float32Array(x.length).fill(1),
  ];
  const placed = bench.place(args, new Random(1)) as Float32Array[];
  bench.kernels.gaussianSample!(placed[0], placed[1], placed[2], placed[3], 0, x.length);
  return placed[0].slice();
}

function tanh(bench: Bench, x: Float32Array): Float32Array {
  const [out, from] = bench.place([new Float32Array(x.length), x], new Random(1)) as Float32Array[];
  bench.kernels.tanh!(out, from, 0, x.length);
  return out.slice();
}

function log(numerics: (typeof NUMERICS)[number], x: Float32Array): Float32Array {
  const f = new Func("log");
  const [out, from, bytes] = f.params(I32, 3);
  const { out: y, log } = logarithm(f, multiplyAdd(numerics));
  f.body(sweep(f, [out, from], bytes, 1, (access, at) => [log(access.load(from, at)), access.store(out, y, at)]));
  const memory = new WebAssembly.Memory({ initial: 80 });
  const module = new WebAssembly.Module(assemble([f], { shared: false, maximumPages: 80 }));
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    log(out: number, from: number, bytes: number): void;
  };
  new Float32Array(memory.buffer, 0, x.length).set(x);
  wasm.log(x.byteLength, 0, x.byteLength);
  return new Float32Array(memory.buffer, x.byteLength, x.length).slice();
}

/** The largest error in units of its bound, relative + absolute. */
function worst(
  x: Float32Array, got: Float32Array, truth: (x: number) => number, relative: number, absolute: number,
): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const expected = truth(x[i]);
    // Compared as floats: what rounds to ∞ is ∞.
    const error = Math.abs(got[i] - Math.fround(expected)) || 0;
    const allowed = relative * Math.abs(expected) + absolute;
    if (Number.isNaN(got[i]) || error / allowed > most) most = Number.isNaN(got[i]) ? Infinity : error / allowed;
  }
  return most;
}

for (const numerics of NUMERICS) {
  const bench = new Bench(numerics);

  test(`exp is within its bound (${numerics})`, () => {
    for (const x of [between(1e-12, 88.7, 9001), negated(between(1e-12, 104, 9001)), between(0.3, 0.4, 31)]) {
      assert.ok(worst(x, exp(bench, x), Math.exp, EXP_ERROR, 2 ** -149) <= 1);
    }
  });

  test(`exp at its ends (${numerics})`, () => {
    const ends = Float32Array.of(0, -0, -Infinity, Infinity, NaN, 88.8, 500, -103.2, -104.5, -1e30, 1e30);
    const expected = [1, 1, 0, Infinity, NaN, Infinity, Infinity, 2 ** -149, 0, 0, Infinity];
    assert.equal([...exp(bench, ends)], expected);
  });

  test(`tanh is within its bound, odd, and exact at its ends (${numerics})`, () => {
    for (const x of [between(2 ** -149, 30, 9001), between(0.17, 0.6, 61), between(0.5, 0.6, 5)]) {
      const y = tanh(bench, x);
      assert.ok(worst(x, y, Math.tanh, TANH_ERROR, 2 ** -149) <= 1);
      assert.equal(tanh(bench, negated(x)), negated(y));
    }
    assert.equal([...tanh(bench, Float32Array.of(0, -0, Infinity, -Infinity, NaN))], [0, -0, 1, -1, NaN]);
  });

  test(`log is within its bound (${numerics})`, () => {
    for (const x of [between(2 ** -126, 3e38, 4001), between(0.6, 1.6, 31), between(0.999, 1.001, 1)]) {
      assert.ok(worst(x, log(numerics, x), Math.log, LOG_ERROR, 2 ** -149) <= 1);
    }
    assert.equal([...log(numerics, Float32Array.of(1))], [0]);
  });
}

test("the bounds can fail", () => {
  const x = between(0.5, 0.7, 31);
  assert.ok(worst(x, x.map((v) => Math.exp(v) * (1 + 8 * EXP_ERROR)), Math.exp, EXP_ERROR, 0) > 1);
});

test.run();
