/** axe-core on every view of the desk and on the report: nothing to complain of. Skipped aloud without Chromium. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { splitDataset } from "../../src/data/split-users.js";
import { collectReport } from "../../src/report/collect.js";
import { renderReport } from "../../src/report/page.js";
import { chromiumAtHand, launchChromium, serveFiles } from "../browser/browser-at-hand.js";
import { tinyWorld } from "../pipeline/tiny-model.js";
import { faults } from "./axe-faults.js";
import { DeskSite, PHONE, WIDE } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("axe finds nothing on any view of the desk", async () => {
  const { like, concepts, tag, neuron } = site.example();
  const name = encodeURIComponent;
  const mixed = `${like}&mix=tag:${name(tag)}:0.5,concept:${name(concepts[0])}:0:m,neuron:${neuron}:0.2:s`;
  const views: [what: string, hash: string, options?: BrowserContextOptions, move?: (page: Page) => Promise<void>][] = [
    ["nothing chosen", "#like="], ["a taste", like], ["turned, muted and solo", mixed],
    ["dark", mixed, { colorScheme: "dark" }], ["1024", mixed, { viewport: { width: 1024, height: 768 } }],
    ["a phone", mixed, { viewport: PHONE, hasTouch: true, isMobile: true }],
    ["a phone, the mixer open", mixed, { viewport: PHONE }, (page) => page.locator(".mixer-opener").click()],
    ["the paper's knob", `${like}&paper=${name(tag)}:0.3:1:unique`],
    ["a tag's card", `${mixed}&tag=${name(tag)}`], ["a concept's card", `${mixed}&concept=${name(concepts[0])}`],
    ["a neuron's card", `${mixed}&neuron=${neuron}`],
    ["why", mixed, {}, (page) => page.locator(".after .title").first().click()],
    ["a sheet on a phone", `${mixed}&tag=${name(tag)}`, { viewport: PHONE, colorScheme: "dark" }],
    ["the atlas", `${like}&view=atlas&neuron=${neuron}`], ["the atlas, dark", "#view=atlas", { colorScheme: "dark" }],
    ["the atlas on a phone", "#view=atlas", { viewport: PHONE }],
    ["suggestions", like, {}, (page) => page.locator("#item-search").fill("the")],
    ["how this works", like, {}, (page) => page.getByRole("button", { name: "How this works" }).click()],
    ["browsing", like, {}, (page) => page.getByRole("button", { name: "Browse" }).click()],
    ["something left out", "#like=no-such-item"],
  ];
  for (const [what, hash, options, move] of views) {
    const desk = await site.visitStill(hash, options);
    const { page } = desk;
    await move?.(page);
    await page.waitForTimeout(200);
    assert.equal(await faults(page), [], what);
    await desk.close();
  }
});

inChromium("axe finds nothing on the report", async () => {
  const { dataset, truth } = tinyWorld();
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const opened = { dataset, split: splitDataset(dataset, { seed: 5 }), truth };
  const report = await serveFiles(new Map([
    ["index.html", renderReport(await collectReport(engine, site.session.model, opened, { cards: 6 }))],
  ]));
  engine.close();
  const browser = await launchChromium(chromium!);
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const viewport of [WIDE, PHONE]) {
        const page = await browser.newPage({ bypassCSP: true, colorScheme, viewport });
        await page.goto(report.url);
        assert.equal(await faults(page), [], `${colorScheme}, ${viewport.width}`);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    await report.close();
  }
});

test.run();
