/** The static site: whole or not at all, nobody's data unless asked for, and one that opens from disk. */
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import {
  checkExportPlace, prepareWebExport, writeWebExport, type WebExportOptions,
} from "../../src/export/export-web.js";
import { singleFile } from "../../src/export/single-file.js";
import { UserError } from "../../src/base/user-error.js";
import { saveModel } from "../../src/model-folder/folder.js";
import { decodeWebModel, type WebModel } from "../../src/model-folder/web-model.js";
import { chromiumAtHand, complaintsOf, launchChromium } from "../browser/browser-at-hand.js";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const { dataset } = tinyWorld();
const { test: held } = splitDataset(dataset, { seed: 5 });
const engine = openEngine({ threads: 1 });
const deskIsBuilt = existsSync(new URL("../../web/desk.js", import.meta.url));
const chromium = chromiumAtHand();

async function exported(folder: string, options: WebExportOptions): Promise<WebModel> {
  const ready = await prepareWebExport(engine, model, options);
  await writeWebExport(folder, ready, false);
  const tensors = new Uint8Array(await readFile(join(folder, "model", "weights.safetensors")));
  return decodeWebModel(await readFile(join(folder, "model", "unknot-web.json"), "utf8"), tensors);
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("not refused");
}

test("the bundles are there", () => assert.ok(deskIsBuilt, "run npm run build"));

test("a folder with the desk, the model and notes; the cost of precision is measured and stored", () =>
  inTemporaryFolder(async (base) => {
    const folder = join(base, "site");
    const exact = await exported(folder, { precision: "f32", test: held });
    assert.equal((await readdir(folder, { recursive: true })).sort(), [
      "NOTES.txt", "desk.css", "desk.js", "index.html", "model", "model/first.json", "model/unknot-web.json",
      "model/weights.safetensors", "worker.js",
    ]);
    assert.equal(
      [exact.accuracy!.overlap, exact.accuracy!.worstOverlap, exact.accuracy!.ndcg!.trained],
      [1, 1, exact.accuracy!.ndcg!.exported],
    );
    // Once more over it, smaller, without data.
    const small = await exported(folder, { precision: "int8" });
    assert.is(small.accuracy!.profiles, 200);
    assert.is(small.accuracy!.ndcg, null);
    assert.ok(small.accuracy!.overlap > 0.9 && small.accuracy!.overlap <= 1);
    assert.is(small.tagKnobs!.length, model.tags!.names.length);
    assert.match(await readFile(join(folder, "NOTES.txt"), "utf8"), /terms of that data are not known/);
  }));

test("people are in it only when asked for, and then without their ids", () => inTemporaryFolder(async (base) => {
  assert.is((await exported(join(base, "a"), { test: held })).samples, null);
  const { samples } = await exported(join(base, "b"), { test: held, profiles: 3 });
  assert.equal(samples!.map(({ name }) => name), ["Person 1", "Person 2", "Person 3"]);
  const notes = await readFile(join(base, "b", "NOTES.txt"), "utf8");
  assert.match(notes, /interactions of 3 people/);
  assert.match(await refusal(() => prepareWebExport(engine, model, { profiles: 1 })), /need the data/);
}));

test("a place that holds something else is refused, before the work too", () => inTemporaryFolder(async (base) => {
  await writeFile(join(base, "thesis.txt"), "years of work");
  assert.match(await refusal(() => checkExportPlace(base, false)), /holds thesis\.txt/);
  const ready = await prepareWebExport(engine, model);
  assert.match(await refusal(() => writeWebExport(base, ready, false)), /holds thesis\.txt/);
  assert.equal(await readdir(base), ["thesis.txt"]);
  assert.match(await refusal(() => checkExportPlace(join(base, "desk"), true)), /ends in \.html/);
}));

test("a script that is put into a page cannot end it early", () => {
  const page = '<link rel="stylesheet" href="desk.css"><script type="module" src="desk.js"></script><body></body>';
  const desk = {
    "index.html": page, "desk.css": "", "desk.js": 'x = "</script><!--$&";', "worker.js": 'y = "</SCRIPT>";',
  };
  const buffers = Object.fromEntries(Object.entries(desk).map(([name, text]) => [name, Buffer.from(text)]));
  const html = singleFile(buffers as unknown as Parameters<typeof singleFile>[0], {
    description: '{"title": "</script>"}', tensors: [Uint8Array.of(1, 2)],
  });
  assert.is(html.match(/<\/script/gi)!.length, 4);
  assert.ok(html.includes('x = "\\x3c/script>\\x3c!--$&";'));
  assert.ok(html.includes('{"title": "\\u003c/script>"}'));
  assert.ok(html.includes(">AQI=<"));
});

(chromium ? test : test.skip)("one file opens from disk and computes, with nothing to complain about", () =>
  inTemporaryFolder(async (base) => {
    const file = join(base, "desk.html");
    await writeWebExport(file, await prepareWebExport(engine, model, { singleFile: true }), true);
    const browser = await launchChromium(chromium!);
    try {
      const page = await browser.newPage();
      const problems = complaintsOf(page);
      page.on("request", (request) => {
        if (!/^(file|blob|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
      });
      await page.goto(pathToFileURL(file).href);
      // The desk takes the loading line away when its session has answered.
      await page.waitForSelector("#loading", { state: "detached", timeout: 30_000 });
      assert.match(await page.locator("body").innerText(), /ELSA/);
      assert.equal(problems, []);
    } finally {
      await browser.close();
    }
  }));

test("the command says sizes and cost first, and guesses nothing", () => inTemporaryFolder(async (base) => {
  const folder = join(base, "model");
  await saveModel(folder, model);
  const site = join(base, "site");
  const { code, stdout } = await unknot(["export", "--web", "--precision", "int8", folder, site]);
  assert.is(code, 0);
  assert.match(stdout, /weights\.safetensors\s+[\d,]+/);
  assert.match(stdout, /int8: [.\d]+ of the 20 best items stay \(200 made-up profiles/);
  assert.ok(stdout.indexOf("together") < stdout.indexOf("written to"));
  assert.is((await unknot(["export", folder, site])).code, 2);
  const one = await unknot(["export", "--web", "--single-file", "--json", folder, join(base, "one.html")]);
  const { sizes } = JSON.parse(one.stdout) as { sizes: { bytes: number }[] };
  assert.is(sizes[0].bytes, (await readFile(join(base, "one.html"))).length);
}));

test.run();
