/**
 * What makes the desk worth trusting: it says whether a fader worked, why a title is there in words, what each tag
 * would do before it is turned, and when a budget is spent. Skipped aloud without Chromium.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { en } from "../../src/desk/words/en.js";
import { reasonsOf } from "../../src/desk/state/score-parts.js";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

const profile = (): string[] => [3, 30, 60].map((item) => site.session.model.items.ids[item]);
/** A tag that few of a taste's untouched list have. */
const tag = (likes: readonly string[] = profile()): string => {
  const { items } = site.session.recommend(likes, 20);
  const has = (name: string): number => {
    const carriers = new Set(site.session.carriers({ tag: name }));
    return items.filter(({ item }) => carriers.has(item)).length;
  };
  return [...site.session.model.tags!.names].sort((a, b) => has(a) - has(b))[0];
};

async function ends(desk: DeskPage): Promise<void> {
  assert.equal(desk.problems, [], "the console");
  await desk.close();
}

inChromium("a fader says what it did, and the rows that have the tag are marked", async () => {
  const name = tag();
  const desk = await site.visit(`#like=${profile().join()}`);
  await desk.addTag(name);
  await desk.turn(`tag:${name}`, 10);
  const { before, after } = site.session.steer(profile(), [{ tag: name, turn: 0.5 }], 20);
  await desk.waitForList(after.map(({ title }) => title));
  const carriers = new Set(site.session.carriers({ tag: name }));
  const marked = after.filter(({ item }) => carriers.has(item));
  const effect = `${before.filter(({ item }) => carriers.has(item)).length} → ${marked.length} of 20`;
  await desk.page.locator(`[data-key="tag:${name}"] small`, { hasText: effect }).waitFor();
  assert.ok(marked.length > 0);
  assert.equal(await desk.page.locator(".after li:has(.dot.on) .title").allTextContents(),
    marked.map(({ title }) => title));
  assert.match((await desk.page.locator(".after li:has(.dot.on) .unseen").first().textContent())!, `has ${name}`);
  await ends(desk);
});

inChromium("why is said in words first, and never over a title that is not in the list", async () => {
  const name = tag();
  const knobs = [{ tag: name, turn: 0.4 }];
  const { after, places } = site.session.steer(profile(), knobs, 20);
  const user = site.session.inspectUser(profile());
  // One far down for which something speaks: which it is, training decides.
  const row = [...after.keys()].reverse().find((i) =>
    reasonsOf(site.session.explain(profile(), after[i].id, knobs), user).length > 0)!;
  const desk = await site.visit(`#like=${profile().join()}&mix=tag:${encodeURIComponent(name)}:0.4`);
  const { page } = desk;
  await page.locator(".after .title").nth(row).click();
  await page.locator(".inspector h2", { hasText: after[row].title }).waitFor();
  assert.is(await page.locator(".inspector .kicker").innerText(), "Why it is in your list");
  const words = await page.locator(".why-words").innerText();
  const [reason] = reasonsOf(site.session.explain(profile(), after[row].id, knobs), user);
  const place = en.ordinal(row + 1);
  assert.match(words, places[row] === row + 1 ? `${place} of 20, as before turning.`
    : `${place} of 20; ${en.ordinal(places[row])} before turning.`);
  assert.match(words, `Mostly because you like ${reason}`);

  await page.locator(".likes .title").first().click();
  await page.locator(".kicker", { hasText: "In your taste" }).waitFor();
  assert.match(await page.locator(".why-words").innerText(), "no list recommends it");
  const listed = new Set([...after.map(({ id }) => id), ...profile()]);
  const outside = site.session.model.items.ids.find((id) => !listed.has(id))!;
  await page.goto(page.url().replace(/why=[^&]*/, `why=${outside}`));
  await page.locator(".kicker", { hasText: "Not in your list" }).waitFor();
  assert.match(await page.locator(".why-words").innerText(), "It is not among the 20.");
  await ends(desk);
});

