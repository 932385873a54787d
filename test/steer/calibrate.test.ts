/** Positions: the response is sampled where it changes and inverted; what a knob holds back; wishes in words. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readWish } from "../../src/session/read-wish.js";
import { sampleResponse, strengthAt } from "../../src/steer/calibrate.js";
import { heldBack } from "../../src/steer/suppression.js";
import { assertClose } from "../support/assert-close.js";

test("a response is inverted: equal positions apart are equal shares apart, whatever its shape", () => {
  for (const shape of [
    (a: number) => a ** 6, (a: number) => Math.min(1, 20 * a), (a: number) => Math.round(20 * a * a) / 20,
  ]) {
    const response = sampleResponse(shape, 1);
    let last = 0;
    for (const position of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]) {
      const strength = strengthAt(response, position);
      assert.ok(strength >= last, "never less at a higher position");
      assert.ok(Math.abs(shape(strength) - position) <= 0.05 + 1e-9, `${position} gives ${shape(strength)}`);
      last = strength;
    }
  }
});

test("a share that no strength reaches gets the least that comes nearest; a dip does not turn a fader round", () => {
  const flat = sampleResponse((a) => Math.min(0.4, a), 1);
  assert.ok(strengthAt(flat, 1) <= 0.55 && strengthAt(flat, 1) >= 0.4);
  const dip = sampleResponse((a) => (a < 0.5 ? a : a < 0.7 ? 0.3 : a), 1);
  assert.ok(dip.shares.every((share, i) => i === 0 || share >= dip.shares[i - 1]));
  assert.is(strengthAt(dip, 0), 0);
});

test("held back: items below the threshold not at all, carriers by at least 1", () => {
  // Two factors; the knob's one neuron points along the first.
  const vectors = [1, 0, 0.9, 0.1, 0, 1, -1, 0, 0.1, 0];
  const held = heldBack({ neurons: [1] }, vectors, [0, 1, 1, 0], 2, [0, 1]);
  // Means .2 of all and .95 of the two: t = .575, and .375 above it on average.
  assertClose([held[0], held[1]], [0.425 / 0.375, 1], { absolute: 1e-12 });
  assert.equal([held[2], held[3], held[4]], [0, 0, 0]);
  assert.ok(held[0] > held[1]);
});

test("wishes in words", () => {
  const vocabulary = {
    tags: ["film noir", "romance", "comedy", "black comedy", "western"], concepts: ["like Alien, Aliens", "space"],
  };
  const knobs = (text: string): unknown[] => [...readWish(text, vocabulary).knobs];
  assert.equal(
    knobs("More film noir, less romance"), [{ tag: "film noir", turn: 0.5 }, { tag: "romance", turn: -0.5 }],
  );
  assert.equal(knobs("no comedies; a bit more westerns and space"), [
    { tag: "comedy", turn: -1 }, { tag: "western", turn: 0.25 }, { concept: "space", turn: 0.25 },
  ]);
  assert.equal(knobs("much more of the like alien aliens please"), [{ concept: "like Alien, Aliens", turn: 0.75 }]);
  assert.equal(readWish("more zydeco, less romance", vocabulary).unknown, ["more zydeco"]);
  for (const empty of ["", " , and ; ", "\n"]) assert.equal(readWish(empty, vocabulary), { knobs: [], unknown: [] });
});

test("wishes as people say them", () => {
  const vocabulary = { tags: ["horror", "film noir", "café"], concepts: ["romance"] };
  const turns = (text: string): unknown[] => readWish(text, vocabulary).knobs.map(({ tag, concept, turn }) =>
    [tag ?? concept, turn]);
  for (const [text, turn] of [
    ["I want more horror", 0.5], ["i'd like a bit more horror, please", 0.25], ["I want less horror", -0.5],
    ["I love horror movies", 0.5], ["please show me some horror", 0.5], ["I don't want any horror", -1],
    ["I hate horror", -1], ["avoid horror", -1], ["no more horror", -1], ["not too much horror", -0.5],
    ["ich mag viel mehr horror", 0.75], ["keinen Horror", -1],
  ] as const) assert.equal(turns(text), [["horror", turn]], text);
  assert.equal(turns("more CAFÉ, less Romance"), [["café", 0.5], ["romance", -0.5]]);
  assert.equal(turns("more horror, no, less horror"), [["horror", -0.5]], "the last word counts");
  assert.equal(turns("less horror, film noir, more horror"), [["film noir", -0.5], ["horror", 0.5]]);
});

test("names that have commas, joining words and amounts in them are found as they are spelt", () => {
  const tags = ["black and white", "black", "white", "comedy", "no wave", "dr. who", "!!!"];
  const vocabulary = { tags, concepts: ["comedy, romance", "like Alien (1979), Aliens (1986)"] };
  const turns = (text: string): unknown[] => readWish(text, vocabulary).knobs.map(({ tag, concept, turn }) =>
    [tag ?? concept, turn]);
  assert.equal(turns("more black and white, less comedy"), [["black and white", 0.5], ["comedy", -0.5]]);
  assert.equal(turns("less comedy and black and white and no wave"),
    [["comedy", -0.5], ["black and white", -0.5], ["no wave", -0.5]]);
  assert.equal(turns("less no wave"), [["no wave", -0.5]]);
  assert.equal(turns("a bit more comedy, romance"), [["comedy, romance", 0.25]]);
  assert.equal(turns("no like Alien (1979), Aliens (1986), more Dr. Who"),
    [["like Alien (1979), Aliens (1986)", -1], ["dr. who", 0.5]]);
  assert.equal(readWish("!!!", vocabulary), { knobs: [], unknown: [] });
  const long = "more comedy and ".repeat(20_000);
  assert.equal(turns(long), [["comedy", 0.5]]);
});

test.run();
