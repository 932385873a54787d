/**
 * The desk by keys, and for those who see it otherwise: how many tab stops there are, that the focus is never hidden,
 * that names are told apart, that forced colours leave something to see. What axe-core sees is in axe.test.ts. Skipped
 * aloud without Chromium.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite, PHONE, WIDE } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("few tab stops come before the first result, and none is hidden", async () => {
  const { like, tag, concepts } = site.example();
  const mixed = `${like}&mix=tag:${encodeURIComponent(tag)}:0.5,concept:${encodeURIComponent(concepts[0])}:-0.2`;
  for (const [viewport, most] of [[WIDE, 30], [{ width: 1024, height: 768 }, 30], [PHONE, 25]] as const) {
    const desk = await site.visitStill(mixed, { viewport });
    const { page } = desk;
    await page.locator(".after .rows li").nth(19).waitFor();
    let stops = 0;
    let results: number | null = null;
    for (; stops < 90; stops++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const node = document.activeElement!;
        if (node === document.body) return null;
        const { left, top, width, height } = node.getBoundingClientRect();
        const [x, y] = [left + Math.min(width / 2, 20), top + height / 2];
        const over = document.elementFromPoint(x, y);
        return {
          row: node.closest(".rows") !== null, seen: over !== null && (node.contains(over) || over.contains(node)),
          what: node.outerHTML.slice(0, 120), y,
        };
      });
      if (at === null) break;
      assert.ok(at.seen, `${viewport.width}: the focus is hidden at ${at.y}: ${at.what}`);
      if (at.row) results ??= stops + 1;
    }
    assert.ok(results !== null && results <= most, `${viewport.width}: ${results} tab stops before the first result`);
    await desk.close();
  }
});

inChromium("arrows go from strip to strip and from row to row; Delete takes off and out", async () => {
  const { like, tag, concepts } = site.example();
  const desk = await site.visitStill(`${like}&mix=tag:${encodeURIComponent(tag)}:0.5`);
  const { page } = desk;
  const focused = (attribute: string): Promise<string | null> => page.locator(":focus").getAttribute(attribute);
  await desk.fader(`tag:${tag}`).focus();
  await page.keyboard.press("ArrowRight");
  assert.match((await focused("aria-label"))!, concepts[0]);
  await page.keyboard.press("ArrowUp");
  assert.is(await page.locator(":focus").inputValue(), "0.05");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Delete");
  assert.is(await desk.fader(`tag:${tag}`).count(), 0);
  await page.locator(".after .title").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.is(await page.locator(":focus").textContent(), (await desk.titles("after"))[1]);
  await page.locator(".likes .title").first().focus();
  await page.keyboard.press("Delete");
  assert.is(await page.locator(".likes li").count(), 2);
  await page.getByRole("button", { name: "Clear" }).click();
  assert.is(await focused("id"), "item-search", "the focus is kept after Clear");
  await desk.close();
});

inChromium("names of controls are told apart, and / can be turned off", async () => {
  const { like, tag } = site.example();
  const { model } = site.session;
  const neuron = model.labels.findIndex(({ label }) => label === tag);
  const same = `${like}&mix=tag:${encodeURIComponent(tag)}:0.5,neuron:${Math.max(0, neuron)}:0.1`;
  const desk = await site.visitStill(same);
  const { page } = desk;
  const names = await page.locator(".strip button").evaluateAll((nodes) => nodes
    .filter((node) => node.checkVisibility()).map((node) => node.getAttribute("aria-label") ?? node.textContent));
  assert.is(new Set(names).size, names.length, names.join(" | "));
  const search = page.locator("#item-search");
  const searches = async (): Promise<boolean> => {
    await page.locator(".before .title, .after .title").last().focus();
    await page.keyboard.press("/");
    return search.evaluate((node) => node === document.activeElement);
  };
  assert.is(await searches(), true);
  await page.getByRole("button", { name: "How this works" }).click();
  await page.getByLabel("The key / searches").uncheck();
  await page.keyboard.press("Escape");
  assert.is(await searches(), false);
  await desk.close();
});

inChromium("the atlas is walked by keys", async () => {
  const desk = await site.visitStill(`${site.example().like}&view=atlas`);
  const { page } = desk;
  const map = page.getByRole("listbox", { name: /Map of/ });
  await map.focus();
  const at = (): Promise<string | null> => map.getAttribute("aria-activedescendant");
  const visited = new Set<string>();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
    await page.keyboard.press(key);
    visited.add((await at())!);
  }
  assert.ok(visited.size >= 3, [...visited].join());
  await page.keyboard.press("Enter");
  await desk.settled(`neuron=${(await at())!.replace("point-", "")}`);
  await desk.close();
});

inChromium("with forced colours tracks, caps and what is chosen can still be seen", async () => {
  const { like, tag } = site.example();
  const desk = await site.visitStill(`${like}&mix=tag:${encodeURIComponent(tag)}:0.5:s`, { forcedColors: "active" });
  const { page } = desk;
  const colours = await page.evaluate(() => {
    const style = (selector: string, pseudo?: string): CSSStyleDeclaration =>
      getComputedStyle(document.querySelector(selector)!, pseudo);
    const solo = style('.solo[aria-pressed="true"]');
    return {
      panel: style(".mixer").backgroundColor, up: style(".strip.up .fader", "::before").backgroundColor,
      track: style(".fader").backgroundImage, solo: solo.backgroundColor,
      rest: style('.solo[aria-pressed="false"]').backgroundColor,
    };
  });
  assert.is.not(colours.up, colours.panel);
  assert.is.not(colours.solo, colours.rest);
  assert.match(colours.track, /gradient/);
  await desk.close();
});

test.run();
