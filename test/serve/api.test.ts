/** Every route: it answers what a session answers, in the form that the description promises. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { join } from "node:path";
import { openSession } from "../../src/session/open-session.js";
import { writeDataset } from "../../src/data/write-dataset.js";
import { problem } from "../../src/serve/answer-schemas.js";
import { describeApi } from "../../src/serve/openapi.js";
import { routes } from "../../src/serve/routes.js";
import type { Fault, Schema } from "../../src/base/schema.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyWorld } from "../pipeline/tiny-model.js";
import { model, withService, type Answer, type AtWork } from "./at-work.js";

const session = openSession(model, { threads: 1 });
const { ids, titles } = model.items;
const items = [ids[3], ids[10], ids[20]];
const other = { items: [ids[1], "gone"], dislikes: [ids[2]] };
const tag = model.tags!.names[0];
const knobs = [{ tag, strength: 0.3 }, { neuron: [1, 2], strength: -0.5 }];

/** As it arrives: what JSON cannot say is gone. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function conforms(schema: Schema<unknown> | string, json: unknown): void {
  const faults: Fault[] = [];
  (schema as Schema<unknown>).check(json, "", faults);
  assert.equal(faults, []);
}

const { dataset: known, truth } = tinyWorld();

/** Item ids of a known user. */
function historyOf(row: number): string[] {
  const { indptr, indices } = known.interactions;
  return Array.from(indices.subarray(indptr[row], indptr[row + 1]), (item) => known.itemIds[item]);
}

/** Asked for every route, with what a session says to the same; null where a session has nothing to say. */
const asked: Readonly<Record<string, readonly [path: string, body: unknown, expected: unknown]>> = {
  "POST /recommend": ["/recommend", { items, n: 7 }, session.recommend(items, 7)],
  "POST /recommend/all": ["/recommend/all", { profiles: [{ items }, other], n: 4 }, {
    lists: session.recommendAll([items, other], 4),
  }],
  "POST /recommend/group": ["/recommend/group", { profiles: [{ items }, other], n: 4, method: "fuse-topk" },
    session.recommendForGroup([items, other], { n: 4, method: "fuse-topk" })],
  "POST /steer": ["/steer", { items, knobs, n: 5 }, session.steer(items, knobs, 5)],
  "POST /explain": ["/explain", { items, item: ids[5], knobs }, session.explain(items, ids[5], knobs)],
  "POST /profile": ["/profile", { items }, session.inspectUser(items)],
  "POST /segments": ["/segments", { items, n: 4, rows: 3 }, { segments: session.segments(items, 4, 3) }],
  "GET /neurons": ["/neurons?n=5&offset=3", undefined, {
    total: model.shape.neurons, neurons: session.atlas().slice(3, 8),
  }],
  "POST /wish": ["/wish", { wish: `more ${tag}, less zydeco` }, session.wish(`more ${tag}, less zydeco`)],
  "GET /concepts": ["/concepts?n=2", undefined, {
    total: session.concepts().length, concepts: session.concepts().slice(0, 2),
  }],
  "GET /concepts/{concept}": [
    `/concepts/${encodeURIComponent(session.concepts()[0].name)}?n=3`, undefined,
    session.inspectConcept(session.concepts()[0].name, 3),
  ],
  "GET /neurons/{neuron}": ["/neurons/4?n=3", undefined, session.inspectNeuron(4, 3)],
  "GET /tags": ["/tags", undefined, { tags: session.searchTags("", 100) }],
  "GET /tags/{tag}": [`/tags/${encodeURIComponent(tag)}`, undefined, session.inspectTag(tag, 5)],
  "GET /items": [`/items?q=${encodeURIComponent(titles[0].slice(0, 5))}`, undefined, {
    items: session.searchItems(titles[0].slice(0, 5), 20),
  }],
  "GET /items/{id}": [`/items/${ids[0]}`, undefined, null],
  "GET /items/{id}/similar": [`/items/${ids[3]}/similar?n=4&by=code`, undefined,
    session.similarItems(ids[3], { n: 4, by: "code" })],
  "POST /similar": ["/similar", { item: ids[3], n: 4, only: { tags: [tag] } },
    session.similarItems(ids[3], { n: 4, only: { tags: [tag] } })],
  "POST /users/similar": ["/users/similar", { user: known.userIds[2], n: 3 },
    session.similarUsers(historyOf(2), known, { n: 3, except: [known.userIds[2]] })],
  "GET /about": ["/about", undefined, null],
  "GET /health": ["/health", undefined, null],
  "GET /metrics": ["/metrics", undefined, null],
  "GET /openapi.json": ["/openapi.json", undefined, describeApi(routes, "1.2.3")],
  "POST /admin/reload": ["/admin/reload", {}, null],
};

