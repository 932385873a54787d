/** Every rung of the ladders computes what it says, on shapes that are not square and cross its blocks. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Ladder } from "../../bench/ladder/climb.js";
import { picture } from "../../bench/ladder/picture.js";
import { productLadder } from "../../bench/ladder/product/rungs.js";
import { sparseLadder } from "../../bench/ladder/sparse/rungs.js";
import { percent, table } from "../../bench/ladder/table.js";
import { topkLadder } from "../../bench/ladder/topk/rungs.js";
import { openWorkbench } from "../../bench/workbench.js";

const bench = openWorkbench({ quick: true, threads: 2 });
test.after(() => bench.all.close());

function climbAll({ rungs }: Ladder): void {
  for (const { run, check, name } of rungs) {
    run();
    assert.not.throws(check, undefined, name);
  }
}

for (const [m, n, k] of [[12, 24, 4], [108, 48, 20], [204, 72, 516], [12, 48, 1028]]) {
  test(`every rung of the dense product, ${m} × ${n} × ${k}`, () => climbAll(productLadder(bench, m, n, k)));
}

for (const [rows, cols, k] of [[3, 64, 32], [5, 96, 1], [7, 1024, 32], [2, 4100, 20]]) {
  test(`every rung of top-K, ${k} of ${cols}`, () => climbAll(topkLadder(bench, rows, cols, k)));
}

for (const active of [1, 7, 32]) {
  test(`every rung of the sparse code, ${active} active`, () =>
    climbAll(sparseLadder(bench, { batch: 5, neurons: 64, active, factors: 20 })));
}

test("a wrong result is found", () => {
  const { rungs: [first] } = productLadder(bench, 12, 24, 4);
  assert.throws(() => first.check(), /the product is wrong/);
});

test("sizes that leave an edge are refused", () => {
  assert.throws(() => productLadder(bench, 13, 24, 4), /multiples of 12, 24 and 4, got 13/);
  assert.throws(() => topkLadder(bench, 1, 100, 32), /multiple of k/);
});

test("table and picture show every rung and its share of the peak", () => {
  const ladder = sparseLadder(bench, { batch: 2, neurons: 8, active: 2, factors: 4 });
  const heights = ladder.rungs.map((rung, i) => ({ rung, ms: 1, rate: 2 ** i, ofPeak: 2 ** i / 64 }));
  const climb = { ladder, peak: 64, heights };
  for (const text of [table(climb), picture([climb], "a machine")]) {
    for (const { rung, ofPeak } of heights) {
      assert.ok(text.includes(rung.idea), rung.idea);
      assert.ok(text.includes(percent(ofPeak)));
    }
  }
});

test.run();
