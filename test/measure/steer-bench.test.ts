/** The steering benchmark on a small world, TEASER beside the knobs. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { steerBench } from "../../src/measure/steer-bench.js";
import { engine, model, split } from "./hard-model.js";

const options = { tags: 3, users: 20, minItems: 10 };

test("TEASER is a row more and changes no other; it is told of visible items and raises those", async () => {
  const bare = await steerBench(engine, model, split, options);
  const bench = await steerBench(engine, model, split, { ...options, teaser: true });
  const teaser = bench.rows.find(({ method }) => method === "TEASER")!;
  assert.equal(bench.rows.filter((row) => row !== teaser), bare.rows);
  assert.ok(teaser.visible >= teaser.hidden, `${teaser.visible}, ${teaser.hidden}`);
  assert.ok(teaser.kept > 0 && teaser.still <= bench.tags);
  assert.equal(await steerBench(engine, model, split, { ...options, teaser: true }), bench);
});

test.after(() => { engine.close(); });
test.run();
