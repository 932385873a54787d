/** Undo and redo. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { endGesture, historyOf, record, redo, undo } from "../../src/desk/state/history.js";

test("a gesture is one step, and its end begins another", () => {
  let history = record(historyOf(0), 1, "drag");
  history = record(history, 2, "drag");
  history = record(history, 3, "drag");
  assert.is(undo(history).present, 0);
  history = record(endGesture(history), 4, "drag");
  assert.is(undo(history).present, 3);
  assert.is(undo(undo(history)).present, 0);
});

test("after undo the same gesture is a new step", () => {
  let history = record(record(historyOf(0), 1, "drag"), 2, "drag");
  history = record(undo(history), 5, "drag");
  assert.is(undo(history).present, 0);
  assert.equal(history.future, []);
});

test("undo and redo lead through the same values", () => {
  fc.assert(fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), fc.nat(30), (values, steps) => {
    const all = values.map((value, i) => ({ value, i }));
    let history = all.slice(1).reduce((now, each) => record(now, each), historyOf(all[0]));
    const back = Math.min(steps, all.length - 1);
    for (let i = 0; i < back; i++) history = undo(history);
    assert.is(history.present, all[all.length - 1 - back]);
    for (let i = 0; i < back; i++) history = redo(history);
    assert.is(history.present, all[all.length - 1]);
    assert.equal(history.future, []);
  }));
});

test("at the ends nothing happens; the same value is no step; old steps are forgotten", () => {
  const start = historyOf("a");
  assert.equal(undo(start), start);
  assert.equal(redo(start), start);
  assert.is(record(start, "a"), start);
  let long = historyOf(0);
  for (let i = 1; i < 1000; i++) long = record(long, i);
  assert.is(long.past.length, 200);
  assert.is(undo(long).present, 998);
});

test.run();
