/**
 * The desk from end to end, in headless Chromium under the strict policy from a plain static host: what a person sees
 * after each move is what the library computes in Node. Skipped aloud without Chromium.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { changeMark, rankChanges } from "../../src/desk/state/rank-changes.js";
import { en } from "../../src/desk/words/en.js";
import { partsOf } from "../../src/desk/state/score-parts.js";
import type { KnobRequest, ListedItem } from "../../src/session/session-types.js";
import { fixed, percent, signed } from "../../src/base/numbers.js";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { hasBundle } from "../browser/bundles.js";
import { DeskSite, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
if (chromium && !hasBundle("desk.js")) throw new Error("no dist/web/desk.js: npm run build bundles it");
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

const titles = (items: readonly ListedItem[]): string[] => items.map(({ title }) => title);

/** A profile of three items, its largest concepts, and a tag of the model. */
function example(): { profile: string[]; names: string[]; concepts: string[]; tag: string; like: string } {
  const { model } = site.session;
  const profile = [3, 30, 60].map((item) => model.items.ids[item]);
  const concepts = site.session.inspectUser(profile, 20).concepts.flatMap(({ concept }) => concept ?? []);
  const names = profile.map((id) => model.items.titles[site.session.findItem(id)]);
  return { profile, names, concepts, tag: model.tags!.names[1], like: `#like=${profile.join()}` };
}

/** The page shows what the library computes: both lists, rank marks, figures. */
async function showsWhatNodeComputes(desk: DeskPage, profile: string[], knobs: KnobRequest[]): Promise<void> {
  const { before, after, overlap, kept } = site.session.steer(profile, knobs, 20);
  await desk.waitForList(titles(after));
  assert.equal(await desk.titles("after"), titles(after));
  assert.equal(await desk.titles("before"), titles(before));
  assert.equal(await desk.marks(), rankChanges(before, after).map(changeMark));
  // While nothing is turned there is one list, and nothing to say of the other.
  if (knobs.length === 0) return;
  assert.is(await desk.figure("stays"), `${Math.round(overlap * before.length)} of ${before.length} stay`);
  assert.is(await desk.figure("taste kept"), en.lists.keptWords(en.share(kept)));
}

async function ends(desk: DeskPage): Promise<void> {
  assert.equal(desk.problems, [], "the console");
  await desk.close();
}

inChromium("it opens with a sample, and another can be picked", async () => {
  const desk = await site.visit();
  const samples = site.session.samples();
  await showsWhatNodeComputes(desk, [...samples[0].items], []);
  await desk.page.getByRole("group", { name: "Sample profiles" }).getByRole("button").nth(1).click();
  await showsWhatNodeComputes(desk, [...samples[1].items], []);
  await ends(desk);
});

inChromium("a wish in words turns its knobs at once", async () => {
  const { profile, names, tag } = example();
  const desk = await site.visit();
  await desk.page.getByRole("button", { name: "Clear" }).click();
  for (const name of names) await desk.chooseItem(name);
  await desk.page.locator("#tag-search").fill(`much more ${tag}`);
  await desk.page.locator("#tag-suggestions [role=option]").filter({ hasText: "a wish" }).first().click();
  await showsWhatNodeComputes(desk, profile, [{ tag, turn: 0.75 }]);
  await desk.page.keyboard.press("Control+z");
  await showsWhatNodeComputes(desk, profile, []);
});

inChromium("a profile is built by clicking, two knobs are turned, the list follows; undo and redo", async () => {
  const { profile, names, concepts, tag } = example();
  const desk = await site.visit();
  await desk.page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await desk.titles("after"), []);
  for (const name of names) await desk.chooseItem(name);
  await showsWhatNodeComputes(desk, profile, []);

  await desk.turn(`concept:${concepts[0]}`, -10);
  const down: KnobRequest = { concept: concepts[0], turn: -0.5 };
  await showsWhatNodeComputes(desk, profile, [down]);
  await desk.addTag(tag);
  await desk.turn(`tag:${tag}`, 6);
  const up: KnobRequest = { tag, turn: 0.3 };
  await showsWhatNodeComputes(desk, profile, [down, up]);

  await desk.page.keyboard.press("Control+z");
  await showsWhatNodeComputes(desk, profile, [down]);
  assert.is(await desk.fader(`tag:${tag}`).inputValue(), "0", "all the steps of one fader are one step of undo");
  await desk.page.getByRole("button", { name: "Redo" }).click();
  await showsWhatNodeComputes(desk, profile, [down, up]);
  await desk.page.getByRole("button", { name: "Reset" }).click();
  await showsWhatNodeComputes(desk, profile, []);
  await ends(desk);
});

