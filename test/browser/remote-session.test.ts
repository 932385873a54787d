/** A session behind a port, without a browser: the same host and remote, on a MessageChannel of Node's. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, hostSession, Superseded, UserError, type Port, type RemoteSession } from "../../src/browser/index.js";
import type { KnobRequest } from "../../src/session/session-types.js";
import { openSession } from "../../src/session/open-session.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const local = openSession(model, { threads: 1 });
const { description, tensors } = await encodeWebModel(model, local.itemCodes, { precision: "f32" });
const likes = ["i1", "i2", "i3"];
const [tag] = model.tags!.names;

async function withRemote(use: (remote: RemoteSession, asked: unknown[]) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const asked: unknown[] = [];
  hostSession(port2);
  const here: Port = {
    postMessage: (message, transfer) => {
      asked.push(message);
      port1.postMessage(message, transfer ?? []);
    },
    get onmessage() { return port1.onmessage as Port["onmessage"]; },
    set onmessage(listener) { port1.onmessage = listener as typeof port1.onmessage; },
  };
  const bytes = new Uint8Array(Buffer.concat(tensors)).buffer;
  const remote = await connect(here, { description, tensors: bytes }, () => { port1.close(); port2.close(); });
  try {
    await use(remote, asked);
  } finally {
    remote.close();
  }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => assert.unreachable("not refused"), (error: unknown) => error);
}

test("every method answers as the session itself", () => withRemote(async (remote) => {
  const knobs = [{ tag, strength: 0.5 }, { neuron: 3, strength: -0.4 }];
  assert.equal(await remote.recommend(likes, 7), local.recommend(likes, 7));
  const request = { n: 6, balance: { popularity: -0.4, variety: 0.3, calibration: 0.2 } };
  assert.equal(await remote.recommend(likes, request), local.recommend(likes, request));
  assert.equal(await remote.steer(likes, knobs, 9), local.steer(likes, knobs, 9));
  const settings = [knobs, [], knobs.slice(1)];
  assert.equal(await remote.steerEach(likes, settings, 9), settings.map((one) => local.steer(likes, one, 9)));
  assert.equal(await remote.explain(likes, "i9", knobs), local.explain(likes, "i9", knobs));
  assert.equal(await remote.inspectTag(tag), local.inspectTag(tag));
  assert.equal(await remote.inspectNeuron(1, 4), local.inspectNeuron(1, 4));
  assert.equal(await remote.inspectSelectivity(), local.inspectSelectivity());
  assert.equal(await remote.inspectUser(likes), local.inspectUser(likes));
  assert.equal(await remote.segments(likes, 3, 2), local.segments(likes, 3, 2));
  const group = [likes, { items: ["i40"], dislikes: ["i7"] }];
  for (const method of ["least-misery", "fuse-topk"] as const) {
    assert.equal(await remote.recommendForGroup(group, { n: 4, method }),
      local.recommendForGroup(group, { n: 4, method }));
  }
  assert.equal(await remote.similarItems("i4", { n: 3 }), local.similarItems("i4", { n: 3 }));
  assert.equal(await remote.similarItems("i4", { by: "code" }), local.similarItems("i4", { by: "code" }));
  assert.equal(await remote.knob(knobs[0]), local.knob(knobs[0]));
  assert.equal(await remote.searchItems("the", 5), local.searchItems("the", 5));
  assert.equal(await remote.searchTags("", 5), local.searchTags("", 5));
  assert.is(await remote.findItem("i4"), 3);
  assert.is(await remote.findTag(tag), 0);
  assert.equal(await remote.atlas(), local.atlas());
  assert.equal(await remote.samples(), local.samples());
  const { numerics, ...summary } = await remote.summary();
  assert.equal({ ...local.summary(), numerics }, { ...summary, numerics });
  assert.equal(remote.opened, { precision: "f32", accuracy: null });
}));

test("errors keep their message and kind", () => withRemote(async (remote) => {
  const unknown = await failure(remote.explain(["i1"], "no such"));
  assert.ok(unknown instanceof UserError && unknown.message.startsWith('no item has the id "no such"'));
  const wrong = await failure(remote.inspectNeuron(10_000));
  assert.ok(wrong instanceof UserError);
  assert.is((await remote.recommend(likes, 1)).items.length, 1, "and the session goes on");
}));

test("while one steer is under way only the newest of the others is asked, and the last answer is the last", () =>
  withRemote(async (remote, asked) => {
    asked.length = 0;
    const answers: number[] = [];
    const refused: number[] = [];
    const turn = (i: number): KnobRequest[] => [{ neuron: 1, strength: i / 20 }];
    await Promise.all(Array.from({ length: 20 }, (_, i) => remote.steer(likes, turn(i), 5).then(
      ({ knobs }) => { answers.push(Math.round(20 * knobs[0].strength)); },
      (error: unknown) => {
        assert.ok(error instanceof Superseded);
        refused.push(i);
      },
    )));
    assert.equal(answers, [0, 19]);
    assert.is(refused.length, 18);
    assert.is(asked.length, 2);
  }));

test("closing refuses what is still open", async () => {
  let open: Promise<unknown> = Promise.resolve();
  await withRemote((remote) => {
    open = failure(remote.atlas());
    return Promise.resolve();
  });
  assert.match(String(await open), /closed/);
});

test("a model that is none is refused with the reason", async () => {
  const { port1, port2 } = new MessageChannel();
  hostSession(port2);
  const opening = connect(port1, { description: "{}", tensors: new ArrayBuffer(0) }, () => undefined);
  const error = await failure(opening);
  assert.ok(error instanceof UserError && error.message.includes("no model of unknot"));
  port1.close();
});

test.run();
