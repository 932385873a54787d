/** The blocked inverse against one in double precision, at sizes around its blocks. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { Random } from "../../src/base/random.js";
import { invertSpd, invertSpdFloats } from "../../src/models/recommenders/spd-inverse.js";
import { assertClose, worstError } from "../support/assert-close.js";

/** XᵀX + λI of a random binary X with popular and rare columns, as EASE inverts it: (n, n). */
function regularisedGram(n: number, users: number, lambda: number): Float64Array {
  const random = new Random(n);
  const a = new Float64Array(n * n);
  for (let u = 0; u < users; u++) {
    const items = Array.from({ length: n }, (_, i) => i).filter((i) => random.uniform() < 0.6 / (1 + i / 8));
    for (const i of items) for (const j of items) a[i * n + j]++;
  }
  for (let i = 0; i < n; i++) a[i * n + i] += lambda;
  return a;
}

/** Gauss–Jordan elimination in double precision; a positive definite matrix needs no pivoting. */
function inverse(a: Float64Array, n: number): Float64Array {
  const [left, right] = [a.slice(), new Float64Array(n * n)];
  for (let i = 0; i < n; i++) right[i * n + i] = 1;
  for (let p = 0; p < n; p++) {
    const scale = 1 / left[p * n + p];
    for (const m of [left, right]) for (let j = 0; j < n; j++) m[p * n + j] *= scale;
    for (let i = 0; i < n; i++) {
      const factor = left[i * n + p];
      if (i === p || factor === 0) continue;
      for (const m of [left, right]) for (let j = 0; j < n; j++) m[i * n + j] -= factor * m[p * n + j];
    }
  }
  return right;
}

for (const kernels of ["plain", "auto"] as const) {
  for (const n of [1, 2, 63, 64, 65, 128, 129, 200, 257]) {
    test(`${kernels} kernels, ${n} × ${n}`, () => {
      const engine = openEngine({ threads: 1, kernels, memoryBytes: 2 ** 25 });
      const a = regularisedGram(n, 400, 5);
      const expected = inverse(a, n);
      const got = engine.floatsFrom(a);
      const before = engine.heap.mark();
      invertSpd(engine, got, n);
      assert.is(engine.heap.mark(), before, "scratch is given back");
      const size = Math.max(...expected.map(Math.abs));
      assertClose(got, expected, { absolute: 3e-6 * size }, "inverse");
      const transposed = Array.from(got, (_, at) => got[(at % n) * n + Math.floor(at / n)]);
      assertClose(got, transposed, { absolute: 1e-6 * size }, "symmetry");
    });
  }
}

test("in double precision the blocks cost no accuracy", () => {
  const engine = openEngine({ precision: "f64", memoryBytes: 2 ** 25 });
  const n = 150;
  const a = regularisedGram(n, 400, 5);
  const got = engine.floatsFrom(a);
  invertSpd(engine, got, n);
  assert.ok(worstError(got, inverse(a, n)).absolute < 1e-14);
});

test("the memory it says it needs is what it needs", () => {
  for (const n of [1, 65, 129, 300, 513]) {
    const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
    const start = engine.heap.mark();
    const a = engine.floats(n * n).fill(0);
    for (let i = 0; i < n; i++) a[i * n + i] = 4;
    invertSpd(engine, a, n);
    const [used, said] = [engine.heap.peak - start, 4 * invertSpdFloats(n)];
    assert.ok(used <= said && said <= used + 4096, `${n}: ${used} bytes used, ${said} said`);
  }
});

test("a matrix that is not positive definite is refused", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 22 });
  assert.throws(() => invertSpd(engine, engine.floatsFrom([1, 2, 2, 1]), 2), /not positive definite/);
  assert.throws(() => invertSpd(engine, engine.floatsFrom([NaN]), 1), /not positive definite/);
});

test.run();
