/** Reloading, stopping, and several services behind a balancer: no request is lost, and all of them answer alike. */
import { request as httpRequest, Agent, createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { openSession } from "../../src/session/open-session.js";
import { openService, openServiceOn } from "../../src/serve/open-service.js";
import { startServer } from "../../src/serve/server.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { ask, model, withService } from "./at-work.js";

const items = model.items.ids.slice(0, 3);
const other = await tinyModel({ seed: 6 });

interface Sent {
  status: number;
  model: string;
  text: string;
}

/** One request over an agent's connection; rejects when it is not answered. */
function send(agent: Agent, url: string, body: unknown): Promise<Sent> {
  const { hostname, port, pathname: path } = new URL(url);
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const options = { agent, hostname, port, path, method: "POST", headers };
    const request = httpRequest(options, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("error", reject);
      response.on("end", () => resolve({
        status: response.statusCode!, model: String(response.headers["x-unknot-model"]), text,
      }));
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

test("a reload under load drops nothing, and every answer is one model's", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const service = await openService(place);
  const server = await startServer(service, { port: 0 });
  const expected = new Map<string, string>();
  const before = service.model.fingerprint;
  const answerOf = (of: typeof model): string => {
    const session = openSession(of, { threads: 1 });
    const text = JSON.stringify(session.recommend(items, 10));
    session.close();
    return text;
  };
  expected.set(before, answerOf(model));
  let going = true;
  const seen = new Map<string, number>();
  const clients = Array.from({ length: 8 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (going) {
      const { status, model: by, text } = await send(agent, `${server.url}/recommend`, { items });
      assert.is(status, 200);
      seen.set(by, (seen.get(by) ?? 0) + 1);
      if (expected.has(by)) assert.is(text, expected.get(by), "all of it by one model");
    }
    agent.destroy();
  });
  await saveModel(place, other);
  const [first, second] = await Promise.all(
    [ask(`${server.url}/admin/reload`, {}), ask(`${server.url}/admin/reload`, {})],
  );
  assert.is(first.status, 200, first.text);
  assert.equal(second.json, first.json, "two at once are one");
  const after = service.model.fingerprint;
  assert.equal(first.json, { model: after });
  assert.is.not(after, before);
  expected.set(after, answerOf(other));
  while (!(seen.get(after)! > 20)) await wait(5);
  going = false;
  await Promise.all(clients);
  assert.ok(seen.get(before)! > 0);
  assert.is(service.metrics.reloads, 1);
  assert.is((await ask(`${server.url}/neurons/1`)).headers.get("etag"), `"${after}-"`);
  await server.stop();
}));

test("a model that cannot be read leaves the old one at work", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const service = await openService(place);
  const server = await startServer(service, { port: 0 });
  await writeFile(join(place, "model.safetensors"), "no weights");
  const { status, text } = await ask(`${server.url}/admin/reload`, {});
  assert.is(status, 500);
  assert.match(text, /was not replaced: .*truncated or foreign/);
  assert.is((await ask(`${server.url}/recommend`, { items })).status, 200);
  assert.is(service.metrics.failedReloads, 1);
  await saveModel(place, other);
  assert.is((await ask(`${server.url}/admin/reload`, {})).status, 200, "and can be tried again");
  await server.stop();
}));

test("strangers cannot reload, neither by proxy nor from a page", () => withService(async ({ ask: at, service }) => {
  for (const header of ["x-forwarded-for", "forwarded", "via", "origin", "x-real-ip"]) {
    const { status } = await at("/admin/reload", {}, { headers: { [header]: "http://elsewhere" } });
    assert.is(status, 403, header);
  }
  assert.is(service.metrics.reloads, 0);
}));

test("stopping answers what was sent, tells clients to leave, and lets slow ones finish", async () => {
  const service = await openServiceOn(model);
  const server = await startServer(service, { port: 0 });
  const agents = Array.from({ length: 16 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  let [answered, lost, refused] = [0, 0, 0];
  const clients = agents.map(async (agent) => {
    for (;;) {
      try {
        await send(agent, `${server.url}/recommend`, { items });
        answered++;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") refused++;
        else lost++;
        return;
      }
    }
  });
  const { hostname, port } = new URL(server.url);
  const body = JSON.stringify({ items });
  const slow = new Promise<number>((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const request = httpRequest({ hostname, port, path: "/recommend", method: "POST", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode!));
    });
    request.on("error", reject).write(body.slice(0, 5));
    setTimeout(() => request.end(body.slice(5)), 400);
  });
  await wait(100);
  const began = answered;
  assert.ok(began > 0);
  const stopping = server.stop();
  assert.is(server.stop(), stopping, "twice is once");
  await Promise.all(clients);
  assert.is(await slow, 200, "a request whose body was still on its way");
  await stopping;
  assert.is(lost, 0);
  assert.is(refused, agents.length);
  agents.forEach((agent) => agent.destroy());
});

test("an idle connection does not hold up the end", async () => {
  const server = await startServer(await openServiceOn(model), { port: 0 });
  const agent = new Agent({ keepAlive: true });
  await send(agent, `${server.url}/recommend`, { items });
  await server.stop();
  agent.destroy();
});

test("while it is stopping, health says so", async () => {
  const server = await startServer(await openServiceOn(model), { port: 0, drain: 1 });
  assert.is((await ask(`${server.url}/health`)).status, 200);
  const stopping = server.stop();
  const { status, text } = await ask(`${server.url}/health`);
  assert.is(status, 503);
  assert.match(text, /the service is stopping/);
  assert.is((await ask(`${server.url}/recommend`, { items })).status, 200, "new connections are still answered");
  await stopping;
});

/** Sends each request to the next service. What a balancer does, in a few lines. */
async function balance(urls: readonly string[]): Promise<Server> {
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const { hostname, port } = new URL(urls[next++ % urls.length]);
    const { method, url: path, headers } = incoming;
    const onward = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return server;
}

test("two services behind a balancer answer alike", async () => {
  const servers = await Promise.all([0, 1].map(async () => startServer(await openServiceOn(model), { port: 0 })));
  const balancer = await balance(servers.map(({ url }) => url));
  const url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
  const knobs = [{ neuron: 2, strength: 0.4 }];
  for (const [path, body] of [
    ["/recommend", { items }], ["/steer", { items, knobs }], ["/profile", { items }],
  ] as const) {
    const answers = [await ask(url + path, body), await ask(url + path, body)];
    assert.is(answers[0].status, 200);
    assert.is(answers[0].text, answers[1].text);
  }
  const tags = [await ask(`${url}/neurons/3`), await ask(`${url}/neurons/3`)].map(({ headers }) => headers.get("etag"));
  assert.is(tags[0], tags[1], "a cache in front may keep either's answer");
  balancer.closeAllConnections();
  await new Promise((resolve) => balancer.close(resolve));
  await Promise.all(servers.map((server) => server.stop()));
});

test("a port that is taken is said to be", () => withService(async ({ url, service }) => {
  const port = Number(new URL(url).port);
  try {
    await startServer(service, { port });
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message, new RegExp(`cannot listen on 127\\.0\\.0\\.1 port ${port}: another program`),
    );
  }
}));

test.run();
