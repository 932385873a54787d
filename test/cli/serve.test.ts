/** unknot serve as a program: it starts, reloads on SIGHUP, ends well on SIGTERM, and says what hinders it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { ask } from "../serve/at-work.js";
import { startUnknot } from "../serve/start-unknot.js";
import { hasBundle } from "../browser/bundles.js";
import { unknot } from "./run-cli.js";

const model = await tinyModel();

test("it serves, reloads on SIGHUP and ends with code 0 on SIGTERM", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const service = await startUnknot(["serve", place, "--port", "0", "--no-desk"]);
  assert.match(service.output(), /^serving .*model \(120 items, 32 neurons\) at http:\/\/127\.0\.0\.1:\d+\n$/);
  const { json } = await ask(`${service.url}/health`);
  const before = (json as { model: string }).model;
  await saveModel(place, await tinyModel({ seed: 6 }));
  service.kill("SIGHUP");
  for (let tries = 0; !service.output().includes("now serving") && tries < 1000; tries++) await wait(20);
  const after = (await ask(`${service.url}/health`)).json as { model: string };
  assert.is.not(after.model, before);
  assert.match(service.output(), new RegExp(`as of ${after.model}`));
  assert.is((await ask(`${service.url}/`)).status, 404, "no desk");
  assert.is(await service.stop("SIGTERM"), 0);
}));

const withDesk = hasBundle("desk.js") ? test : test.skip;
withDesk("the desk is at / with a strict policy, its model beside it", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const service = await startUnknot(["serve", place, "--port", "0"]);
  for (const path of [
    "/", "/desk.js", "/desk.css", "/worker.js", "/model/unknot-web.json", "/model/weights.safetensors",
  ]) {
    const { status, headers } = await ask(service.url + path);
    assert.is(status, 200, path);
    assert.ok(headers.get("content-security-policy")!.startsWith(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; " +
      "img-src 'self' data:; connect-src 'self'",
    ));
    const again = await ask(service.url + path, undefined, { headers: { "if-none-match": headers.get("etag")! } });
    assert.is(again.status, 304, path);
  }
  assert.match((await ask(`${service.url}/`)).headers.get("content-type")!, /^text\/html/);
  assert.is(await service.stop("SIGINT"), 0);
}));

test("what hinders it is said, without a stack", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const taken = createServer();
  await new Promise<void>((resolve) => { taken.listen(0, "127.0.0.1", resolve); });
  const { port } = taken.address() as AddressInfo;
  const cases: [string[], number, RegExp][] = [
    [
      ["serve", place, "--no-desk", "--port", String(port)],
      1, /cannot listen on 127\.0\.0\.1 port \d+: another program/,
    ],
    [["serve", join(folder, "nowhere")], 1, /nowhere: no such folder/],
    [["serve", place, "--port", "70000"], 1, /--port 70000: expected 0 to 65535/],
    [["serve", place, "--timeout", "0"], 1, /--timeout 0/],
    [["serve", place, "--no-desk", "--data", join(folder, "nowhere")], 1, /nowhere: no such folder/],
    [["serve"], 2, /missing required argument 'model'/],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr } = await unknot(args);
    assert.is(code, expected, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, message);
    assert.not.match(stderr, /\n {4}at /);
  }
  taken.close();
}));

test.run();
