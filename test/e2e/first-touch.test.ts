/** A first visit, what is said of titles, kept mixes, comparing, and taking along, in Chromium. Skipped without it. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite, PHONE, WIDE, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

async function ends(desk: DeskPage): Promise<void> {
  assert.equal(desk.problems, [], "the console");
  await desk.close();
}

const listOf = (profile: Parameters<typeof site.session.recommend>[0], never: readonly string[] = []): string[] =>
  site.session.recommend(profile, { n: 20, except: { ids: never } }).items.map(({ title }) => title);

/** Ids of what is in the taste, as the address has it as soon as there are so many: it follows a little later. */
async function likes({ page }: DeskPage, count = 3): Promise<string[]> {
  const ids = (url: URL): string[] => (/like=([^&]*)/.exec(url.hash)?.[1] ?? "").split(",").filter((id) => id !== "");
  await page.waitForURL((url) => ids(url).length === count);
  return ids(new URL(page.url()));
}

/** Whether the page is no wider than its window. */
function fits(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
}

inChromium("from a first visit to a turned list in six inputs, on a desktop and on phones", async () => {
  for (const viewport of [WIDE, PHONE, { width: 320, height: 640 }]) {
    const touch = viewport.width < 400;
    const desk = await site.visitFirst({ viewport, ...touch ? { hasTouch: true, isMobile: true } : {} });
    const { page } = desk;
    const tiles = page.locator(".tile");
    await tiles.nth(15).waitFor();
    assert.ok(await fits(page), `${viewport.width}`);
    let inputs = 0;
    for (const i of [0, 4, 9]) {
      inputs++;
      await (touch ? tiles.nth(i).tap() : tiles.nth(i).click());
    }
    const profile = await likes(desk);
    inputs++;
    await page.getByRole("button", { name: "Go on" }).click();
    const strip = page.locator(".strip.prompted");
    await strip.waitFor();
    const name = await strip.locator(".name").innerText();
    assert.match(await page.locator(".says").innerText(), name);
    assert.ok(await strip.locator("input").evaluate((node) => node === document.activeElement));
    for (; inputs < 6; inputs++) await page.keyboard.press("PageUp");
    await page.getByText("That is all there is to it").waitFor();
    const { before, after, kept } = site.session.steer(profile, [{ concept: name, turn: 0.4 }], 20);
    await desk.waitForList(after.map(({ title }) => title));
    assert.equal(await desk.titles("after"), after.map(({ title }) => title));
    assert.ok(kept > 0.25 && before.some(({ item }, i) => item !== after[i].item), `kept ${kept}`);
    await page.getByRole("button", { name: "Done" }).click();
    await page.reload();
    await page.locator("#main").waitFor();
    assert.not(await page.locator(".first-run").isVisible(), "it is not shown twice");
    await ends(desk);
  }
});

inChromium("the grid goes by keyboard, stops at five, can be skipped and reached again", async () => {
  const desk = await site.visitFirst();
  const { page } = desk;
  await page.locator(".tile").nth(15).waitFor();
  await page.locator(".tile").first().focus();
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
  }
  assert.is(await page.locator('.tile[aria-pressed="true"]').count(), 5);
  await likes(desk, 5);
  await page.getByRole("button", { name: "Skip", exact: true }).click();
  assert.not(await page.locator(".first-run").isVisible());
  await page.getByRole("button", { name: "How this works" }).click();
  await page.getByRole("button", { name: "Pick from titles" }).click();
  await page.locator('.tile[aria-pressed="true"]').nth(4).waitFor();
  await ends(desk);
});

inChromium("less like this, never show and more like this change the list, can be undone, and are seen", async () => {
  const { like } = site.example();
  const desk = await site.visit(like);
  const { page } = desk;
  const profile = await likes(desk);
  const list = listOf(profile);
  const ids = site.session.recommend(profile, 20).items.map(({ id }) => id);
  const shows = async (expected: readonly string[]): Promise<void> => {
    for (let i = 0; i < 100 && (await desk.titles("before")).join() !== expected.join(); i++) {
      await page.waitForTimeout(50);
    }
    assert.equal(await desk.titles("before"), expected);
  };
  const say = async (row: number, what: string): Promise<void> => {
    await page.locator(".before .rows .title").nth(row).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: what }).press("Enter");
  };
  await shows(list);
  await say(2, "Never show");
  await shows(listOf(profile, [ids[2]]));
  assert.is(await page.locator(".rows .opinions:focus").count(), 1, "the focus stays in the list");
  await desk.settled("never=");
  await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await shows(list);
  await say(1, "Less like this");
  await shows(listOf({ items: profile, dislikes: [ids[1]] }));
  await desk.settled("less=");
  await page.reload();
  await page.getByText("Held against: 1 title").click();
  await page.locator(".left-out li .title", { hasText: list[1] }).waitFor();
  await page.getByRole("button", { name: "Empty" }).click();
  await shows(list);
  await say(0, "More like this");
  await shows(listOf([...profile, ids[0]]));
  await page.keyboard.press("Control+z");
  await shows(list);
  await ends(desk);
});

