/** What a page asks a session beyond lists: search, samples, the atlas, a summary, and how much a knob moved. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { UserError } from "../../src/base/user-error.js";
import { Catalogue } from "../../src/session/catalogue.js";
import { openSession } from "../../src/session/open-session.js";
import { sampleProfiles } from "../../src/session/sample-profiles.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const likes = ["i1", "i2", "i3"];
const [tag] = model.tags!.names;

const films = new Catalogue({
  items: {
    ids: ["a", "b", "c", "d", "e", "f"],
    titles: ["Amélie", "The Amelia Story", "Camel", "AMERICA", "Cyrano", "Śnieg"], users: [5, 9, 90, 7, 1, 1],
  },
  tags: null,
});

test("a search takes beginnings of titles first, then of words, then the rest, the most popular first", () => {
  const found = (text: string, n = 10): string[] => films.searchItems(text, n).map(({ id }) => id);
  assert.equal(found("ame"), ["d", "a", "b", "c"]);
  assert.equal(found("AMÉ", 2), ["d", "a"]);
  assert.equal(found(" amelie "), ["a"]);
  assert.equal(found("snieg"), ["f"]);
  assert.equal(found("zebra"), []);
  assert.equal(found("", 3), ["c", "b", "d"], "an empty text fits all");
  assert.equal(films.searchItems("cyr", 1), [{ item: 4, id: "e", title: "Cyrano", year: null, users: 1 }]);
  assert.throws(() => films.searchItems("a", 0), (error: unknown) => error instanceof UserError);
  assert.equal(films.searchTags("a", 5), []);
});

test("tags are found likewise, with how many items carry them", () => {
  const all = session.searchTags("", 100);
  assert.is(all.length, model.tags!.names.length);
  assert.equal(all.map(({ items }) => items), all.map(({ items }) => items).sort((a, b) => b - a));
  assert.is(session.searchTags(tag, 1)[0].tag, tag);
  assert.is(session.searchTags(tag, 1)[0].items, csrRow(model.tags!.counts, 0).length);
});

test("steering says how much of the list and of the taste is left, and where the new items came from", () => {
  const knobs = [{ tag, strength: 0.7 }];
  const { before, after, places, overlap, kept } = session.steer(likes, knobs, 10);
  const all = session.recommend(likes, model.items.ids.length).items.map(({ id }) => id);
  assert.equal(places, after.map(({ id }) => all.indexOf(id) + 1));
  assert.is(overlap, places.filter((place) => place <= 10).length / 10);
  const unsteered = new Map(session.recommend(likes, 200).items.map(({ id, score }) => [id, score]));
  const worth = (list: typeof before): number => list.reduce((sum, { id }) => sum + unsteered.get(id)!, 0);
  assert.ok(Math.abs(kept - worth(after) / worth(before)) < 1e-12);
  assert.ok(kept > 0 && kept < 1 && overlap < 1);
  const still = session.steer(likes, [], 10);
  assert.equal([still.overlap, still.kept, still.places], [1, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  assert.equal(still.after, still.before);
});

test("what is kept between questions changes no answer", () => {
  const ids = model.items.ids;
  const knobs = [{ tag, strength: 0.4 }, { neuron: 5, strength: -0.6 }];
  // More profiles than are kept, each asked for twice.
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 30; i++) {
      const profile = [ids[i], ids[i + 40]];
      const fresh = openSession(model, { engine: session.engine });
      assert.equal(session.steer(profile, knobs, 10), fresh.steer(profile, knobs, 10));
    }
  }
});

test("the atlas has every neuron, on a map from −1 to 1 that keeps neighbours together", () => {
  const atlas = session.atlas();
  assert.is(atlas.length, model.shape.neurons);
  const codes = session.itemCodes;
  const firing = new Set(codes.indices);
  atlas.forEach(({ neuron, alive, density, x, y, label, confidence }, i) => {
    assert.is(neuron, i);
    assert.is(alive, firing.has(i));
    assert.is(alive, density > 0);
    assert.ok(Math.abs(x) <= 1 && Math.abs(y) <= 1);
    assert.is(label === null, confidence === null);
  });
  assert.is(Math.max(...atlas.map(({ x, y }) => Math.max(Math.abs(x), Math.abs(y)))), 1);
  assert.equal(openSession(model, { engine: session.engine }).atlas(), atlas);
});

test("a summary counts what is there", () => {
  const summary = session.summary();
  assert.equal([summary.model, summary.sae, summary.items, summary.neurons, summary.tags, summary.linear],
    ["ELSA", "topk", model.items.ids.length, model.shape.neurons, model.tags!.names.length, true]);
  assert.is(summary.alive, new Set(session.itemCodes.indices).size);
  assert.is(summary.licence, null);
  const known = openSession({ ...model, data: { ...model.data, name: "goodbooks-10k" } }, { engine: session.engine });
  assert.match(known.summary().licence!.terms, /CC BY-SA/);
});

test("a summary says how many of an earlier training's concepts keep their names", () => {
  assert.is(session.summary().namesKept, null);
  const namesKept = { concepts: 12, kept: 9 };
  assert.equal(openSession({ ...model, namesKept }, { engine: session.engine }).summary().namesKept, namesKept);
});

test("samples are items that a tag is typical of, and hardly overlap", () => {
  const samples = sampleProfiles(model.tags, model.labels, model.items.ids, 8);
  assert.ok(samples.length > 0);
  const seen = new Map<string, number>();
  for (const { name, items } of samples) {
    const carriers = csrRow(model.tags!.counts, model.tags!.names.indexOf(name));
    for (const id of items) {
      assert.ok(carriers.includes(model.items.ids.indexOf(id)));
      seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    assert.ok(session.recommend(items, 5).items.length === 5);
  }
  assert.equal(session.samples(2), samples.slice(0, 2));
  assert.equal(openSession({ ...model, tags: null }, { engine: session.engine }).samples(), []);
});

test("knobs that were chosen before are taken as they are", () => {
  const tagKnobs = session.tagKnobs();
  assert.is(tagKnobs.length, model.tags!.names.length);
  const given = openSession(model, {
    engine: session.engine, tagKnobs: [{ neurons: [7], weights: [1] }, ...tagKnobs.slice(1)],
  });
  assert.equal(given.knob({ tag, strength: 0.2 }), { neurons: [7], weights: [1], strength: 0.2 });
  assert.equal(given.knob({ tag, strength: 0.2, neurons: 3 }), session.knob({ tag, strength: 0.2, neurons: 3 }));
  const [, second] = model.tags!.names;
  assert.equal(given.knob({ tag: second, strength: 0.2 }), session.knob({ tag: second, strength: 0.2 }));
});

test.run();