inChromium("a fader that is dragged with the mouse follows it, stops at 0, and is one step of undo", async () => {
  const { profile, concepts, like } = example();
  const desk = await site.visit(like);
  const fader = desk.fader(`concept:${concepts[0]}`);
  const { x, y, width, height } = (await fader.boundingBox())!;
  const { mouse } = desk.page;
  await mouse.move(x + width / 2, y + height / 2);
  await mouse.down();
  for (let i = 1; i <= 12; i++) await mouse.move(x + width / 2, y + height / 2 - 2 * i);
  await mouse.up();
  const strength = Number(await fader.inputValue());
  assert.ok(strength > 0.3 && strength < 0.6, `24 pixels up: ${strength}`);
  await showsWhatNodeComputes(desk, profile, [{ concept: concepts[0], turn: strength }]);
  await desk.page.getByRole("button", { name: "Undo" }).click();
  assert.is(await fader.inputValue(), "0");
  await showsWhatNodeComputes(desk, profile, []);
  await ends(desk);
});

inChromium("an address restores everything, also in a page that is open", async () => {
  const { profile, concepts, tag, like } = example();
  const first = await site.visit(like);
  await first.addTag(tag);
  await first.turn(`tag:${tag}`, 5);
  await first.fader(`concept:${concepts[1]}`).focus();
  await first.page.keyboard.press("m");
  await first.page.locator(".after .title").nth(2).click();
  await first.settled("why=");
  const knobs: KnobRequest[] = [{ tag, turn: 0.25 }, { concept: concepts[1], turn: -1 }];
  await showsWhatNodeComputes(first, profile, knobs);
  const { hash } = new URL(first.page.url());
  const why = await first.page.locator(".inspector h2").innerText();
  await ends(first);

  const second = await site.visit(hash);
  await showsWhatNodeComputes(second, profile, knobs);
  assert.is(await second.fader(`tag:${tag}`).inputValue(), "0.25");
  assert.is(await second.page.getByRole("button", { name: "Mute", pressed: true }).count(), 1);
  assert.is(await second.page.locator(".inspector h2").innerText(), why);
  await second.page.goto(second.page.url().replace(/#.*/, like));
  await showsWhatNodeComputes(second, profile, []);
  await second.page.keyboard.press("Control+z");
  await showsWhatNodeComputes(second, profile, knobs);
  await ends(second);
});

inChromium("why: the parts are the library's and add up to the score", async () => {
  const { profile, concepts, tag, like } = example();
  const [{ neuron }] = site.session.inspectUser(profile, 20).neurons;
  const [up, down] = [tag, concepts[0]].map(encodeURIComponent);
  const desk = await site.visit(`${like}&mix=tag:${up}:0.3,neuron:${neuron}:-0.5,concept:${down}:-0.6`);
  const knobs: KnobRequest[] = [
    { tag, turn: 0.3 }, { neuron, strength: -0.5 }, { concept: concepts[0], turn: -0.6 },
  ];
  const { after } = site.session.steer(profile, knobs, 20);
  await desk.waitForList(titles(after));
  for (const place of [0, 7]) {
    await desk.page.locator(".after .title").nth(place).click();
    await desk.page.locator(".inspector h2", { hasText: after[place].title }).waitFor();
    const turned = site.session.explain(profile, after[place].id, knobs);
    const parts = partsOf(turned, site.session.explain(profile, after[place].id));
    const cells = await desk.page.locator(".why tbody td.number").allTextContents();
    assert.equal(cells, [...parts.map(({ value }) => signed(value)), fixed(turned.score)]);
    const shown = cells.map((text) => Number(text.replace("−", "-")));
    const sum = shown.slice(0, -1).reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - shown.at(-1)!) < 0.0005 * shown.length, `${sum} for ${shown.at(-1)}`);
    assert.ok(Math.abs(turned.score - after[place].score) < 1e-5, "the score of the list");
  }
  await ends(desk);
});