inChromium("a mix is kept, renamed, put on another taste and deleted; two settings; holding compares", async () => {
  const { like, tag } = site.example();
  const desk = await site.visit(`${like}&mix=tag:${encodeURIComponent(tag)}:0.5`);
  const { page } = desk;
  const profile = await likes(desk);
  const open = (): Promise<void> => page.getByRole("button", { name: "Mixes", exact: true }).click();
  const turned = site.session.steer(profile, [{ tag, turn: 0.5 }], 20);
  const [before, after] = [turned.before, turned.after].map((items) => items.map(({ title }) => title));
  await desk.waitForList(after);
  await open();
  await page.getByLabel("Name of the mix").fill("evening");
  await page.getByRole("button", { name: "Keep this mix" }).click();
  await page.getByLabel("Another name for evening").fill("night");
  await page.getByLabel("Another name for evening").press("Tab");
  await page.getByRole("button", { name: "Put on the desk: night" }).waitFor();
  await page.keyboard.press("Escape");

  const hold = page.getByRole("button", { name: "Compare" });
  await hold.focus();
  await page.keyboard.down("Space");
  await page.getByRole("heading", { name: "Nothing turned" }).waitFor();
  assert.equal(await desk.titles("after"), before);
  await page.keyboard.up("Space");
  await desk.waitForList(after);
  await page.getByRole("button", { name: "Setting B" }).click();
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("button", { name: "Setting A" }).click();
  await desk.waitForList(after);
  await page.getByRole("button", { name: "Setting B" }).click();
  const box = (await hold.boundingBox())!;
  await page.mouse.move(box.x + 9, box.y + 9);
  await page.mouse.down();
  await desk.waitForList(after);
  assert.equal(await desk.titles("after"), after);
  await page.mouse.up();

  await page.reload();
  await open();
  await page.getByRole("button", { name: "Put on the desk: night" }).click();
  await desk.waitForList(after);
  assert.equal(await desk.titles("after"), after);
  await open();
  await page.getByRole("button", { name: "Delete night" }).click();
  await page.getByText("“night” is deleted.").waitFor();
  assert.is(await page.evaluate(() => localStorage.getItem("unknot-mixes")), "[]");
  await ends(desk);
});

inChromium("a built-in mix turns the themes that it names, and is one step of undo", async () => {
  const { like, concepts } = site.example();
  const desk = await site.visit(like);
  const { page } = desk;
  const profile = await likes(desk);
  await page.locator(".before .rows li").first().waitFor();
  await page.getByRole("button", { name: "Mixes", exact: true }).click();
  const first = page.locator(".built-in li").first();
  assert.match(await first.innerText(), concepts[0]);
  await first.getByRole("button").click();
  const { after } = site.session.steer(profile, [{ concept: concepts[0], turn: 0.4 }], 20);
  await desk.waitForList(after.map(({ title }) => title));
  assert.equal(await desk.titles("after"), after.map(({ title }) => title));
  assert.is(await desk.fader(`concept:${concepts[0]}`).inputValue(), "0.4");
  await page.keyboard.press("Control+z");
  assert.is(await desk.fader(`concept:${concepts[0]}`).inputValue(), "0");
  await ends(desk);
});

inChromium("a mix of another model says what this one does not have", async () => {
  const { like } = site.example();
  const desk = await site.visit(like);
  await desk.page.evaluate(() => localStorage.setItem("unknot-mixes",
    JSON.stringify([{ name: "old", link: "mix=tag:no-such-tag:0.5&model=other" }])));
  await desk.page.getByRole("button", { name: "Mixes", exact: true }).click();
  await desk.page.getByRole("button", { name: "Put on the desk: old" }).click();
  await desk.page.getByText("This model does not have the tag “no-such-tag”").waitFor();
  await ends(desk);
});

inChromium("the list is saved as CSV and as a picture without a request", async () => {
  const { like } = site.example();
  const desk = await site.visit(like, { acceptDownloads: true });
  const { page } = desk;
  const { items } = site.session.recommend(await likes(desk), 20);
  const requests: string[] = [];
  page.on("request", (request) => { if (!request.url().startsWith("blob:")) requests.push(request.url()); });
  await page.getByRole("button", { name: "Save" }).click();
  const save = async (name: string): Promise<Buffer> => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFileSync(await download.path());
  };
  const lines = (await save("Download CSV")).toString("utf8").split("\r\n");
  assert.is(lines[0], "\ufeffrank,title,id,score");
  assert.is(lines.length, items.length + 2);
  const picture = await save("Download picture");
  assert.is(picture.toString("latin1", 1, 4), "PNG");
  assert.equal([picture.readUInt32BE(16), picture.readUInt32BE(20)], [1080, 1350]);
  assert.equal(requests, []);
  await ends(desk);
});

test.run();
