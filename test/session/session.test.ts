import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { Tape } from "../../src/autograd/index.js";
import { residuals } from "../../src/config/sae.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { typicalOf, withResidual } from "../../src/model-folder/model.js";
import { openNested } from "../../src/model-folder/open-model.js";
import { csrFromLists, csrRow } from "../../src/base/csr.js";
import { UserError } from "../../src/base/user-error.js";
import { openSession } from "../../src/session/open-session.js";
import { activationOf } from "../../src/steer/own-shares.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const likes = ["i1", "i2", "i3"];

function refuses(act: () => unknown, pattern: RegExp): void {
  assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
}

test("recommend lists n unseen items, best first, and nothing depends on what was asked before", () => {
  const first = session.recommend(likes, 7).items;
  assert.is(first.length, 7);
  assert.ok(first.every(({ id }) => !likes.includes(id)));
  assert.equal(first.map(({ score }) => score), first.map(({ score }) => score).sort((a, b) => b - a));
  session.inspectTag(model.tags!.names[0]);
  session.inspectNeuron(0);
  session.steer(likes, [{ neuron: 0, strength: 0.5 }]);
  assert.equal(session.recommend(likes, 7).items, first);
  assert.equal(session.recommend([...likes].reverse(), 7).items, first);
});

test("a list longer than the catalogue ends where the items end", () => {
  assert.is(session.recommend(likes, 1000).items.length, model.items.ids.length - likes.length);
});

test("a tag is found by its name however that is written in the model", () => {
  const [first, ...others] = model.tags!.names;
  for (const name of [first.toUpperCase(), ` ${first} `, " "]) {
    const tags = { ...model.tags!, names: [name, ...others] };
    const other = openSession({ ...model, tags }, { engine: session.engine });
    assert.is(other.inspectTag(name).tag, name);
  }
});

test("explain adds up to the score that the list shows, before and after turning knobs", () => {
  const knobs = [{ tag: model.tags!.names[1], strength: 0.4 }];
  for (const residual of residuals) {
    const other = openSession(model, { engine: session.engine, residual });
    const cases = [[other.recommend(likes, 5).items, []], [other.steer(likes, knobs, 5).after, knobs]] as const;
    for (const [list, turned] of cases) {
      for (const { id, score } of list) {
        const { score: explained, base, own, unexplained, contributions } = other.explain(likes, id, turned);
        const sum = contributions.reduce((total, { contribution }) => total + contribution, base - own + unexplained);
        assert.ok(Math.abs(sum - explained) < 1e-9, `${residual}: ${sum} is not ${explained}`);
        const distance = Math.abs(Math.max(0, explained) - score);
        assert.ok(distance < 1e-4 * Math.max(1, score), `${residual}: ${id}: ${explained} for ${score}`);
      }
    }
  }
  assert.is(session.explain(likes, likes[0]).own, 1, "an item of the profile is subtracted");
});

test("residual: kept, nothing turned is the recommender itself to the bit; dropped, nothing is unexplained", () => {
  const { engine } = session;
  const mark = engine.heap.mark();
  const tape = new Tape(engine, false);
  const { cfae, sae } = openNested(engine, model);
  const numbers = likes.map((id) => session.findItem(id)).sort((a, b) => a - b);
  const x = tape.sparseInput(csrFromLists([numbers], cfae.items));
  const scores = Float32Array.from(cfae.scores(tape, x).data);
  const { code, input } = sae.encode(tape, cfae.encode(tape, x));
  const knobs = [{ neuron: [2, 5], strength: 0.5 }];
  // By default strengths are shares of the geometric mean of own and typical activation.
  const own = activationOf(code, 0, input.std[0]);
  const typical = typicalOf(model)!;
  const stays = Math.sqrt(own) / (Math.sqrt(own) + Math.sqrt(typical));
  assert.ok(Math.abs(stays - 0.5) > 0.01, `${own} is not ${typical}`);
  const unexplained = { drop: 0, keep: 0, fade: 0, blend: 0 };
  for (const residual of residuals) {
    const other = openSession(model, { engine, residual });
    assert.is(other.summary().residual, residual);
    const list = other.recommend(likes, 20).items;
    const itself = list.every(({ item, score }) => score === scores[item]);
    assert.is(itself, residual !== "drop", residual);
    const still = other.explain(likes, list[0].id).unexplained;
    unexplained[residual] = other.explain(likes, list[0].id, knobs).unexplained;
    assert.is(still === 0, residual === "drop");
    if (residual !== "drop") {
      const share = unexplained[residual] / still;
      assert.ok(Math.abs(share - (residual === "keep" ? 1 : stays)) < 1e-6, `${residual}: ${share} of it stays`);
    }
  }
  assert.is(unexplained.drop, 0);
  tape.reset();
  engine.heap.release(mark);
});