/** A service that knows the users of the world. */
function withUsers(use: (at: AtWork) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    await writeDataset(join(folder, "data"), known, truth);
    await withService(use, { data: { folder: join(folder, "data"), seed: 1 } });
  });
}

test("every route answers what a session answers, as described", () => withUsers(async ({ ask, service }) => {
  assert.equal(Object.keys(asked).sort(), routes.map(({ method, path }) => `${method} ${path}`).sort());
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    const [path, body, expected] = asked[name];
    const { status, json, text, headers } = await ask(path, body);
    assert.is(status, 200, `${name}: ${text}`);
    assert.is(headers.get("x-content-type-options"), "nosniff");
    assert.is(headers.get("x-unknot-model"), service.model.fingerprint);
    if (typeof route.answer === "string") assert.is(headers.get("content-type"), route.answer);
    else if (route.path !== "/openapi.json") conforms(route.answer, json);
    if (expected !== null) assert.equal(json, plain(expected), name);
  }
}));

test("balance is the session's, with its price, in recommend and in steer", () => withService(async ({ ask }) => {
  const request = { n: 6, offset: 2, balance: { popularity: -0.4, variety: 0.3, calibration: 0.2, pool: 50 } };
  const recommended = await ask("/recommend", { items, ...request });
  conforms(routes.find(({ path }) => path === "/recommend")!.answer, recommended.json);
  assert.equal(recommended.json, plain(session.recommend(items, request)));
  const steered = await ask("/steer", { items, knobs, ...request });
  conforms(routes.find(({ path }) => path === "/steer")!.answer, steered.json);
  assert.equal(steered.json, plain(session.steer(items, knobs, request)));
  refused(await ask("/recommend", { items, balance: { variety: 2 } }), 422, "#/balance/variety", /from 0 to 1, got 2/);
}));

test("an item's card has its tags and neurons", () => withService(async ({ ask }) => {
  const { json } = await ask(`/items/${ids[0]}`);
  const card = json as { title: string; users: number; tags: { tag: string }[]; neurons: { activation: number }[] };
  assert.is(card.title, titles[0]);
  assert.is(card.users, model.items.users![0]);
  const carried = model.tags!.names.filter((name) =>
    session.inspectTag(name, 500).topItems.some(({ item }) => item === 0));
  assert.equal(card.tags.map((it) => it.tag).sort(), carried.sort());
  assert.ok(card.neurons.length > 0 && card.neurons.every(({ activation }) => activation > 0));
}));

test("neurons are found by label and sorted", () => withService(async ({ ask }) => {
  type Listed = { total: number; neurons: { neuron: number; label: string | null; density: number }[] };
  const { total, neurons } = (await ask(
    `/neurons?q=${encodeURIComponent(tag.slice(0, 4).toUpperCase())}`,
  )).json as Listed;
  assert.ok(total > 0 && total === neurons.length);
  assert.ok(neurons.every(({ label }) => label!.includes(tag.slice(0, 4))));
  const sorted = (await ask("/neurons?sort=density&n=10000")).json as Listed;
  assert.is(sorted.neurons.length, model.shape.neurons);
  assert.ok(sorted.neurons.every(({ density }, i) => i === 0 || density <= sorted.neurons[i - 1].density));
}));

test("known users are the data set's; without one it says what to do", async () => {
  const user = known.userIds[7];
  await withUsers(async ({ ask }) => {
    const { json } = await ask("/recommend", { user, n: 5 });
    assert.equal(json, plain(session.recommend(historyOf(7), 5)));
    refused(await ask("/recommend", { user: "nobody" }), 422, "#/user", /has no user "nobody"/);
    assert.is(((await ask("/about")).json as { users: number }).users, known.userIds.length);
  });
  await withService(async ({ ask }) => {
    refused(await ask("/recommend", { user }), 422, "#/user", /start it with --data FOLDER, or send "items"/);
    refused(await ask("/users/similar", { items }), 422, "#", /knows no users .* --data/);
  });
});