inChromium("solo, and the paper's α", async () => {
  const { profile, concepts, tag, like } = example();
  const desk = await site.visit(like);
  await desk.page.getByRole("button", { name: "Solo" }).first().click();
  await showsWhatNodeComputes(desk, profile, [{ concept: concepts[0], strength: 1, only: true }]);
  await desk.page.getByRole("button", { name: "Paper’s α" }).click();
  await showsWhatNodeComputes(desk, profile, []);
  await desk.choose("paper-tag", tag);
  await desk.page.locator("#paper-neurons").selectOption("5");
  await desk.page.locator("#paper-mapping").selectOption("unique");
  await showsWhatNodeComputes(desk, profile, [{ tag, strength: 0.3, neurons: 5, mapping: "unique" }]);
  await desk.page.getByRole("button", { name: "Channels" }).click();
  await showsWhatNodeComputes(desk, profile, [{ concept: concepts[0], strength: 1, only: true }]);
  await ends(desk);
});

inChromium("the atlas is searched and sorted; the cards of a neuron and of a tag are the library's", async () => {
  const { like } = example();
  const desk = await site.visit(like);
  const { page } = desk;
  await page.getByRole("button", { name: "Atlas" }).click();
  const all = site.session.atlas();
  assert.is(await page.locator(".map circle").count(), all.filter(({ alive }) => alive).length);
  const labelled = all.find(({ label }) => label !== null)!;
  await page.getByRole("searchbox").fill(`#${labelled.neuron}`);
  assert.is(await page.locator(".atlas tbody tr").count(), 1);
  await page.locator(".atlas tbody .title").click();
  const card = page.locator(".neuron-card");
  await card.waitFor();
  assert.is(await page.locator(".inspector h2").innerText(), labelled.label);
  const report = site.session.inspectNeuron(labelled.neuron, 6);
  const shown = await card.locator(".measured .title").allTextContents();
  assert.equal(shown.slice(0, report.topItems.length), titles(report.topItems));
  assert.match(await card.innerText(), fixed(report.confidence, 2));
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: "No." }).click();
  assert.equal(
    (await page.locator(".atlas tbody td:first-child").allTextContents()).slice(0, 5), ["0", "1", "2", "3", "4"]);
  await page.getByRole("button", { name: "Put on the desk" }).click();
  await page.getByRole("button", { name: "Desk", exact: true }).click();
  await page.locator(`[data-key="neuron:${labelled.neuron}"]`).waitFor();

  const { concepts, tag } = example();
  await page.locator(`[data-key="concept:${concepts[0]}"] .strip-name`).click();
  await page.locator(".inspector h2", { hasText: concepts[0] }).waitFor();
  const concept = site.session.inspectConcept(concepts[0], 6);
  const listed = await page.locator(".concept-card .measured .title").allTextContents();
  assert.equal(listed.slice(0, concept.topItems.length), titles(concept.topItems));
  assert.is(listed.length, concept.topItems.length + concept.members.length);
  await desk.addTag(tag);
  await page.locator(`[data-key="tag:${tag}"] .strip-name`).click();
  const { decoder, topItems } = site.session.inspectTag(tag, 6);
  await page.locator(".inspector h2", { hasText: tag }).waitFor();
  const weights = await page.locator(".tag-card .measured").first().locator(".number").allTextContents();
  assert.equal(weights, decoder.map(({ weight }) => percent(weight)));
  assert.equal(await page.locator(".tag-card .measured").last().locator(".title").allTextContents(), titles(topItems));
  await ends(desk);
});

