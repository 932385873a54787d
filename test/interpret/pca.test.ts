/** PCA: a cloud with known axes, and what any eigenbasis must satisfy. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { principalComponents, project } from "../../src/interpret/components/pca.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";

test("points on a diagonal line", () => {
  const pca = principalComponents(Float64Array.of(1, 2, 2, 4, 3, 6), 3, 2);
  assertClose(pca.components.subarray(0, 2), [1 / Math.sqrt(5), 2 / Math.sqrt(5)], { absolute: 1e-12 });
  assertClose(pca.variance, [5, 0], { absolute: 1e-8 });
  assertClose(project(pca, Float64Array.of(3, 6), 1).subarray(0, 1), [Math.sqrt(5)], { absolute: 1e-12 });
});

test("components are orthonormal, coordinates uncorrelated, variances fall and add up", () => {
  const [rows, dims] = [200, 13];
  const random = new Random(5);
  const x = Float32Array.from({ length: rows * dims }, (_, i) => (1 + (i % dims)) * random.normal() + random.normal());
  const pca = principalComponents(x, rows, dims);
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let d = 0; d < dims; d++) sum += pca.components[a * dims + d] * pca.components[b * dims + d];
    return sum;
  };
  const y = project(pca, x, rows);
  let total = 0;
  for (let a = 0; a < dims; a++) {
    for (let b = 0; b < dims; b++) {
      assertClose(dot(a, b), a === b ? 1 : 0, { absolute: 1e-10 });
      let covariance = 0;
      for (let r = 0; r < rows; r++) covariance += (y[r * dims + a] * y[r * dims + b]) / (rows - 1);
      assertClose(covariance, a === b ? pca.variance[a] : 0, { absolute: 1e-8 });
    }
    if (a > 0) assert.ok(pca.variance[a] <= pca.variance[a - 1]);
    for (let r = 0; r < rows; r++) total += (x[r * dims + a] - pca.mean[a]) ** 2 / (rows - 1);
  }
  assertClose(pca.variance.reduce((s, v) => s + v, 0), total, { relative: 1e-10 });
  const first = principalComponents(x, rows, dims, 3);
  assert.equal(first.components, pca.components.slice(0, 3 * dims));
});

test.run();
