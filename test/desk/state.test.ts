/** The desk's state: its rules, whatever is pressed in whatever order. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addChannel, addItem, channelOf, emptyState, hundredths, keyOf, movedShare, removeChannel, removeItem, resetMix,
  restingPaperKnob, setChannel, type Mix, type Target,
} from "../../src/desk/state/state.js";
import { knobRequests } from "../../src/desk/state/knob-requests.js";

const heist: Target = { kind: "tag", tag: "heist" };
const twelve: Target = { kind: "neuron", neuron: 12 };
const seven: Target = { kind: "neuron", neuron: 7 };
const noir: Target = { kind: "concept", concept: "film noir" };
const targets = [heist, twelve, seven, noir];

test("a neuron's strength stops where nothing is left to move", () => {
  let mix = setChannel(emptyState.mix, seven, { strength: 0.7 });
  mix = setChannel(mix, twelve, { strength: 0.9 });
  assert.is(channelOf(mix, twelve).strength, 0.3);
  assert.is(movedShare(mix.channels), 1);
  mix = setChannel(mix, seven, { strength: -2 });
  assert.is(channelOf(mix, seven).strength, -1);
});

test("positions of tags and concepts share nothing", () => {
  let mix = setChannel(emptyState.mix, heist, { strength: 1 });
  mix = setChannel(mix, noir, { strength: 1 });
  mix = setChannel(mix, twelve, { strength: 1 });
  assert.equal([heist, noir, twelve].map((target) => channelOf(mix, target).strength), [1, 1, 1]);
  assert.is(movedShare(mix.channels), 1);
});

test("a muted channel moves nothing, and comes back within what is left", () => {
  let mix = setChannel(emptyState.mix, seven, { strength: 0.8 });
  mix = setChannel(mix, seven, { muted: true });
  mix = setChannel(mix, twelve, { strength: 0.9 });
  assert.is(channelOf(mix, twelve).strength, 0.9);
  mix = setChannel(mix, seven, { muted: false });
  assert.is(channelOf(mix, seven).strength, 0.1);
});

test("whatever is pressed, the positive strengths of neurons add up to at most 1", () => {
  const step = fc.record({
    target: fc.constantFrom(...targets),
    change: fc.record({
      strength: fc.double({ min: -1.5, max: 1.5, noNaN: true }), muted: fc.boolean(), solo: fc.boolean(),
    }, { requiredKeys: [] }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const mix = steps.reduce<Mix>((now, { target, change }) => setChannel(now, target, change), emptyState.mix);
    assert.ok(movedShare(mix.channels) <= 1);
    assert.is(new Set(mix.channels.map(({ target }) => keyOf(target))).size, mix.channels.length);
    for (const { strength } of mix.channels) assert.is(strength, hundredths(strength));
    const up = knobRequests(mix).reduce((sum, { strength, only }) => sum + (only ? 0 : Math.max(0, strength ?? 0)), 0);
    assert.ok(up <= 1 + 1e-9, "the session would refuse it");
  }));
});

test("nothing new is the same object, so that nothing is asked again", () => {
  const mix = addItem(setChannel(emptyState.mix, heist, { strength: 0.5 }), "1");
  assert.is(setChannel(mix, heist, { strength: 0.5 }), mix);
  assert.is(setChannel(mix, seven, {}), mix);
  assert.is(addChannel(mix, heist), mix);
  assert.is(addItem(mix, "1"), mix);
});

test("adding, removing, resetting", () => {
  let mix = addChannel(addChannel(emptyState.mix, heist), twelve);
  mix = setChannel(mix, twelve, { strength: -0.5, solo: true });
  assert.equal(mix.channels.map(({ target }) => keyOf(target)), ["tag:heist", "neuron:12"]);
  const rest = resetMix({ ...mix, paper: { ...restingPaperKnob, tag: "heist" } });
  assert.equal(knobRequests(rest), []);
  assert.is(rest.channels.length, 2, "strips stay");
  assert.equal(removeChannel(mix, heist).channels.map(({ target }) => keyOf(target)), ["neuron:12"]);
  assert.equal(removeItem(addItem(addItem(mix, "a"), "b"), "a").profile, ["b"]);
});

test("what is asked of the session", () => {
  let mix = setChannel(emptyState.mix, heist, { strength: 0.3 });
  mix = setChannel(mix, twelve, { strength: 0.2, muted: true });
  mix = addChannel(mix, { kind: "tag", tag: "idle" });
  mix = setChannel(mix, noir, { strength: -0.4 });
  assert.equal(knobRequests(mix), [
    { tag: "heist", turn: 0.3 },
    { neuron: 12, strength: -1 },
    { concept: "film noir", turn: -0.4 },
  ]);
  mix = setChannel(mix, seven, { strength: 0.1, solo: true });
  assert.equal(knobRequests(mix), [
    { neuron: 7, strength: 0.1 },
    { neuron: 7, strength: 1, only: true },
  ], "beside a solo channel the others do nothing");
  assert.equal(knobRequests(setChannel(emptyState.mix, noir, { muted: true, solo: true })), [
    { concept: "film noir", turn: -1 },
  ]);
  const paper = { tag: "heist", strength: 0.4, neurons: 5, mapping: "unique" as const };
  assert.equal(knobRequests({ ...mix, paper }), [paper], "the paper's knob is alone");
  assert.equal(knobRequests({ ...mix, paper: restingPaperKnob }), [], "it has no tag yet");
});

test.run();