inChromium("all tags can be browsed with what each would do; one choice puts it on the desk, halfway up", async () => {
  const desk = await site.visit(`#like=${profile().join()}`);
  const { page } = desk;
  await page.getByRole("button", { name: "Browse" }).click();
  const rows = page.locator(".browse-rows button");
  const tags = site.session.searchTags("", 60);
  await page.locator(".browse-rows li").nth(tags.length - 1).locator(".effect", { hasText: "of 20" }).waitFor();
  assert.equal(await rows.locator("b").allTextContents(), tags.map((one) => one.tag));
  const { before, after } = site.session.steer(profile(), [{ tag: tags[0].tag, turn: 0.5 }], 20);
  const carriers = new Set(site.session.carriers({ tag: tags[0].tag }));
  const [now, then] = [before, after].map((list) => list.filter(({ item }) => carriers.has(item)).length);
  assert.is(await rows.first().locator(".effect").innerText(), `${now} → ${then} of 20`);
  await page.getByLabel("Narrow the list down").fill(tags[0].tag);
  const narrowed = site.session.searchTags(tags[0].tag, 60).length;
  await page.waitForFunction((n) => document.querySelectorAll(".browse-rows li").length === n, narrowed);
  await rows.first().click();
  await desk.waitForList(after.map(({ title }) => title));
  assert.equal(await desk.titles("after"), after.map(({ title }) => title));
  assert.is(await page.locator(":focus").inputValue(), "0.5");
  await ends(desk);
});

inChromium("a second neuron that finds nothing left to move is said to", async () => {
  const [one, two] = site.session.inspectUser(profile()).neurons.map(({ neuron }) => neuron);
  const desk = await site.visit(`#like=${profile().join()}&mix=neuron:${one}:0.9,neuron:${two}:0`);
  await desk.turn(`neuron:${two}`, 5);
  assert.is(await desk.fader(`neuron:${two}`).inputValue(), "0.1");
  await desk.page.getByText("it is spent: turn one down").waitFor();
  await ends(desk);
});

inChromium("from nothing to a list with more of a tag that still knows the person: at most six inputs", async () => {
  const { items } = site.session.samples()[0];
  const name = tag(items);
  for (const phone of [false, true]) {
    const size = phone ? { width: 390, height: 844 } : { width: 1440, height: 900 };
    const desk = await site.visit("#like=", { viewport: size, ...phone ? { hasTouch: true, isMobile: true } : {} });
    const { page } = desk;
    let inputs = 0;
    const press = async (part: ReturnType<typeof page.locator>): Promise<void> => {
      inputs++;
      await (phone ? part.tap() : part.click());
    };
    const sample = page.getByRole("group", { name: "Sample profiles" }).getByRole("button").first();
    await press(sample);
    await press(page.getByRole("button", { name: "Browse" }));
    inputs++;
    await page.getByLabel("Narrow the list down").fill(name);
    await press(page.locator(".browse-rows button", { hasText: name }).first());
    const { before, after, kept } = site.session.steer(items, [{ tag: name, turn: 0.5 }], 20);
    await desk.waitForList(after.map(({ title }) => title));
    const carriers = new Set(site.session.carriers({ tag: name }));
    const has = (list: typeof after): number => list.filter(({ item }) => carriers.has(item)).length;
    assert.ok(inputs <= 6 && has(after) > has(before) && kept > 0.25, JSON.stringify([inputs, has(after), kept]));
    assert.is(await page.locator(".after li:has(.dot.on)").count(), has(after));
    await ends(desk);
  }
});

inChromium("pages have titles and a description; a model that does not load can be tried again", async () => {
  const desk = await site.visit("");
  const { page } = desk;
  assert.match(await page.title(), /^Desk: ELSA on .+ · unknot$/);
  assert.match((await page.locator('meta[name="description"]').getAttribute("content"))!, "mixing desk");
  await page.getByRole("button", { name: "Atlas" }).click();
  assert.match(await page.title(), /^Atlas: /);
  await ends(desk);

  const broken = await site.visit("", { serviceWorkers: "block" });
  let fails = true;
  await broken.page.route("**/weights.safetensors", (route) => (fails ? route.abort() : route.continue()));
  await broken.page.reload();
  await broken.page.getByRole("alert").filter({ hasText: "cannot start" }).waitFor();
  fails = false;
  await broken.page.getByRole("button", { name: "Try again" }).click();
  await broken.page.locator(".rows li").first().waitFor({ state: "attached" });
  await broken.close();
});

test.run();
