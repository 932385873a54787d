/** Every view of the desk in a language, and axe-core on each (axe.test.ts, axe-german.test.ts). */
import type { BrowserContextOptions, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { de } from "../../src/desk/words/de.js";
import { en, type Words } from "../../src/desk/words/en.js";
import { faults } from "./axe-faults.js";
import { PHONE, WIDE, type DeskSite } from "./desk-page.js";

export type Language = "en" | "de";

interface View {
  readonly what: string;
  readonly hash: string;
  readonly options?: BrowserContextOptions;
  readonly move?: (page: Page) => Promise<void>;
}

const wordsOf: Readonly<Record<Language, Words>> = { en, de };

/** Presses a button of the page. */
const press = (name: string) => (page: Page): Promise<void> =>
  page.getByRole("button", { name, exact: true }).first().click();

export async function noFaultOnAnyView(site: DeskSite, language: Language): Promise<void> {
  const words = wordsOf[language];
  for (const { what, hash, options, move } of [...views(site, words), ...dialogs(site, words)]) {
    const desk = await site.visitStill(`?lang=${language}${hash}`, options);
    assert.is(await desk.page.locator("html").getAttribute("lang"), language);
    await move?.(desk.page);
    await desk.quiet();
    assert.equal(await faults(desk.page), [], what);
    await desk.close();
  }
}

/** A taste, and faders in every state. */
function mixedOf(site: DeskSite): string {
  const { like, concepts, tag, neuron } = site.example();
  const name = encodeURIComponent;
  return `${like}&mix=tag:${name(tag)}:0.5,concept:${name(concepts[0])}:0:m,neuron:${neuron}:0.2:s`;
}

function views(site: DeskSite, words: Words): View[] {
  const { like, concepts, tag, neuron } = site.example();
  const name = encodeURIComponent;
  const mixed = mixedOf(site);
  return [
    { what: "nothing chosen", hash: "#like=" }, { what: "a taste", hash: like },
    { what: "turned, muted and solo", hash: mixed }, { what: "dark", hash: mixed, options: { colorScheme: "dark" } },
    { what: "1024", hash: mixed, options: { viewport: { width: 1024, height: 768 } } },
    { what: "a phone", hash: mixed, options: { viewport: PHONE, hasTouch: true, isMobile: true } },
    {
      what: "a phone, the mixer open", hash: mixed, options: { viewport: PHONE },
      move: (page) => page.locator(".mixer-opener").click(),
    },
    { what: "the paper's knob", hash: `${like}&paper=${name(tag)}:0.3:1:unique` },
    { what: "a tag's card", hash: `${mixed}&tag=${name(tag)}` },
    { what: "a concept's card", hash: `${mixed}&concept=${name(concepts[0])}` },
    { what: "a neuron's card", hash: `${mixed}&neuron=${neuron}` },
    { what: "why", hash: mixed, move: (page) => page.locator(".after .title").first().click() },
    {
      what: "a sheet on a phone", hash: `${mixed}&tag=${name(tag)}`,
      options: { viewport: PHONE, colorScheme: "dark" },
    },
    { what: "the atlas", hash: `${like}&view=atlas&neuron=${neuron}` },
    { what: "the atlas, dark", hash: "#view=atlas", options: { colorScheme: "dark" } },
    { what: "the atlas on a phone", hash: "#view=atlas", options: { viewport: PHONE } },
    { what: "suggestions", hash: like, move: (page) => page.locator("#item-search").fill("the") },
    { what: "how this works", hash: like, move: press(words.help.title) },
    { what: "browsing", hash: like, move: press(words.mix.browse) },
    { what: "something left out", hash: "#like=no-such-item" },
  ];
}

/** Menus and dialogs of the list and the mix. */
function dialogs(site: DeskSite, words: Words): View[] {
  const { like, tag } = site.example();
  const mixed = `${like}&mix=tag:${encodeURIComponent(tag)}:0.5`;
  return [
    {
      what: "held against", hash: `${mixed}&never=${site.session.model.items.ids[9]}`,
      move: (page) => page.locator(".left-out summary").click(),
    },
    {
      what: "a title's menu", hash: mixed, options: { viewport: PHONE },
      move: (page) => page.locator(".after .opinions").first().click(),
    },
    {
      what: "mixes", hash: mixed, move: async (page) => {
        await page.evaluate(() => localStorage.setItem("unknot-mixes", JSON.stringify([{ name: "a", link: "mix=" }])));
        await press(words.mixes.open)(page);
      },
    },
    { what: "taking along", hash: mixed, options: { colorScheme: "dark" }, move: press(words.take.open) },
  ];
}

/** The first visit: picking and turning. */
export async function noFaultOnAFirstVisit(site: DeskSite, language: Language): Promise<void> {
  const words = wordsOf[language];
  for (const viewport of [WIDE, PHONE]) {
    const desk = await site.visitFirst({
      viewport, bypassCSP: true, reducedMotion: "reduce", locale: language === "de" ? "de-AT" : "en-US",
    });
    await desk.page.locator(".tile").nth(5).click();
    assert.equal(await faults(desk.page), [], `picking, ${viewport.width}`);
    for (const i of [1, 2]) await desk.page.locator(".tile").nth(i).click();
    await press(words.first.goOn)(desk.page);
    assert.equal(await faults(desk.page), [], `turning, ${viewport.width}`);
    await desk.close();
  }
}
