/** The examples run: the service, the worker, and the page in a real browser where there is one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { openSession } from "../../src/session/open-session.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { chromiumAtHand, complaintsOf, launchChromium, serveFiles } from "../browser/browser-at-hand.js";
import { bundle, hasBundle } from "../browser/bundles.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { ask } from "../serve/at-work.js";
import { startServing } from "../serve/start-unknot.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1, numerics: "portable" });
const { ids, titles } = model.items;
const compiled = (name: string): string => fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
const source = (name: string): string => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");

function withModel(use: (place: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    await saveModel(join(folder, "model"), model);
    await use(join(folder, "model"));
  });
}

test("the service recommends, and refuses with a reason", () => withModel(async (place) => {
  const service = await startServing([compiled("service"), place, "0"]);
  const { status, json } = await ask(`${service.url}/?like=${ids[3]}&like=${ids[9]}`);
  assert.is(status, 200);
  const got = (json as { id: string }[]).map(({ id }) => id);
  assert.equal(got, session.recommend([ids[3], ids[9]], 10).items.map(({ id }) => id));
  const wrong = await ask(`${service.url}/?like=nothing`);
  assert.is(wrong.status, 422);
  assert.match(wrong.text, /"nothing"/);
  await service.stop("SIGKILL");
}));

test("it is short", () => {
  assert.ok(
    source("service.ts").split("\n").filter((line) => line.trim() !== "" && !line.startsWith("/**")).length <= 17,
  );
});

test("the worker prints five titles", () => withModel(async (place) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath, [compiled("worker"), place, ids[3], ids[9]], { encoding: "utf8" },
  );
  assert.is(status, 0, stderr);
  assert.equal(stdout.trim().split("\n"), session.recommend([ids[3], ids[9]], 5).items.map(({ title }) => title));
  await Promise.resolve();
}));

const chromium = chromiumAtHand();
(chromium && hasBundle("worker.js") ? test : test.skip)("the page shows the list that a session computes", async () => {
  const files = await encodeWebModel(model, session.itemCodes, { precision: "f32" });
  const site = await serveFiles(new Map<string, string | Uint8Array>([
    ["index.html", source("page/index.html")],
    ["page.js", readFileSync(compiled("page/page"))],
    ["unknot-browser.js", bundle("unknot-browser.js")],
    ["worker.js", bundle("worker.js")],
    ["model/unknot-web.json", files.description],
    ["model/weights.safetensors", new Uint8Array(Buffer.concat(files.tensors))],
  ]));
  const browser = await launchChromium(chromium!);
  try {
    const page = await browser.newPage();
    const problems = complaintsOf(page);
    await page.goto(site.url);
    await page.waitForFunction("document.querySelectorAll('#tag option').length > 0");
    await page.fill("#item", titles[3]);
    await page.waitForFunction("document.querySelectorAll('#list li').length === 10");
    const shown = (): Promise<string[]> => page.locator("#list li").allTextContents();
    const tag = await page.inputValue("#tag");
    assert.equal(await shown(), session.steer([ids[3]], [{ tag, strength: 0 }], 10).after.map(({ title }) => title));
    const first = (await shown()).join();
    await page.fill("#strength", "0.8");
    const expected = session.steer([ids[3]], [{ tag, strength: 0.8 }], 10).after.map(({ title }) => title);
    assert.is.not(expected.join(), first);
    await page.waitForFunction(
      '[...document.querySelectorAll("#list li")].map((li) => li.textContent).join("\\n") === ' +
      JSON.stringify(expected.join("\n")),
    );
    assert.equal(problems, []);
  } finally {
    await browser.close();
    await site.close();
  }
});

test.run();
