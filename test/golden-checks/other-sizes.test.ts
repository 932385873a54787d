/** The checks of golden files on files of other sizes than those at hand: other numbers of steps, other lengths. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { checkGolden } from "../golden-checks.js";
import { Golden, loadGolden } from "../support/goldens.js";
import { Checker, type Comparison } from "./checker.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 27 });

interface Matrix { shape: number[]; data: number[] }
type Tree = Record<string, unknown>;

/** All of a file, to be changed. */
function treeOf(name: string): Tree {
  const golden = loadGolden(name);
  const keys = ["about", "config", "inputs", "expected", "edge_zero_code", "f32_vs_f64_max_abs"]
    .filter((key) => golden.has(key));
  return Object.fromEntries(keys.map((key) => [key, structuredClone(golden.value(key))]));
}

function beyond(comparisons: readonly Comparison[]): string[] {
  return comparisons.filter((c) => !(c.scaled <= c.allowed)).map(({ what }) => what);
}

function check(tree: Tree): Comparison[] {
  return checkGolden(new Golden("cut", tree), engine);
}

function narrowed({ shape: [rows, cols], data }: Matrix, n: number): Matrix {
  return { shape: [rows, n], data: data.filter((_, q) => q % cols < n) };
}

test("MultVAE after two steps instead of five", () => {
  const tree = treeOf("multvae");
  const inputs = tree.inputs as Record<string, unknown[]>;
  for (const key of ["batches", "dropout_mask", "noise"]) inputs[key] = inputs[key].slice(0, 2);
  const expected = tree.expected as Tree & { after: Tree; losses_per_step: unknown[]; beta_used_per_step: number[] };
  const { after, beta_after_5, step3_grads, ...rest } = expected;
  assert.ok(beta_after_5 !== undefined && step3_grads !== undefined);
  tree.expected = {
    ...rest, after: { 1: after[1], 2: after[2] }, beta_used_per_step: expected.beta_used_per_step.slice(0, 2),
    beta_after_2: expected.beta_used_per_step[2],
  };
  const found = check(tree);
  assert.equal(beyond(found), []);
  assert.ok(found.some(({ what }) => what === "β after 2"));
});

test("steered lists of three", () => {
  const tree = treeOf("steering");
  for (const one of (tree.expected as { cases: { top5_items: Matrix }[] }).cases) {
    one.top5_items = narrowed(one.top5_items, 3);
  }
  const found = check(tree);
  assert.equal(beyond(found), []);
  assert.is(found.filter(({ what }) => what.startsWith("top 3")).length, 10);
});

test("an error counts by the largest of its row where rows are asked for", () => {
  const checker = new Checker(new Golden("rows", { x: { shape: [2, 2], data: [40, 0, 1, 0] } }));
  checker.compareRows("rows", [40, 2e-5, 1, 2e-6], "x");
  checker.compare("numbers", [40, 2e-5, 1, 2e-6], "x");
  assert.equal(checker.comparisons.map(({ index }) => index), [3, 1]);
  assert.equal(beyond(checker.comparisons), ["rows", "numbers"]);
});

test("items of a list may change places only where rounding decides", () => {
  const golden = new Golden("lists", { top: { shape: [2, 2], data: [0, 1, 1, 2] } });
  const scores = [3, 3 + 1e-7, 1, 1, 3, 2];
  const errorOf = (list: readonly number[]): number => {
    const checker = new Checker(golden);
    checker.lists("top", list, "top", scores, 3);
    return checker.comparisons[0].scaled;
  };
  assert.is(errorOf([0, 1, 1, 2]), 0);
  assert.ok(errorOf([1, 0, 1, 2]) < 1e-6, "equal but for rounding");
  assert.is(errorOf([0, 1, 2, 1]), 1);
  assert.is(errorOf([0, 0, 1, 2]), Infinity, "twice the same");
  assert.is(errorOf([0, 1, 1]), Infinity, "too short");
});

test.run();
