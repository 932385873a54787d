/** The dense products against their definition, on shapes that catch a swapped size. */
import { test } from "uvu";
import { matmul, matmulABt, matmulAtB, splitsColumns } from "../../src/kernels/plain/matmul.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";
import { normals } from "../support/random-floats.js";

const SHAPES = [[1, 1, 1], [2, 3, 4], [5, 3, 2], [3, 7, 5], [7, 1, 3], [4, 4, 0], [0, 3, 2], [3, 0, 2]] as const;

/** Σ_p left(i, p)·right(p, j), entry by entry. */
function product(
  m: number, n: number, k: number, left: (i: number, p: number) => number, right: (p: number, j: number) => number,
): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += left(Math.floor(at / n), p) * right(p, at % n);
    return sum;
  });
}

test("a product worked out by hand", () => {
  const [a, b, c] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), new Float32Array(4)];
  matmul(c, a, b, 2, 2, 2, 0, 0, 2);
  assertClose(c, [19, 22, 43, 50], { absolute: 0 });
  matmulABt(c, a, b, 2, 2, 2, 0, 0, 2);
  assertClose(c, [17, 23, 39, 53], { absolute: 0 });
  matmulAtB(c, a, b, 2, 2, 2, 0, 0, 2);
  assertClose(c, [26, 30, 38, 44], { absolute: 0 });
});

for (const [name, kernel, left, right] of [
  ["matmul", matmul, "mk", "kn"], ["matmulABt", matmulABt, "mk", "nk"], ["matmulAtB", matmulAtB, "km", "kn"],
] as const) {
  test(`${name}: overwrites or adds, over the whole range or in pieces`, () => {
    const random = new Random(1);
    for (const [m, n, k] of SHAPES) {
      const a = normals(random, m * k);
      const b = normals(random, n * k);
      const start = normals(random, m * n);
      const expected = product(
        m, n, k,
        (i, p) => a[left === "mk" ? i * k + p : p * m + i], (p, j) => b[right === "kn" ? p * n + j : j * k + p],
      );
      const outputs = splitsColumns(m, n) ? n : m;
      for (const accumulate of [0, 1]) {
        const whole = start.slice();
        kernel(whole, a, b, m, n, k, accumulate, 0, outputs);
        assertClose(whole, expected.map((x, i) => x + accumulate * start[i]), { absolute: 1e-12 }, `${m}×${n}×${k}`);
        const pieces = start.slice();
        for (let at = 0; at < outputs; at += 2) {
          kernel(pieces, a, b, m, n, k, accumulate, at, Math.min(outputs, at + 2));
        }
        assertClose(pieces, whole, { absolute: 0 }, `${m}×${n}×${k} in pieces`);
      }
    }
  });
}

test("a piece leaves the others' outputs alone", () => {
  const a = Float32Array.from({ length: 12 }, (_, i) => i);
  for (const [m, n] of [[3, 2], [2, 3]] as const) {
    const c = new Float32Array(6).fill(-1);
    matmulABt(c, a, a, m, n, 2, 0, 1, 2);
    const owned = Array.from(c, (_, at) => (splitsColumns(m, n) ? at % n : Math.floor(at / n)) === 1);
    for (let i = 0; i < 6; i++) if (!owned[i]) assertClose(c[i], -1, { absolute: 0 });
  }
});

test.run();
