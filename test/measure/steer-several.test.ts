/** Several tags turned at once: which belong together, and what the benchmark reads off the lists. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists } from "../../src/base/csr.js";
import { severalGoals } from "../../src/measure/several-goals.js";
import { openSteerSetting } from "../../src/measure/steer-bench-setting.js";
import { eachList } from "../../src/measure/steer-bench-lists.js";
import { steerSeveral } from "../../src/measure/steer-several.js";
import { engine, model, split } from "./hard-model.js";

const options = { tags: 2, users: 20, minItems: 8 };

test("partners: the tag with the most items in common, and the one that is independent", () => {
  // Of 16 items: tag 1 shares 3 of tag 0's 4; tag 2 has 1 of 4, as chance would; tag 3 none; tag 4 is too small.
  const counts = csrFromLists([[0, 1, 2, 3], [1, 2, 3, 4], [3, 5, 6, 7], [8, 9, 10, 11], [0, 1]], 16);
  const goals = severalGoals(counts, [0], 2, 4);
  assert.equal(goals, [
    { which: "related, up", up: [0, 1], down: [] }, { which: "related, one down", up: [0], down: [1] },
    { which: "unrelated, up", up: [0, 2], down: [] }, { which: "unrelated, one down", up: [0], down: [2] },
  ]);
  // Of 3 with tag 0: tag 1, then of 2 and 3 the one that correlates more with 0 and 1 together.
  assert.equal(severalGoals(counts, [0], 3, 4)[0].up, [0, 1, 2]);
  assert.equal(severalGoals(counts, [0], 5, 4), [], "there are not as many tags");
});

test("a knob of several tags is that of each at its share; one tag is the benchmark's own", async () => {
  const { methods, test: users, chosen } = await openSteerSetting(engine, model, split, options);
  const [a, b] = chosen;
  const out = (tags: readonly number[], strength: number): number[] => {
    const scores = users.scores.slice(0, users.items);
    methods(tags).find(({ name }) => name === "knob, 40")!.up(users, strength)(0, scores);
    return Array.from(scores);
  };
  const [first, second, both, still] = [out([a], 0.4), out([b], 0.4), out([a, b], 0.4), out([a], 0)];
  both.forEach((score, j) => {
    if (still[j] === -Infinity) {
      assert.is(score, -Infinity);
      return;
    }
    const mean = (first[j] + second[j]) / 2;
    assert.ok(Math.abs(score - mean) < 1e-4 * Math.max(1, Math.abs(mean)), `item ${j}: ${score}, ${mean}`);
  });
});

test("filtering shows nothing but what it was told of; every method stands in every case, twice the same", async () => {
  const result = await steerSeveral(engine, model, split, 2, { ...options, teaser: true });
  assert.equal(result.cases.map(({ which }) => which), [
    "related, up", "unrelated, up", "related, one down", "unrelated, one down",
  ]);
  for (const { which, rows, goals } of result.cases) {
    assert.is(goals, 2);
    assert.is(rows.length, 11);
    for (const row of rows) {
      assert.ok(row.hidden >= 0 && row.hidden <= 1 && row.least <= 1, `${which}, ${row.method}`);
      assert.is(Number.isNaN(row.left), which.endsWith("up"), `${which}, ${row.method}`);
    }
  }
  assert.equal(await steerSeveral(engine, model, split, 2, { ...options, teaser: true }), result);
});

test("one up and one down: the list is the raised one less what the other tag holds back", async () => {
  const setting = await openSteerSetting(engine, model, split, options);
  const { methods, test: users, chosen: [a, b], visible } = setting;
  const [up, down] = [methods([a]), methods([b])].map((all) => all.find(({ name }) => name === "filter")!);
  const told = new Set(visible.indices.slice(visible.indptr[b], visible.indptr[b + 1]));
  const [raise, lower] = [up.up(users, 1e6), down.down(users, 1e7)];
  eachList(users, (r, out) => { raise(r, out); lower(r, out); }, (_, list) => {
    const places = list.map((item) => told.has(item));
    assert.is(places.slice(0, 5).some(Boolean), false, "what is turned down stands last");
  });
});

test.after(() => { engine.close(); });
test.run();
