/**
 * No op without a gradient check: every function that src/autograd exports is called in a file that checks gradients.
 */
import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as autograd from "../../src/autograd/index.js";

/** What src/autograd exports besides ops; columnRange is for inference and has no backward pass. */
const NOT_OPS = [
  "Tape", "Tensor", "SparseTensor", "constant", "parameter", "equalRows", "writtenOut", "columnRange", "FEW_ROWS",
];

test("every op has a gradient check", () => {
  const tests = new URL("../../../test/", import.meta.url);
  const checking = readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, tests), "utf8"))
    .filter((source) => source.includes("checkGradients("));
  assert.ok(checking.length > 0);
  const ops = Object.keys(autograd).filter((name) => !NOT_OPS.includes(name));
  const unchecked = ops.filter((op) => !checking.some((source) => new RegExp(`\\b${op}\\(`).test(source)));
  assert.equal(unchecked, []);
});

test.run();