test("what a model says of the residual is what it was measured to show; one of an earlier version dropped it", () => {
  assert.is(model.metrics.shown, "cfae");
  assert.is(session.residual, "blend");
  const dropped = withResidual(model, "drop");
  assert.is(dropped.metrics.shown, "nested");
  assert.is(openSession(dropped, { engine: session.engine }).residual, "drop");
  assert.is(resolveConfig({ sae: { k: 4 } }).sae.residual, "drop");
});

test("concepts: a partition of the living neurons, one name each; knobs, reasons and profiles speak of them", () => {
  const all = session.concepts();
  assert.is(new Set(all.map(({ name }) => name)).size, all.length);
  const members = all.flatMap(({ name }) => session.inspectConcept(name).members.map(({ neuron }) => neuron));
  assert.is(new Set(members).size, members.length);
  assert.is(members.length, session.summary().alive);
  const [first] = all;
  const report = session.inspectConcept(first.name.toUpperCase());
  assert.is(report.concept, session.findConcept(first.name));
  assert.ok(Math.abs(report.members.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
  const { knobs, after } = session.steer(likes, [{ concept: first.name, strength: 0.6 }], 10);
  assert.equal([...knobs[0].neurons].sort(), report.members.map(({ neuron }) => neuron).sort());
  assert.is(knobs[0].concept, first.name);
  const { concepts, contributions } = session.explain(likes, after[0].id, [{ concept: first.name, strength: 0.6 }]);
  const sum = (parts: readonly { contribution: number }[]): number =>
    parts.reduce((total, { contribution }) => total + contribution, 0);
  assert.ok(Math.abs(sum(concepts) - sum(contributions)) < 1e-9);
  const shares = session.inspectUser(likes).concepts;
  assert.ok(Math.abs(shares.reduce((total, { share }) => total + share, 0) - 1) < 1e-6);
  refuses(() => session.findConcept("no such thing"), /there is no concept "no such thing"/);
  const taken = new Set(all.map(({ name }) => name));
  for (const tag of model.tags!.names.filter((name) => !taken.has(name))) {
    refuses(() => session.findConcept(tag), /it is a tag, which no concept is proven for/);
  }
  refuses(() => session.knob({ concept: first.name, neuron: 1, strength: 0.2 }), /one of three/);
  const older = openSession({ ...model, concepts: undefined }, { engine: session.engine });
  assert.equal(older.concepts(), all, "a model of an earlier version gets them worked out");
});

test("turn: positions move shares of the list, down removes, and explanations still add up to what is shown", () => {
  const [tag, other] = model.tags!.names;
  let last = 0;
  for (const turn of [0.25, 0.5, 0.75, 1]) {
    const { overlap, knobs } = session.steer(likes, [{ tag, turn }], 20);
    assert.ok(1 - overlap >= last - 1e-9);
    last = 1 - overlap;
    assert.is(knobs[0].turn, turn);
  }
  const carriers = new Set(session.inspectTag(tag, 500).topItems.map(({ item }) => item));
  const down = [{ tag, turn: -1 }];
  const { before, after, knobs } = session.steer(likes, down, 20);
  const count = (list: typeof before): number => list.filter(({ item }) => carriers.has(item)).length;
  assert.ok(
    count(before) === 0 || count(after) <= 0.2 * count(before), `${count(before)} before, ${count(after)} after`,
  );
  assert.ok(knobs[0].heldBack >= 0);
  for (const { id, score } of after.slice(0, 5)) {
    const { score: explained, base, own, unexplained, heldBack, contributions } = session.explain(likes, id, down);
    const sum = contributions.reduce(
      (all, { contribution }) => all + contribution, base - own + unexplained - heldBack,
    );
    assert.ok(Math.abs(sum - explained) < 1e-9);
    if (explained > 0) assert.ok(Math.abs(explained - score) < 1e-4 * Math.max(1, score));
  }
  const both = session.steer(likes, [{ tag, turn: 1 }, { tag: other, turn: 1 }], 10);
  const moved = both.knobs.reduce((sum, { strength }) => sum + strength, 0);
  assert.ok(moved <= 1 + 1e-9 && (both.scaled === 1 || Math.abs(moved - 1) < 1e-9), "what is scaled is said");
  refuses(() => session.knob({ tag, turn: 2 }), /between -1 and 1, got 2/);
  refuses(() => session.knob({ tag, turn: 0.5, strength: 0.5 }), /either a "strength" or/);
  refuses(() => session.knob({ neuron: 1, turn: 0.5 }), /neurons, and "only", have a strength/);
  assert.equal(session.wish(`more ${tag}`).knobs, [{ tag, turn: 0.5 }]);
  assert.is(session.wish("x", (text, { tags }) => `${text} ${tags.length}`), `x ${model.tags!.names.length}`);
});

test("strength 0 changes nothing, strength 1 moves the whole activation to the knob", () => {
  const { before, after } = session.steer(likes, [{ neuron: 2, strength: 0 }], 10);
  assert.equal(after, before);
  const { contributions } = session.explain(likes, "i9", [{ neuron: [2, 5], strength: 1 }]);
  assert.equal(contributions.map(({ neuron }) => neuron).sort((a, b) => a - b), [2, 5]);
  const total = session.inspectUser(likes).neurons.reduce((sum, { activation }) => sum + activation, 0);
  contributions.forEach(({ activation }) => assert.ok(Math.abs(activation - total / 2) < 1e-4 * total));
});

test("items are found by id, title and an unambiguous part of it", () => {
  const { titles } = model.items;
  assert.is(session.findItem("i4"), 3);
  assert.is(session.findItem(titles[7].toUpperCase()), 7);
  refuses(() => session.findItem("the"), /fits \d+ items/);
  refuses(() => session.findItem(titles[7].slice(0, -1) + "#"), /did you mean/);
  refuses(() => session.steer([], []), /profile is empty/);
});

test("unknown tags and neurons are refused with what there is", () => {
  const [name] = model.tags!.names;
  assert.is(session.findTag(` ${name.toUpperCase()} `), 0);
  refuses(() => session.findTag(`${name}x`), new RegExp(`did you mean "${name}"`));
  refuses(() => session.inspectNeuron(32), /neurons 0 to 31/);
  refuses(() => session.knob({ neuron: 99, strength: 0.1 }), /neurons 0 to 31/);
  refuses(() => session.knob({ strength: 0.1 }), /one of three: a tag, a concept, or neurons/);
  refuses(() => session.steer(likes, [{ neuron: 1, strength: 0.7 }, { neuron: 2, strength: 0.7 }]), /add up to/);
  refuses(() => openSession({ ...model, tags: null }, { threads: 1 }).findTag("x"), /no tags/);
});

test("reports agree with the model's codes and tags", () => {
  const tag = session.inspectTag(model.tags!.names[0], 3);
  const { indptr, values } = model.tags!.counts;
  assert.is(tag.items, indptr[1]);
  assert.is(tag.applications, values!.subarray(0, indptr[1]).reduce((a, b) => a + b, 0));
  assert.is(tag.characterises.length, 3);
  const neuron = session.inspectNeuron(tag.characterises[0].neuron, 4);
  const codes = session.itemCodes;
  for (const { item, score } of neuron.topItems) {
    const row = Array.from(codes.indices.subarray(codes.indptr[item], codes.indptr[item + 1]));
    assert.is(codes.values![codes.indptr[item] + row.indexOf(neuron.neuron)], score);
  }
  const user = session.inspectUser(likes);
  assert.is(user.neurons.length, 4);
  assert.ok(Math.abs(user.neurons.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6);
});

test("threads and a shared engine change nothing", () => {
  const engine = openEngine({ threads: 2 });
  const shared = openSession(model, { engine });
  assert.equal(shared.recommend(likes, 10), session.recommend(likes, 10));
  shared.close();
  engine.close();
});

test("the steered list holds more of a concept's items", () => {
  const { truth } = tinyWorld();
  const has = (item: number, concept: number): boolean => csrRow(truth.itemConcepts, item).includes(concept);
  let [before, after] = [0, 0];
  truth.conceptNames.forEach((tag, concept) => {
    const lists = session.steer(likes, [{ tag, strength: 0.6 }], 10);
    before += lists.before.filter(({ item }) => has(item, concept)).length;
    after += lists.after.filter(({ item }) => has(item, concept)).length;
  });
  assert.ok(after > before, `${before} before, ${after} after`);
});

test.run();
