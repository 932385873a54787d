/** What the desk makes of a session's answers before it draws: strips, rank changes, parts of a score, the atlas. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listsInWords } from "../../src/desk/widgets/announcer.js";
import { chooseNames, nearestPoint, placePoints, pointTowards, type Point } from "../../src/desk/views/atlas-map.js";
import { effectsOf } from "../../src/desk/state/carriers.js";
import { limitInWords } from "../../src/desk/views/mixer-view.js";
import { en } from "../../src/desk/words/en.js";
import { atlasRows } from "../../src/desk/state/atlas-order.js";
import { changeMark, changeWords, rankChanges } from "../../src/desk/state/rank-changes.js";
import { addChannel, emptyState, setChannel } from "../../src/desk/state/state.js";
import { OWN_STRIPS, stripsOf } from "../../src/desk/state/strips.js";
import { partsOf, reasonsOf } from "../../src/desk/state/score-parts.js";
import { standingInWords } from "../../src/desk/views/why-view.js";
import type { AtlasNeuron, ExplainedItem, ListedItem, SteeredLists } from "../../src/session/session-types.js";
import { assertClose } from "../support/assert-close.js";

const items = (names: string): ListedItem[] => Array.from(names, (title) => ({
  item: title.charCodeAt(0), id: title, title, score: 1,
}));

test("rank changes and how they are written and said", () => {
  const changes = rankChanges(items("abcd"), items("bxad"));
  assert.equal(changes, [
    { from: 2, gained: 1 }, { from: null, gained: null }, { from: 1, gained: -2 }, { from: 4, gained: 0 },
  ]);
  assert.equal(changes.map(changeMark), ["▲1", "new", "▼2", ""]);
  assert.equal(changes.map(changeWords), ["up 1, was 2", "new in the list", "down 2, was 1", "unchanged"]);
});

test("what is said aloud after a re-ranking", () => {
  const knobs = [{ neurons: [1], strength: 0.3, tag: "heist", concept: null, turn: null, heldBack: 0, names: [
    { neuron: 1, label: "heist" },
  ] }];
  const [before, after] = [items("abcd"), items("bxad")];
  const steered = { before, after, places: [2, 9, 1, 4], overlap: 0.75, kept: 0.9, scaled: 1, knobs, ignored: [] };
  assert.is(listsInWords(steered), "3 of 4 stay, 90 percent of the taste is kept. First: b. New: x.");
  assert.is(listsInWords({ ...steered, knobs: [] }), "4 recommendations, first: b.");
  assert.is(listsInWords({ ...steered, after: [] }), "The list is empty.");
});

test("strips without concepts: added ones first, then the strongest neurons; turning moves none", () => {
  const neurons = Array.from({ length: 12 }, (_, neuron) => ({
    neuron, label: neuron === 3 ? null : `n${neuron}`, activation: 12 - neuron, share: (12 - neuron) / 78,
    because: null,
  }));
  const labels = neurons.map(({ label }) => label);
  const names = (mix = emptyState.mix): string[] =>
    stripsOf(mix, { neurons, concepts: [] }, labels).map(({ name }) => name);
  assert.equal(names(), ["n0", "n1", "n2", "neuron 3", "n4", "n5", "n6", "n7"]);
  assert.is(names().length, OWN_STRIPS);
  assert.equal(names(setChannel(emptyState.mix, { kind: "neuron", neuron: 5 }, { strength: 0.5 })), names());
  const mix = setChannel(addChannel(emptyState.mix, { kind: "neuron", neuron: 10 }), { kind: "tag", tag: "heist" },
    { solo: true });
  const strips = stripsOf(mix, { neurons, concepts: [] }, labels);
  assert.equal(strips.slice(0, 3).map(({ name, added, silent, share }) => [name, added, silent, share]), [
    ["n10", true, true, 2 / 78], ["heist", true, false, null], ["n0", false, true, 12 / 78],
  ]);
  assert.equal(stripsOf(emptyState.mix, null, labels), []);
});

test("strips: a concept each, largest share first, with what is known of its name", () => {
  const concepts = [
    { concept: "film noir", proven: true, neurons: 3, share: 0.5, because: null },
    { concept: null, proven: false, neurons: 4, share: 0.3, because: null },
    { concept: "like Alien, Aliens", proven: false, neurons: 1, share: 0.2, because: null },
  ];
  const neurons = [{ neuron: 0, label: "n0", activation: 1, share: 1, because: null }];
  const mix = setChannel(emptyState.mix, { kind: "concept", concept: "western" }, { strength: 0.5 });
  const strips = stripsOf(mix, { neurons, concepts }, ["n0"]);
  assert.equal(strips.map(({ key, name, added, share, concept }) => [key, name, added, share, concept?.proven]), [
    ["concept:western", "western", true, 0, undefined],
    ["concept:film noir", "film noir", false, 0.5, true],
    ["concept:like Alien, Aliens", "like Alien, Aliens", false, 0.2, false],
  ]);
});

test("the parts of a score add up to it, with the small ones in one line", () => {
  const explained = (scale: number, own: number, unexplained = 0): ExplainedItem => {
    const contributions = Array.from({ length: 20 }, (_, neuron) => ({
      neuron, label: null, activation: 1, contribution: scale * (neuron % 3 === 0 ? -1 : 1) / (neuron + 1),
    }));
    const score = 0.1 - own + unexplained + contributions.reduce((sum, c) => sum + c.contribution, 0);
    return { item: items(
      "a",
    )[0], approximate: false, base: 0.1, own, unexplained, score, contributions, concepts: [], heldBack: 0,
    leftOut: null, estimate: null, ignored: [] };
  };
  const sum = (values: (number | null)[]): number => values.reduce<number>((total, value) => total + value!, 0);
  const [turned, rest] = [explained(1, 1), explained(2, 1)];
  const parts = partsOf(turned, rest);
  const sums = [sum(parts.map(({ value }) => value)), sum(parts.map(({ before }) => before))];
  assertClose(sums, [turned.score, rest.score], { absolute: 1e-12 });
  assert.is(parts[0].name, "baseline");
  const last = parts.slice(-2).map(({ name, target }) => [name, target]);
  assert.equal(last, [["8 others", null], ["already in the profile", null]]);
  const kept = partsOf(explained(1, 1, 0.25), explained(2, 1, 0.5));
  assert.equal(kept.at(-2), { name: "not explained by any neuron", target: null, value: 0.25, before: 0.5 });
  assertClose([sum(kept.map(({ value }) => value))], [explained(1, 1, 0.25).score], { absolute: 1e-12 });
  const held = { ...explained(1, 0), heldBack: 0.75, score: explained(1, 0).score - 0.75 };
  const withHeld = partsOf(held, explained(1, 0));
  assert.equal(withHeld.at(-1), { name: "held back", target: null, value: -0.75, before: 0 });
  assertClose([sum(withHeld.map(({ value }) => value))], [held.score], { absolute: 1e-12 });
  assert.is(partsOf(explained(1, 0), null).every(({ before }) => before === null), true);
});

test("a neuron that a knob wakes shows from nothing, one that it silences shows to nothing", () => {
  const one = (neuron: number): ExplainedItem => ({
    item: items("a")[0], approximate: false, base: 0, own: 0, unexplained: 0, score: 0.5, concepts: [], heldBack: 0,
    leftOut: null, estimate: null, ignored: [],
    contributions: [{ neuron, label: `n${neuron}`, activation: 1, contribution: 0.5 }],
  });
  assert.equal(partsOf(one(1), one(2)).slice(1), [
    { name: "n1", target: { kind: "neuron", neuron: 1 }, value: 0.5, before: 0 },
    { name: "n2", target: { kind: "neuron", neuron: 2 }, value: 0, before: 0.5 },
  ]);
});

test("parts of one name are one line: a concept's neurons, or neurons that are called the same", () => {
  const of = (neuron: number, label: string | null, contribution: number): ExplainedItem["contributions"][number] =>
    ({ neuron, label, activation: 1, contribution });
  const explained: ExplainedItem = {
    item: items("a")[0], approximate: false, base: 0, own: 0, unexplained: 0, score: 1, heldBack: 0, leftOut: null,
    estimate: null, ignored: [], concepts: [],
    contributions: [of(4, "ebm", 0.5), of(2, "ebm", 0.25), of(7, null, 0.25)],
  };
  const lines = (one: ExplainedItem): [string, number][] =>
    partsOf(one, null).map(({ name, value }) => [name, value]);
  assert.equal(lines(explained), [["baseline", 0], ["ebm", 0.75], ["neuron 7", 0.25]]);
  const part = { proven: true, neurons: 2, activation: 2 };
  const concepts = [
    { ...part, concept: "body music", contribution: 0.75 }, { ...part, concept: null, contribution: 0.25 },
  ];
  assert.equal(lines({ ...explained, concepts }),
    [["baseline", 0], ["body music", 0.75], ["neurons of no concept", 0.25]]);
});

test("why, in words: where it stands, and which liked titles speak for it most", () => {
  const because = (entries: [id: string, score: number][]): ListedItem[] =>
    entries.map(([id, score]) => ({ item: 0, id, title: id.toUpperCase(), score }));
  const user = { neurons: [
    {
      neuron: 1, label: null, activation: 2, share: 0.5,
      because: because([["vnv", 1.5], ["covenant", 0.5], ["a", 9]]),
    },
    { neuron: 2, label: null, activation: 2, share: 0.5, because: because([["covenant", 2], ["abba", 0.1]]) },
  ] };
  const contributions = [[1, 1], [2, 0.5], [3, 5]].map(([neuron, contribution]) =>
    ({ neuron, label: null, activation: 1, contribution }));
  const explained = { contributions, item: items("a")[0] } as unknown as ExplainedItem;
  const reasons = reasonsOf(explained, user);
  assert.equal(reasons, ["COVENANT", "VNV"], "1 · 0.5/2 + 0.5 · 2/2 against 1 · 1.5/2; the item itself is no reason");
  const standing = { place: 17, was: 23, reasons, length: 20 };
  assert.is(standingInWords(standing, false),
    "17th of 20; 23rd before turning. Mostly because you like COVENANT and VNV.");
  assert.is(standingInWords({ ...standing, was: 17, reasons: [] }, false), "17th of 20, as before turning.");
  assert.is(standingInWords({ ...standing, place: null, was: null }, false),
    "It is not among the 20. What speaks for it: you like COVENANT and VNV.");
  assert.match(standingInWords(standing, true), /^You have it already, so no list recommends it/);
});

test("figures in words", () => {
  assert.equal([1, 0.9, 0.72, 0.5, 0.3, 0.1, 0].map(en.share),
    ["all", "nearly all", "about three quarters", "about half", "about a third", "little", "next to nothing"]);
  assert.equal([1, 2, 3, 4, 11, 12, 13, 21, 112, 123].map(en.ordinal),
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "123rd"]);
  assert.equal([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(en.listed), ["", "a", "a and b", "a, b and c"]);
});

test("what turning did to those that have it; nothing while nothing is turned", () => {
  const [before, after] = [items("abcd"), items("bxyd")];
  const carried = [{ key: "tag:x", name: "x", items: new Set(items("xyb").map(({ item }) => item)) }];
  const knobs = [{}] as unknown as SteeredLists["knobs"];
  assert.equal([...effectsOf(carried, { before, after, knobs })], [["tag:x", "1 → 3 of 4"]]);
  assert.is(effectsOf(carried, { before, after, knobs: [] }).size, 0);
});

test("a budget that is spent is said", () => {
  const neuron = (n: number): { kind: "neuron"; neuron: number } => ({ kind: "neuron", neuron: n });
  let mix = setChannel(emptyState.mix, neuron(1), { strength: 0.7 });
  assert.is(limitInWords(mix.channels, 1), "");
  mix = setChannel(mix, neuron(2), { strength: 0.9 });
  assert.match(limitInWords(mix.channels, 1), "it is spent: turn one down");
  assert.match(limitInWords([], 0.8), "act at 80 % of their force");
});

const neurons: AtlasNeuron[] = [
  { neuron: 0, label: "heist", runnerUp: "crime", confidence: 0.2, density: 0.1, alive: true, x: -1, y: 0 },
  { neuron: 1, label: null, runnerUp: null, confidence: null, density: 0.3, alive: true, x: 1, y: 1 },
  { neuron: 2, label: null, runnerUp: null, confidence: null, density: 0, alive: false, x: 0, y: 0 },
  { neuron: 3, label: "Amélie", runnerUp: null, confidence: 0.9, density: 0.05, alive: true, x: 0.5, y: -1 },
];

test("the atlas finds names without accents, runners-up and numbers, and puts the dead last", () => {
  const found = (query: string, order: Parameters<typeof atlasRows>[2] = "confidence"): number[] =>
    atlasRows(neurons, query, order).map(({ neuron }) => neuron);
  assert.equal(found(""), [3, 0, 1, 2]);
  assert.equal(found("amel"), [3]);
  assert.equal(found("CRIME"), [0]);
  assert.equal(found("#2"), [2]);
  assert.equal(found("", "density"), [0, 3, 1, 2]);
  assert.equal(found("", "label"), [3, 0, 1, 2]);
  assert.equal(found("", "number"), [0, 1, 2, 3]);
});

test("the map keeps living neurons inside its frame, and names where they cover no other", () => {
  const points = placePoints(neurons, 400, 300);
  assert.equal(points.map(({ entry }) => entry.neuron), [0, 1, 3]);
  for (const { x, y } of points) assert.ok(x >= 0 && x <= 400 && y >= 0 && y <= 300);
  assert.ok(points[0].x < points[2].x && points[1].y < points[0].y, "x to the right, y upwards");
  const close = points.map((point) => ({ ...point, x: 100, y: 100 }));
  assert.equal(chooseNames(close, 400).map(({ entry }) => entry.label), ["Amélie"], "the surer one");
  assert.equal(placePoints([], 400, 300), []);
});

test("a pointer means the nearest point in reach; an arrow leads to the nearest that way", () => {
  const at = (neuron: number, x: number, y: number): Point =>
    ({ entry: { ...neurons[0], neuron }, x, y, radius: 3 });
  const points = [at(0, 50, 50), at(1, 60, 52), at(2, 52, 90), at(3, 10, 48)];
  const number = (point: Point | null): number | undefined => point?.entry.neuron;
  assert.is(number(nearestPoint(points, 53, 50, 12)), 0);
  assert.is(number(nearestPoint(points, 70, 52, 12)), 1);
  assert.is(nearestPoint(points, 80, 52, 12), null);
  assert.equal([[1, 0], [0, 1], [-1, 0], [0, -1]].map(([dx, dy]) => number(pointTowards(points, points[0], dx, dy))),
    [1, 2, 3, undefined]);
});

test.run();
