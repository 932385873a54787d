/** The desk in German: chosen by address, by browser and by the switch, which remembers; nothing English is left. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { en } from "../../src/desk/words/en.js";
import { de } from "../../src/desk/words/de.js";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

/** English texts that a German page should not have. */
function english(): Set<string> {
  const texts = (entry: unknown): string[] => typeof entry === "string" ? [entry]
    : typeof entry === "object" ? Object.values(entry as object).flatMap(texts) : [];
  const german = new Set([...texts(de), en.name]);
  return new Set(texts(en).filter((text) => /\p{L}{2}/u.test(text) && !german.has(text)).map((text) => text.trim()));
}

/** All that the page shows or says. */
function said({ page }: DeskPage): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode.textContent!.trim());
    for (const node of Array.from(document.body.querySelectorAll("*"))) {
      for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"]) {
        const text = node.getAttribute(name);
        if (text !== null) texts.push(text.trim());
      }
    }
    return texts.filter((text) => text !== "");
  });
}

inChromium("?lang=de: every view speaks German, numbers too", async () => {
  const desk = await site.visit("?lang=de");
  assert.is(await desk.page.locator("html").getAttribute("lang"), "de");
  const not = english();
  const left = async (): Promise<string[]> => (await said(desk)).filter((text) => not.has(text));
  assert.equal(await left(), []);
  await desk.page.locator(".before .rows .title").first().click();
  await desk.page.locator(".inspector h2").waitFor();
  assert.equal(await left(), []);
  await desk.page.getByRole("button", { name: de.page.atlas, exact: true }).click();
  await desk.page.locator(".atlas tbody .label button").first().click();
  await desk.page.locator(".neuron-card").waitFor();
  assert.equal(await left(), []);
  assert.match(await desk.page.locator(".neuron-card").innerText(), /0,\d\d/);
  assert.equal(desk.problems, []);
  await desk.close();
});

inChromium("the browser's language is taken; the switch changes it, keeps the desk and is remembered", async () => {
  const desk = await site.visit("", { locale: "de-AT" });
  assert.is(await desk.page.locator("h2#mixer-heading").textContent(), de.mix.heading);
  await desk.page.locator(".before .rows .title").first().click();
  await desk.settled("why=");
  const hash = new URL(desk.page.url()).hash;
  await desk.page.locator('.languages [lang="en"]').click();
  await desk.page.getByRole("heading", { name: en.mix.heading }).waitFor();
  assert.is(new URL(desk.page.url()).hash, hash);
  assert.is(new URL(desk.page.url()).search, "");
  await desk.page.reload();
  await desk.page.getByRole("heading", { name: en.mix.heading }).waitFor();
  await desk.close();
});

test.run();