function refused({ status, json, headers }: Answer, expected: number, where: string | null, detail: RegExp): void {
  assert.is(status, expected);
  assert.is(headers.get("content-type"), "application/problem+json");
  conforms(problem, json);
  type Found = { status: number; detail: string; errors?: { pointer?: string; parameter?: string; detail: string }[] };
  const found = json as Found;
  assert.is(found.status, expected);
  assert.match(found.detail, detail);
  if (where !== null) {
    assert.ok(found.errors!.some(({ pointer, parameter }) => (pointer ?? parameter) === where), where);
  }
}

test("a problem names the field and says what was expected", () => withService(async ({ ask }) => {
  const wrong: [string, unknown, number, string | null, RegExp][] = [
    ["/recommend", {}, 422, "#", /either "user" or "items"/],
    ["/recommend", { items, user: "u1" }, 422, "#", /either/],
    ["/recommend", { items: [], empty: "refuse" }, 422, null, /profile is empty/],
    ["/recommend", { items: ["i9999"], empty: "refuse" }, 422, null, /none of the profile's items: "i9999"/],
    ["/recommend", { items, weights: [1] }, 422, "#/weights", /3 items need as many weights, got 1/],
    ["/recommend", { items, dislikes: [ids[10]] }, 422, "#/dislikes/0", /among the items too/],
    ["/recommend", { items, only: { tags: ["zzz"] } }, 422, "#/only/tags/0", /has no tag "zzz"/],
    ["/recommend", { items, n: 0 }, 422, "#/n", /whole number from 1 to 1000, got 0/],
    ["/recommend", { itms: items }, 422, "#/itms", /unknown field/],
    ["/recommend/group", { profiles: [] }, 422, "#/profiles", /1 to 20 entries, got 0/],
    ["/recommend/group", { profiles: [{ items }], method: "vote" }, 422, "#/method", /one of "add"/],
    ["/steer", { items }, 422, "#/knobs", /is missing/],
    ["/steer", { items, knobs: [{ tag: "zzz", strength: 0.1 }] }, 422, "#/knobs/0/tag", /no tag "zzz"/],
    ["/steer", { items, knobs: [{ neuron: 99999, strength: 0.1 }] }, 422, "#/knobs/0/neuron", /neurons 0 to 31/],
    ["/steer", { items, knobs: [{ neuron: [1, -1], strength: 0.1 }] }, 422, "#/knobs/0/neuron/1", /from 0/],
    ["/steer", { items, knobs: [{ strength: 0.1 }] }, 422, "#/knobs/0", /one of "tag", "concept" and "neuron"/],
    ["/steer", { items, knobs: [{ neuron: 1, strength: 2 }] }, 422, "#/knobs/0/strength", /from -1 to 1, got 2/],
    ["/steer", {
      items, knobs: [{ neuron: 1, strength: -1, only: true }],
    }, 422, "#/knobs/0/strength", /between 0 and 1/],
    [
      "/steer", { items, knobs: [{ neuron: 1, strength: 0.7 }, { neuron: 2, strength: 0.7 }] },
      422, "#/knobs", /add up to 1\.4/,
    ],
    ["/explain", { items, item: "i9999" }, 422, "#/item", /no item has the id "i9999"/],
    ["/neurons/99999", undefined, 404, null, /neurons 0 to 31/],
    ["/neurons/x", undefined, 422, "neuron", /whole number.*got "x"/],
    ["/neurons?n=0", undefined, 422, "n", /from 1 to 10000, got 0/],
    ["/neurons?m=1", undefined, 422, "m", /expected q, sort, offset, n/],
    ["/tags/zzz", undefined, 404, null, /no tag "zzz"/],
    ["/items", undefined, 422, "q", /is missing/],
    ["/items/zzz", undefined, 404, null, /no item has the id "zzz"/],
    ["/items/zzz/similar", undefined, 404, null, /no item has the id "zzz"/],
    [`/items/${ids[0]}/similar?by=taste`, undefined, 422, "by", /one of "vector", "code"/],
    ["/similar", { item: "zzz" }, 422, "#/item", /no item has the id "zzz"/],
    ["/nothing", undefined, 404, null, /openapi\.json/],
  ];
  for (const [path, body, status, where, detail] of wrong) refused(await ask(path, body), status, where, detail);
}));

test("what depends on the model alone has an ETag, the rest none", () => withService(async ({ ask, service }) => {
  const first = await ask("/neurons/1");
  const etag = first.headers.get("etag")!;
  assert.ok(service.model.cache.bytes > 0);
  assert.equal((await ask("/neurons/1")).json, first.json);
  const again = await ask("/neurons/1", undefined, { headers: { "if-none-match": etag } });
  assert.is(again.status, 304);
  assert.is(again.text, "");
  const kept = service.model.cache.bytes;
  const personal = await ask("/recommend", { items });
  assert.is(personal.headers.get("cache-control"), "no-store");
  assert.is(personal.headers.get("etag"), null);
  assert.is(service.model.cache.bytes, kept);
}));

test("HEAD, OPTIONS and other methods", () => withService(async ({ ask }) => {
  const get = await ask("/neurons/1");
  const head = await ask("/neurons/1", undefined, { method: "HEAD" });
  assert.is(head.status, 200);
  assert.is(head.text, "");
  assert.is(head.headers.get("content-length"), String(Buffer.byteLength(get.text)));
  const options = await ask("/recommend", undefined, { method: "OPTIONS" });
  assert.is(options.status, 204);
  assert.is(options.headers.get("allow"), "POST, OPTIONS");
  for (const [path, method, allow] of [
    ["/health", "DELETE", "GET, HEAD, OPTIONS"], ["/steer", "GET", "POST, OPTIONS"],
  ]) {
    const answer = await ask(path, undefined, { method });
    refused(answer, 405, null, /this path answers/);
    assert.is(answer.headers.get("allow"), allow);
  }
}));

test("metrics count what was answered, by route and not by what people send", () => withService(async ({ ask }) => {
  await ask("/recommend", { items });
  await ask("/recommend", { items: [], empty: "refuse" });
  await ask("/neurons/1");
  await ask("/made/up/1");
  await ask("/made/up/2");
  const { text } = await ask("/metrics");
  assert.match(text, /^unknot_http_requests_total\{route="\/recommend",method="POST",status="200"\} 1$/m);
  assert.match(text, /^unknot_http_requests_total\{route="\/recommend",method="POST",status="422"\} 1$/m);
  assert.match(text, /^unknot_http_requests_total\{route="\/neurons\/\{neuron\}",method="GET",status="200"\} 1$/m);
  assert.match(text, /^unknot_http_requests_total\{route="unmatched",method="GET",status="404"\} 2$/m);
  assert.match(text, /^unknot_http_request_seconds_bucket\{route="\/recommend",method="POST",le="\+Inf"\} 2$/m);
  assert.match(text, /^unknot_http_request_seconds_count\{route="\/recommend",method="POST"\} 2$/m);
  assert.match(text, /^unknot_http_requests_in_flight 1$/m);
  assert.not.match(text, /made/);
  const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]);
  assert.is(new Set(families).size, families.length, "every family once");
  for (const line of text.trimEnd().split("\n").filter((one) => !one.startsWith("#"))) {
    assert.match(line, /^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? (\d[\d.e+-]*|NaN)$/);
  }
}));

test("the description is OpenAPI whose parts are all there", () => {
  type Operation = { operationId: string; parameters: { name: string; in: string }[] };
  const api = describeApi(routes, "1.2.3") as {
    openapi: string; paths: Record<string, Record<string, Operation>>;
  };
  assert.is(api.openapi, "3.1.0");
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })));
  assert.is(new Set(operations.map(({ operationId }) => operationId)).size, routes.length);
  for (const { path, parameters } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    assert.equal(parameters.filter((one) => one.in === "path").map(({ name }) => name), named, path);
  }
  assert.equal(
    Object.keys(api.paths["/recommend"].post), ["operationId", "summary", "parameters", "requestBody", "responses"],
  );
});

test.run();
