/** The steering benchmark on a small world, TEASER beside the knobs. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { steerBench } from "../../src/measure/steer-bench.js";
import { checkSteerable } from "../../src/measure/steer-bench-setting.js";
import { steerSeveral } from "../../src/measure/steer-several.js";
import { measureKnobScale } from "../../src/session/measure-knob-scale.js";
import { openSession } from "../../src/session/open-session.js";
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

test("what a benchmark cannot be made of is said, and with what it could", async () => {
  const refuses = (act: () => unknown, pattern: RegExp): void => {
    assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
  };
  refuses(() => { checkSteerable({ ...model, tags: null }); }, /turns tags, and this model has none/);
  refuses(() => { checkSteerable(model, { minItems: 5000 }); },
    /no tag is on 5000 items, .*; the most common, ".+", is on \d+\. Fewer may do: --min-items/);
  const none = await steerSeveral(engine, model, split, 50, options).catch((error: unknown) => error);
  assert.ok(none instanceof UserError && /no 50 tags on 10 items or more each can be turned at once/.test(none.message));
});

test("whether positions act as they say can be stopped between two users", async () => {
  const session = openSession(model, { engine });
  const stop = new AbortController();
  const running = measureKnobScale(session, split.test, { users: 20, signal: stop.signal });
  setTimeout(() => { stop.abort(new Error("stopped")); }, 5);
  assert.is(await running.catch((error: Error) => error.message), "stopped");
  const few = (await measureKnobScale(session, split.test, { users: 2 }))!;
  assert.is(few.moves, 10 * few.pairs);
  assert.ok(few.error >= 0 && few.monotone <= 1);
  assert.is(await measureKnobScale(openSession({ ...model, tags: null }, { engine }), split.test), null);
});

test.after(() => { engine.close(); });
test.run();
