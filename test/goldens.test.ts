/** Every golden file, on every kind of kernel: forward values, losses, gradients, parameters after several steps. */
import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine, type EngineOptions } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { relaxedSimdAvailable } from "../src/kernels/simd/emit/numerics.js";
import { checkGolden } from "./golden-checks.js";
import { Golden, goldensFolder, loadGolden } from "./support/goldens.js";

enableRelaxedSimd();

const kinds: [string, EngineOptions][] = [
  ["plain", { kernels: "plain" }],
  ["SIMD, portable", { kernels: "simd", numerics: "portable" }],
  ...(relaxedSimdAvailable() ? [
    ["SIMD, fused", { kernels: "simd", numerics: "fused" }] as [string, EngineOptions],
  ] : []),
];
const names = readdirSync(goldensFolder())
  .filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)).sort();

for (const [kind, options] of kinds) {
  const engine = openEngine({ ...options, threads: 1, memoryBytes: 2 ** 27 });
  for (const name of names) {
    test(`${name}, ${kind}`, () => {
      const comparisons = checkGolden(loadGolden(name), engine);
      assert.ok(comparisons.length > 0);
      const beyond = comparisons.filter((c) => !(c.scaled <= c.allowed));
      assert.equal(
        beyond.map((c) => `${c.what}: off by ${c.absolute} at [${c.index}], ${c.scaled} of ${c.allowed} allowed`), [],
      );
    });
  }
}

test("all files are there, and a file of no known kind is refused", () => {
  assert.is(names.length, 25);
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 20 });
  assert.throws(() => checkGolden(new Golden("riddle", { about: "nothing" }), engine), /not a kind of golden file/);
});

test("a wrong number anywhere is noticed", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 27 });
  interface Tree { expected: { params: { data: number[] } } }
  const tree = structuredClone(loadGolden("adam").value("expected") as Tree["expected"]);
  tree.params.data[7] += 1e-5;
  const whole = Object.fromEntries(["about", "config", "inputs"].map((key) => [key, loadGolden("adam").value(key)]));
  const results = checkGolden(new Golden("adam, changed", { ...whole, expected: tree }), engine);
  const beyond = results.filter((c) => !(c.scaled <= c.allowed));
  assert.equal(beyond.map((c) => [c.what, c.index]), [["parameters", 7]]);
});

test.run();
