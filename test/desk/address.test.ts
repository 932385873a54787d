/** Addresses: every state comes back as it was, and no text from outside can do more than that. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readAddress, readOrigin, writeAddress, writeOrigin } from "../../src/desk/state/address.js";
import { dislike, neverShow } from "../../src/desk/state/opinions.js";
import {
  addChannel, addItem, atlasOrders, emptyState, movedShare, setChannel, type DeskState, type Mix,
} from "../../src/desk/state/state.js";

/** Lone surrogates are no text: a browser cannot put them into an address. */
const words = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const target = fc.oneof(
  words.map((tag) => ({ kind: "tag" as const, tag })),
  words.map((concept) => ({ kind: "concept" as const, concept })),
  fc.nat(9_999).map((neuron) => ({ kind: "neuron" as const, neuron })),
);
const channel = fc.record({
  target, strength: fc.integer({ min: -100, max: 100 }).map((n) => n / 100), muted: fc.boolean(), solo: fc.boolean(),
});
const paper = fc.record({
  tag: fc.option(words), strength: fc.nat(100).map((n) => n / 100), neurons: fc.integer({ min: 1, max: 40 }),
  mapping: fc.constantFrom("characterises" as const, "unique" as const),
});
const inspected = fc.oneof(
  words.map((id) => ({ kind: "item" as const, id })),
  words.map((tag) => ({ kind: "tag" as const, tag })),
  words.map((concept) => ({ kind: "concept" as const, concept })),
  fc.nat(9_999).map((neuron) => ({ kind: "neuron" as const, neuron })),
);
const states: fc.Arbitrary<DeskState> = fc.record({
  profile: fc.array(words, { maxLength: 5 }), disliked: fc.array(words, { maxLength: 3 }),
  never: fc.array(words, { maxLength: 3 }), channels: fc.array(channel, { maxLength: 5 }), paper: fc.option(paper),
  place: fc.record({
    view: fc.constantFrom("desk" as const, "atlas" as const), inspected: fc.option(inspected),
    query: fc.string({ unit: "grapheme" }), order: fc.constantFrom(...atlasOrders),
  }),
}).map((parts) => {
  // Its objects have no prototype, which `equal` would see.
  const { profile, disliked, never, channels, paper: knob, place } = structuredClone(parts);
  let mix: Mix = { ...emptyState.mix, paper: knob };
  for (const id of never) mix = neverShow(mix, id);
  for (const id of disliked) mix = dislike(mix, id);
  for (const id of profile) mix = addItem(mix, id);
  for (const { target: each, ...change } of channels) mix = setChannel(addChannel(mix, each), each, change);
  return { mix, place };
});

test("every state comes back as it was", () => {
  fc.assert(fc.property(states, (state) => {
    assert.equal(readAddress(`#${writeAddress(state)}`), state);
  }), { numRuns: 500 });
});

test("an address has only characters that stay together in a chat", () => {
  fc.assert(fc.property(states, (state) => assert.match(writeAddress(state), /^[\w\-.~%&=:,]*$/)));
});

test("what an address looks like", () => {
  let mix = addItem(addItem(emptyState.mix, "1214"), "541");
  mix = setChannel(mix, { kind: "tag", tag: "dark comedy" }, { strength: 0.3 });
  mix = setChannel(mix, { kind: "neuron", neuron: 12 }, { strength: -0.5, muted: true });
  mix = setChannel(mix, { kind: "concept", concept: "like Alien, Aliens" }, { strength: 1 });
  const place = { ...emptyState.place, inspected: { kind: "item" as const, id: "1200" } };
  assert.is(writeAddress({ mix, place }), "like=1214,541" +
    "&mix=tag:dark%20comedy:0.3,neuron:12:-0.5:m,concept:like%20Alien%2C%20Aliens:1&why=1200");
  assert.is(writeAddress(emptyState), "");
  assert.equal(readAddress(""), emptyState);
});

test("what cannot be understood is left out, and the rest stays", () => {
  const { mix, place } = readAddress(
    "#like=1,%zz,,2,1&mix=tag:a:0.8,neuron:6:0.8,neuron:8:0.8,concept:film%20noir:0.5,concept::1," +
    "neuron:x:0.5,neuron:3,neuron:4:nan,dial:1:0.5,tag::0.1,neuron:5:7" +
    "&paper=a:9:1:unique&view=moon&sort=luck&why=%E0%A4%A&nonsense&=&__proto__=1",
  );
  assert.equal(mix.profile, ["1", "2"]);
  assert.equal(mix.channels.map(({ target: each, strength }) => [each, strength]), [
    [{ kind: "tag", tag: "a" }, 0.8], [{ kind: "neuron", neuron: 6 }, 0.8], [{ kind: "neuron", neuron: 8 }, 0.2],
    [{ kind: "concept", concept: "film noir" }, 0.5],
  ]);
  assert.is(mix.paper, null);
  assert.equal(place, emptyState.place);
});

test("a link says which model it was made with, and what that called its neurons", () => {
  const mix = setChannel(emptyState.mix, { kind: "neuron", neuron: 1 }, { strength: 0.5 });
  const place = { ...emptyState.place, inspected: { kind: "neuron" as const, neuron: 2 } };
  const labels = ["a", "hip, hop: 2", "ebm"];
  const origin = writeOrigin({ mix, place }, "0a1b2c3d", labels);
  assert.is(origin, "model=0a1b2c3d&names=1:hip%2C%20hop%3A%202,2:ebm");
  const read = readOrigin(`#${writeAddress({ mix, place })}&${origin}`);
  assert.equal([read.model, [...read.names]], ["0a1b2c3d", [[1, "hip, hop: 2"], [2, "ebm"]]]);
  assert.is(writeOrigin(emptyState, "0a1b2c3d", labels), "model=0a1b2c3d");
  assert.equal(readOrigin("#like=1&names=x:y,3,4:%zz").names, new Map());
  assert.is(readOrigin("").model, null);
});

test("half a character is no text, neither in an address nor in a state", () => {
  assert.equal(readAddress("like=\ud800,1").mix.profile, ["1"]);
  assert.is(writeAddress({ ...emptyState, mix: addItem(emptyState.mix, "a\ud800") }), "like=a%EF%BF%BD");
});

test("no text throws or breaks the desk's rules", () => {
  const text = fc.oneof(fc.string(), fc.array(fc.constantFrom(
    "like=", "mix=", "tag:", "neuron:", "1", "0.5", ":", ",", "&", "%", "=", "m", "s", "-", "paper=", "why=", "#",
  ), { maxLength: 30 }).map((parts) => parts.join("")));
  fc.assert(fc.property(text, (hash) => {
    const state = readAddress(hash);
    assert.ok(movedShare(state.mix.channels) <= 1);
    assert.equal(readAddress(writeAddress(state)), state);
  }), { numRuns: 500 });
});

test.run();
