/** axe-core on the report: nothing to complain of. Skipped aloud without Chromium. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEngine } from "../../src/engine/open.js";
import { splitDataset } from "../../src/data/split-users.js";
import { collectReport } from "../../src/report/collect.js";
import { renderReport } from "../../src/report/page.js";
import { chromiumAtHand, launchChromium, serveFiles } from "../browser/browser-at-hand.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { faults } from "./axe-faults.js";
import { PHONE, WIDE } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

inChromium("axe finds nothing on the report", async () => {
  const { dataset, truth } = tinyWorld();
  const model = await tinyModel();
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const opened = { dataset, split: splitDataset(dataset, { seed: 5 }), truth };
  const report = await serveFiles(new Map([
    ["index.html", renderReport(await collectReport(engine, model, opened, { cards: 6 }))],
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
