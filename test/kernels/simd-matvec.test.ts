/** One matrix against a few vectors: as the plain kernel, and each vector with the bits that it has alone. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { Bench, NUMERICS, before, check, eachShape, floats, linearBound } from "./simd-check.js";

for (const vectors of [1, 2, 3, 4]) {
  eachShape(`matvec, ${vectors} vectors`, 0, (r, c, accumulate, random) => {
    const args = [
      before(vectors * r, accumulate, random), floats(r * c, random), floats(vectors * c, random), vectors, c,
      accumulate,
    ];
    check({ name: "matvec", args, total: r, outputs: { 0: linearBound("matvec", args, r, 0, c + 1) } }, random);
  });
}

test("a vector has the bits that it has alone, over several blocks of W", () => {
  const random = new Random(5);
  const [rows, cols, vectors] = [1_003, 129, 5];
  for (const numerics of NUMERICS) {
    const bench = new Bench(numerics);
    const [w, x] = [floats(rows * cols, random), floats(vectors * cols, random)];
    const run = (some: Float32Array, count: number): Float32Array => {
      const [y, matrix, given] = bench.place([new Float32Array(count * rows), w, some], random) as Float32Array[];
      bench.kernels.matvec!(y, matrix, given, count, cols, 0, 0, rows);
      return y.slice();
    };
    const together = run(x, vectors);
    for (let v = 0; v < vectors; v++) {
      const alone = run(x.slice(v * cols, (v + 1) * cols), 1);
      assert.equal(new Int32Array(alone.buffer), new Int32Array(together.slice(v * rows, (v + 1) * rows).buffer));
    }
  }
});

test.run();
