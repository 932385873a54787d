/** A session's knobs through the decoder, signed strengths, and what it says about neurons, users and selectivity. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const likes = ["i1", "i2", "i3"];
const [tag] = model.tags!.names;

test("a tag's neurons are chosen through the decoder, weights adding up to 1; the paper's mappings remain", () => {
  const knob = session.knob({ tag, strength: 0.3 });
  assert.ok(knob.neurons.length > 1 && knob.neurons.length <= 40);
  const weights = Array.from(knob.weights!);
  assert.ok(Math.abs(weights.reduce((sum, w) => sum + w, 0) - 1) < 1e-12);
  assert.equal(weights, [...weights].sort((a, b) => b - a));
  assert.equal(session.knob({ tag, strength: 0.3, neurons: 2 }).neurons.length, 2);
  assert.equal(session.inspectTag(tag).decoder.map(({ neuron }) => neuron), knob.neurons);
  for (const mapping of ["characterises", "unique"] as const) {
    const paper = session.knob({ tag, strength: 0.3, mapping });
    assert.equal(paper.neurons, [session.inspectTag(tag, 1)[mapping][0].neuron]);
    assert.is(paper.weights, undefined);
  }
});

test("strengths are signed: 0 changes nothing, −1 silences all of a tag's neurons", () => {
  const { before, after } = session.steer(likes, [{ tag, strength: 0 }]);
  assert.equal(after, before);
  const silent = new Set(session.knob({ tag, strength: -1, neurons: 10 }).neurons);
  const { contributions } = session.explain(likes, "i9", [{ tag, strength: -1, neurons: 10 }]);
  assert.ok(contributions.length > 0 && contributions.every(({ neuron }) => !silent.has(neuron)));
  const alone = session.explain(likes, "i9", [{ tag, strength: 1, only: true, neurons: 10 }]).contributions;
  assert.ok(alone.length > 0 && alone.every(({ neuron }) => silent.has(neuron)));
});

test("a neuron's items come from all of its range, the same ones each time, and its neighbours are others", () => {
  const { neuron } = session.inspectTag(tag).characterises[0];
  const report = session.inspectNeuron(neuron, 4);
  assert.equal(session.inspectNeuron(neuron, 4), report);
  const [top, middle] = [report.topItems, report.middleItems].map((list) => list[0].score);
  assert.ok(top >= middle && report.randomItems.every(({ score }) => score > 0 && score <= top));
  assert.ok(report.neighbours.length > 0);
  assert.ok(report.neighbours.every((other) => other.neuron !== neuron && other.cosine <= 1 + 1e-6));
});

test("each active neuron names the past items behind it, the largest part first", () => {
  const { neurons } = session.inspectUser(likes);
  for (const { because } of neurons) {
    assert.is(because?.length, likes.length);
    assert.equal(because!.map(({ id }) => id).sort(), likes);
    assert.ok(because![0].score >= because![1].score);
  }
  const strongest = neurons[0];
  // The rest is the neuron's own bias, which is small beside it.
  const sum = strongest.because!.reduce((total, { score }) => total + score, 0);
  assert.ok(sum > 0, `${sum} of ${strongest.activation}`);
});

test("each active concept names the past items behind all of its neurons", () => {
  const { neurons, concepts } = session.inspectUser(likes);
  assert.is(concepts.reduce((sum, one) => sum + one.neurons, 0), neurons.length);
  for (const { concept, because } of concepts) {
    const members = new Set(session.inspectConcept(concept!).members.map(({ neuron }) => neuron));
    const all = neurons.filter(({ neuron }) => members.has(neuron)).flatMap((one) => one.because!);
    const expected = likes.map((id) => all.reduce((sum, item) => sum + (item.id === id ? item.score : 0), 0));
    const found = likes.map((id) => because!.find((item) => item.id === id)!.score);
    expected.forEach((score, i) => { assert.ok(Math.abs(score - found[i]) < 1e-6, `${concept} ${likes[i]}`); });
    assert.equal(because!.map(({ score }) => score), because!.map(({ score }) => score).sort((a, b) => b - a));
  }
});

test("selectivity covers every tag and living neuron", () => {
  const found = session.inspectSelectivity();
  assert.is(found.tags.ids.length, model.tags!.names.length);
  assert.is(found.alive, model.labels.filter(({ density }) => density > 0).length);
  assert.ok(found.matches.characterises.mutual <= found.matches.characterises.tags);
  assert.ok(found.meanMonosemanticity > found.anyTwoItems, "a neuron's items are more alike than any two");
  found.bestCorrelation.forEach((r, t) => {
    const labels = model.labels.filter((label) => label.tag === t).map(({ confidence }) => confidence);
    assert.ok(labels.every((confidence) => confidence <= r + 1e-12));
  });
  assert.throws(() => openSession({ ...model, tags: null }, { threads: 1 }).inspectSelectivity(),
    (error: unknown) => error instanceof UserError && /no tags/.test(error.message));
});

test("a model without the items' popularity, as earlier versions wrote, still steers", () => {
  const { ids, titles } = model.items;
  const older = openSession({ ...model, items: { ids, titles } }, { threads: 1 });
  assert.ok(older.knob({ tag, strength: 0.3 }).neurons.length > 0);
  older.close();
});

test("what a neuron lowers: as explanations count it, but for the scale of the person, the most first", () => {
  const [{ neuron, activation }] = session.inspectUser(likes).neurons;
  const lowers = session.inspectNeuron(neuron, 5).lowers!;
  assert.is(lowers.length, 5);
  const part = (id: string): number =>
    session.explain(likes, id).contributions.find((one) => one.neuron === neuron)!.contribution / activation;
  const scale = part(lowers[0].id) / lowers[0].score;
  const points = (id: string): number => part(id) / scale;
  assert.ok(scale > 0);
  for (const { id, score } of lowers) assert.ok(score < 0 && Math.abs(points(id) - score) < 1e-5, `${id}: ${score}`);
  const others = model.items.ids.filter((id) => !lowers.some((one) => one.id === id));
  assert.ok(others.every((id) => points(id) >= lowers[4].score - 1e-5), "nothing is lowered more");
  assert.equal(lowers.map(({ score }) => score), lowers.map(({ score }) => score).sort((a, b) => a - b));
});

test.run();
