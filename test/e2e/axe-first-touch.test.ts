/** axe-core on a first visit and on what is said of titles, kept and taken along. Skipped without Chromium. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { faults } from "./axe-faults.js";
import { DeskSite, PHONE, WIDE } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("axe finds nothing on a first visit", async () => {
  for (const viewport of [WIDE, PHONE]) {
    const desk = await site.visitFirst({ viewport, bypassCSP: true, reducedMotion: "reduce" });
    await desk.page.locator(".tile").nth(5).click();
    assert.equal(await faults(desk.page), [], `picking, ${viewport.width}`);
    for (const i of [1, 2]) await desk.page.locator(".tile").nth(i).click();
    await desk.page.getByRole("button", { name: "Go on" }).click();
    assert.equal(await faults(desk.page), [], `turning, ${viewport.width}`);
    await desk.close();
  }
});

inChromium("axe finds nothing on menus and dialogs of the list and the mix", async () => {
  const { like, tag } = site.example();
  const mixed = `${like}&mix=tag:${encodeURIComponent(tag)}:0.5`;
  const views: [what: string, hash: string, options: BrowserContextOptions, move: (page: Page) => Promise<void>][] = [
    ["held against", `${mixed}&never=${site.session.model.items.ids[9]}`, {},
      (page) => page.locator(".left-out summary").click()],
    ["a title's menu", mixed, { viewport: PHONE }, (page) => page.locator(".after .opinions").first().click()],
    ["mixes", mixed, {}, async (page) => {
      await page.evaluate(() => localStorage.setItem("unknot-mixes", JSON.stringify([{ name: "a", link: "mix=" }])));
      await page.getByRole("button", { name: "Mixes", exact: true }).click();
    }],
    ["taking along", mixed, { colorScheme: "dark" }, (page) => page.getByRole("button", { name: "Save" }).click()],
  ];
  for (const [what, hash, options, move] of views) {
    const desk = await site.visitStill(hash, options);
    await move(desk.page);
    await desk.page.waitForTimeout(200);
    assert.equal(await faults(desk.page), [], what);
    await desk.close();
  }
});

test.run();
