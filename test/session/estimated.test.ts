/** Items that nobody had chosen are marked wherever they are listed, in the library, in the worker and over HTTP. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, hostSession } from "../../src/browser/index.js";
import { openEngine } from "../../src/engine/open.js";
import { addItems } from "../../src/model-folder/add-items.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { openServiceOn } from "../../src/serve/open-service.js";
import { startServer } from "../../src/serve/server.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { ask } from "../serve/at-work.js";

const engine = openEngine({ threads: 1 });
const trained = await tinyModel();
const [first, second] = trained.tags!.names;
const { model, added } = addItems(engine, trained, [
  { id: "n1", title: "The First", tags: [first] }, { id: "n2", title: "The Second", tags: [first, second] },
]);
const session = openSession(model, { engine });
const likes = ["i1", "i2"];
const { item: _, ...estimate } = added[0];

/** Ids of the marked ones. */
function marked(items: readonly { readonly id: string; readonly estimated?: true }[]): string[] {
  return items.filter(({ estimated }) => estimated === true).map(({ id }) => id).sort();
}

test("lists, steered lists, neighbours, searches and tags mark them, and no other", () => {
  const n = model.items.ids.length;
  const news = ["n1", "n2"];
  assert.equal(marked(session.recommend(likes, n).items), news);
  const { before, after } = session.steer(likes, [{ tag: first, strength: 0.4 }], n);
  assert.equal([marked(before), marked(after)], [news, news]);
  assert.equal(marked(session.similarItems("i1", { n }).items), news);
  assert.equal(marked(session.searchItems("the", 500)), news);
  assert.equal(marked(session.inspectTag(first, n).topItems), news);
  assert.equal(marked(openSession(trained, { engine }).recommend(likes, n).items), []);
});

test("explain says how the vector was made", () => {
  const why = session.explain(likes, "n1");
  assert.is(why.item.estimated, true);
  assert.equal(why.estimate, estimate);
  assert.ok(estimate.reasons.some(({ tag }) => tag === first));
  assert.is(session.explain(likes, "i9").estimate, null);
});

test("the worker and the service answer the same", async () => {
  const { description, tensors } = await encodeWebModel(model, session.itemCodes, { precision: "f32" });
  const { port1, port2 } = new MessageChannel();
  hostSession(port2);
  const remote = await connect(
    port1,
    { description, tensors: new Uint8Array(Buffer.concat(tensors)).buffer }, () => { port1.close(); port2.close(); },
  );
  const service = await openServiceOn(model, { version: "1.2.3" });
  const server = await startServer(service, { port: 0 });
  try {
    const only = { ids: ["n1", "n2", "i9"] };
    const expected = session.recommend(likes, { only });
    assert.equal(marked(expected.items), ["n1", "n2"]);
    assert.equal(await remote.recommend(likes, { only }), expected);
    assert.equal((await ask(`${server.url}/recommend`, { items: likes, only })).json, expected);
    const why = (await ask(`${server.url}/explain`, { items: likes, item: "n1" })).json;
    assert.equal((why as { estimate: unknown }).estimate, estimate);
    assert.equal(((await ask(`${server.url}/items/n1`)).json as { estimate: unknown }).estimate, estimate);
    assert.equal(((await ask(`${server.url}/items/i9`)).json as { estimate: unknown }).estimate, null);
  } finally {
    remote.close();
    await server.stop();
    service.model.session.close();
  }
});

test.run();