inChromium("what a link names and the model does not have is left out and said; the rest is there", async () => {
  const { profile, names, tag, concepts, like } = example();
  const desk = await site.visit(`${like},no-such-item&mix=tag:no-such-tag:0.5,tag:${encodeURIComponent(tag)}:0.3`);
  const alert = desk.page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /“no-such-item”, the tag “no-such-tag”: left out/);
  await showsWhatNodeComputes(desk, profile, [{ tag, turn: 0.3 }]);
  await alert.getByRole("button", { name: "Dismiss" }).click();
  assert.is(await alert.count(), 0);
  const labels = site.session.atlas().map(({ label }) => label);
  const neuron = labels.findIndex((label) => label !== null);
  const number = labels.findLastIndex((label) => label !== labels[neuron]);
  const elsewhere = `${like}&mix=neuron:9999:0.5,neuron:${number}:0.4,concept:${encodeURIComponent(concepts[0])}:-0.5` +
    `&model=12345678&names=${number}:${encodeURIComponent(labels[neuron]!)}`;
  await desk.page.goto(desk.page.url().replace(/#.*/, elsewhere));
  await alert.waitFor();
  assert.match(await alert.innerText(), "made with another model. This model does not have neuron 9999: left out.");
  await showsWhatNodeComputes(desk, profile, [{ neuron, strength: 0.4 }, { concept: concepts[0], turn: -0.5 }]);
  await desk.page.goto(desk.page.url().replace(/#.*/, "#like=no-such-item"));
  await alert.filter({ hasText: "no-such-item" }).waitFor();
  await desk.chooseItem(names[0]);
  await showsWhatNodeComputes(desk, [profile[0]], []);
  await ends(desk);
});

inChromium("a year at a title's end stands apart, and is read with it", async () => {
  const dated = await DeskSite.open(chromium!, (model) => ({
    ...model, items: { ...model.items, titles: model.items.titles.map((title, i) => `${title} (${1950 + i % 70})`) },
  }));
  try {
    const { like } = example();
    const desk = await dated.visit(like);
    const { items } = dated.session.recommend(example().profile, 20);
    const title = desk.page.locator(".before .rows .title").first();
    assert.is(await title.textContent(), items[0].title);
    assert.is(await title.locator(".year").textContent(), /\(\d{4}\)$/.exec(items[0].title)![0]);
    await title.click();
    await desk.page.locator(".inspector h2 .year").waitFor();
    assert.is(await desk.page.locator(".inspector h2").textContent(), items[0].title);
    await ends(desk);
  } finally {
    await dated.close();
  }
});

inChromium("a sample that takes the place of one's own taste can be taken back", async () => {
  const { profile, like } = example();
  const desk = await site.visit(like);
  await desk.page.getByRole("group", { name: "Sample profiles" }).getByRole("button").nth(1).click();
  await showsWhatNodeComputes(desk, [...site.session.samples()[1].items], []);
  await desk.page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await showsWhatNodeComputes(desk, profile, []);
  await ends(desk);
});

inChromium("keys alone: search, turn, inspect, close; and what changed is said aloud", async () => {
  const { names } = example();
  const desk = await site.visit("#like=");
  const { page } = desk;
  const focused = (): ReturnType<typeof page.locator> => page.locator(":focus");
  await page.keyboard.press("/");
  await page.keyboard.type(names[0]);
  await page.locator("#item-suggestions [aria-selected=true]").waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".rows li >> visible=true").first().waitFor();
  const [largest] = site.session.inspectUser([example().profile[0]], 20).concepts.filter(({ concept }) => concept);
  while (await focused().getAttribute("type") !== "range") await page.keyboard.press("Tab");
  assert.match((await focused().getAttribute("aria-label"))!, `Position of ${largest.concept}`);
  await page.keyboard.press("Home");
  assert.is(await focused().getAttribute("aria-valuetext"), "−1.00");
  await page.locator("[aria-live=polite]", { hasText: "percent of the taste is kept" }).waitFor({ state: "attached" });
  while (!/title/.test(await focused().getAttribute("class") ?? "")) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator(".inspector h2:focus").waitFor();
  await page.keyboard.press("Escape");
  assert.match((await focused().getAttribute("class"))!, "title", "the focus is back where it was");
  assert.is(await page.locator(".why").count(), 0);
  await ends(desk);
});

inChromium("on a phone nothing overflows, nothing jumps, and every control has a name", async () => {
  // The strict policy forbids a test to evaluate in the page, so it is set aside here, and only here.
  const { profile, concepts, like } = example();
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
    const desk = await site.visit(like, { viewport, bypassCSP: true });
    const { page } = desk;
    await page.locator(".rows li >> visible=true").first().waitFor();
    await page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: "layout-shift" });
    });
    await desk.turn(`concept:${concepts[0]}`, 2);
    await showsWhatNodeComputes(desk, profile, [{ concept: concepts[0], turn: 0.1 }]);
    await desk.quiet();
    const found = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      shifts: (globalThis as unknown as { shifts: number[] }).shifts,
      unnamed: Array.from(document.querySelectorAll("button, input, select")).filter((node) =>
        node.checkVisibility() && !node.getAttribute("aria-label") && node.textContent.trim() === "" &&
        (node as HTMLInputElement).labels?.length === 0).map((node) => node.outerHTML),
    }));
    assert.is(found.overflow, 0, "nothing to scroll sideways");
    assert.equal(found.unnamed, []);
    const moved = found.shifts.reduce((sum, value) => sum + value, 0);
    assert.ok(moved < 0.25, `only rows change places: ${moved}`);
    await ends(desk);
  }
});

test.run();
