/** A desk's session before its model has come: what answers, and when it stops answering. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { earlySession } from "../../src/desk/state/early-session.js";
import type { DeskSession } from "../../src/desk/state/desk-session.js";
import { DESK_LIST, firstAnswers, type FirstAnswers } from "../../src/browser/first-answers.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const opened: FirstAnswers["opened"] = { precision: "f32", accuracy: null };

/** A model that says its name to every question. */
function modelThatSays(text: string): DeskSession {
  const answer = (): Promise<string> => Promise.resolve(text);
  return new Proxy({}, { get: (_, name) => (name === "then" ? undefined : answer) }) as DeskSession;
}

test("what was asked beforehand is answered without model or service", async () => {
  const session = openSession(await tinyModel(), { threads: 1 });
  const first = firstAnswers(session, opened);
  const never = new Promise<DeskSession>(() => {});
  const early = earlySession(JSON.parse(JSON.stringify(first)) as FirstAnswers, never, null);
  const [sample] = await early.samples();
  assert.equal(sample, session.samples()[0]);
  const { after } = await early.steer(sample.items, [], DESK_LIST);
  assert.equal(after, session.steer(sample.items, [], DESK_LIST).after);
  assert.equal((await early.atlas()).length, session.model.shape.neurons);
  assert.equal((await early.summary()).names, session.summary().names);
  session.close();
});

test("a service is asked the rest until the model has come, and never afterwards", async () => {
  const asked: { path: string; body?: unknown }[] = [];
  let come: (session: DeskSession) => void = () => {};
  const model = new Promise<DeskSession>((resolve) => { come = resolve; });
  const early = earlySession({ opened, answers: [] }, model, (request) => {
    asked.push(request);
    return Promise.resolve("service");
  });
  assert.is(await early.steer(["1"], [{ tag: "a/b", turn: 0.5 }], 20), "service");
  assert.is(await early.inspectTag("a/b", 6), "service");
  assert.equal(asked.map(({ path }) => path), ["steer", "tags/a%2Fb?n=6"]);
  assert.equal(asked[0].body, { items: ["1"], knobs: [{ tag: "a/b", turn: 0.5 }], n: 20 });
  // No route answers this one: it waits.
  const carriers = early.carriers({ tag: "a/b" });
  come(modelThatSays("model"));
  assert.is(await carriers, "model");
  assert.is(await early.steer(["1"], [], 20), "model");
  assert.is(asked.length, 2);
});

test("opinions on titles go to a service under its names; what it refuses waits for the model", async () => {
  const asked: { path: string; body?: unknown }[] = [];
  const early = earlySession({ opened, answers: [] }, new Promise(() => {}), (request) => {
    asked.push(request);
    return Promise.resolve("service");
  });
  const taste = { items: ["1"], dislikes: ["2"] };
  await early.steer(taste, [], { n: 20, except: { ids: ["3"] } });
  await early.inspectUser(taste, 20);
  assert.equal(asked.map(({ body }) => body), [
    { items: ["1"], dislikes: ["2"], n: 20, except: { ids: ["3"] }, knobs: [] },
    { items: ["1"], dislikes: ["2"], n: 20 },
  ]);
  const come = earlySession({ opened, answers: [] }, Promise.resolve(modelThatSays("model")), () => {
    throw new Error("asked");
  });
  assert.is(await come.searchItems("", 240), "model");
  assert.is(await come.similarItems("1", { n: 25 }), "model");
});

test("a model that cannot be had leaves the service answering, and nothing else", async () => {
  const gone = Promise.reject<DeskSession>(new Error("gone"));
  gone.catch(() => {});
  const served = earlySession({ opened, answers: [] }, gone, () => Promise.resolve("service"));
  assert.is(await served.inspectNeuron(3, 6), "service");
  const alone = earlySession({ opened, answers: [] }, gone, null);
  await alone.inspectNeuron(3, 6).then(() => assert.unreachable(), (error: Error) => assert.is(error.message, "gone"));
});

test.run();
