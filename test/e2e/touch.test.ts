/** The desk under fingers: what a scroll leaves alone, what closes what, and how large things to touch are. */
import type { CDPSession, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { en } from "../../src/desk/words/en.js";
import { withAwkwardNames } from "./awkward-names.js";
import { DeskSite, PHONE, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

async function phone(hash = ""): Promise<DeskPage> {
  const like = `#like=${[3, 30, 60].map((item) => site.session.model.items.ids[item]).join()}`;
  const desk = await site.visit(like + hash, {
    viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, bypassCSP: true,
  });
  await desk.page.locator(".before .rows li").nth(19).waitFor({ state: "attached" });
  return desk;
}

/** A finger that goes from one place to another. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const client: CDPSession = await page.context().newCDPSession(page);
  const at = (share: number): { x: number; y: number } =>
    ({ x: from[0] + share * (to[0] - from[0]), y: from[1] + share * (to[1] - from[1]) });
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at(0)] });
  for (let i = 1; i <= 10; i++) {
    await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [at(i / 10)] });
  }
  // A finger that rests before it leaves throws nothing: the page does not glide on.
  await page.waitForTimeout(150);
  await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [at(1)] });
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.waitForTimeout(300);
}

async function ends(desk: DeskPage): Promise<void> {
  assert.equal(desk.problems, [], "the console");
  await desk.close();
}

inChromium("a finger that scrolls over faders moves none; one that takes the cap does", async () => {
  const desk = await phone();
  const { page } = desk;
  const fader = page.locator(".strip input").first();
  const { x, y, width, height } = (await fader.boundingBox())!;
  const value = (): Promise<string> => fader.inputValue();
  await drag(page, [x + 0.85 * width, y + height / 2], [x + 0.8 * width, y + height / 2 - 150]);
  assert.is(await value(), "0", "scrolling");
  await page.waitForFunction(() => scrollY > 50);
  await page.evaluate(() => scrollTo(0, 0));
  await page.touchscreen.tap(x + 0.9 * width, y + height / 2);
  assert.is(await value(), "0", "a tap beside the cap");
  await drag(page, [x + width / 2, y + height / 2], [x + 0.8 * width, y + height / 2]);
  assert.ok(Number(await value()) > 0.3, `the cap was taken: ${await value()}`);
  const before = Number(await value());
  await page.locator(".mixer-opener").tap();
  await page.locator(".strip .step").nth(1).tap();
  assert.ok(Math.abs(Number(await value()) - before - 0.1) < 1e-9, "and a tap does as well");
  await ends(desk);
});

inChromium("Back closes what is open, one by one, and keeps the mix", async () => {
  const desk = await phone();
  const { page } = desk;
  const open = (): Promise<number> => page.locator(".inspector.open").count();
  await page.locator(".before .title").nth(2).tap();
  await page.locator(".inspector.open").waitFor();
  await page.goBack();
  await page.locator(".inspector.open").waitFor({ state: "detached" });
  await page.locator(".mixer-opener").tap();
  await page.locator(".mixer.open").waitFor();
  await page.keyboard.press("ArrowRight");
  assert.is(await page.locator(".strip input").first().inputValue(), "0.05");
  await page.goBack();
  await page.locator(".mixer.open").waitFor({ state: "detached" });
  assert.is(await page.locator(".strip input").first().inputValue(), "0.05", "the mix stays");
  await page.getByRole("button", { name: "Atlas" }).tap();
  await page.locator(".atlas tbody .title").first().tap();
  await page.locator(".neuron-card, .inspector.open").first().waitFor();
  await page.goBack();
  assert.is(await open(), 0);
  assert.ok(await page.locator(".atlas").isVisible());
  await page.goBack();
  assert.ok(await page.locator(".lists").isVisible());
  await ends(desk);
});

inChromium("a card and the mixer close by a tap outside and by pulling the head down", async () => {
  const desk = await phone();
  const { page } = desk;
  for (const [opener, panel, head] of [
    [".before .title >> nth=1", ".inspector", ".inspector-head"], [".mixer-opener", ".mixer", ".mixer > header"],
  ]) {
    const opened = page.locator(`${panel}.open`);
    await page.locator(opener).tap();
    await opened.waitFor();
    await page.touchscreen.tap(3, 180);
    await opened.waitFor({ state: "detached" });
    await page.locator(opener).tap();
    await opened.waitFor();
    const { x, y, width } = (await page.locator(head).boundingBox())!;
    await drag(page, [x + 0.7 * width, y + 20], [x + 0.7 * width, y + 45]);
    assert.is(await opened.count(), 1, "a little is not enough");
    await drag(page, [x + 0.7 * width, y + 20], [x + 0.7 * width, y + 160]);
    await opened.waitFor({ state: "detached" });
  }
  await ends(desk);
});

/** What can be pressed and is smaller than this, in pixels. Links within a sentence may be. */
function smallTargets(page: Page, leastWidth: number, leastHeight: number): Promise<string[]> {
  const pressed = "button, input, select, textarea, summary, [role=option]";
  return page.evaluate(([selector, w, h]) => Array.from(document.querySelectorAll(selector))
    .filter((node) => node.checkVisibility() && !node.closest(".skip, svg"))
    .flatMap((node) => {
      const { width, height } = node.getBoundingClientRect();
      return width < w || height < h ? [`${node.className} "${node.textContent}" ${width} × ${height}`] : [];
    }), [pressed, leastWidth, leastHeight] as const);
}

interface View {
  /** What is added to the address of a mix. */
  readonly hash: string;
  /** What is pressed there, and what then shows: by selectors. */
  readonly press?: string;
  readonly shows: string;
}

/** Cards, menus and dialogs. Every neuron's and concept's card: which of them comes first is left to training. */
function viewsOf({ session, session: { model } }: DeskSite): View[] {
  const name = encodeURIComponent;
  return [
    ...session.atlas().filter(({ alive }) => alive).map(({ neuron }) =>
      ({ hash: `&neuron=${neuron}`, shows: `.inspector-head:has-text("${en.card.neuron(neuron)}")` })),
    ...session.concepts().map((concept) =>
      ({ hash: `&concept=${name(concept.name)}`, shows: `.inspector-head h2:text-is("${concept.name}")` })),
    { hash: `&tag=${name(model.tags!.names[1])}`, shows: ".tag-card" },
    { hash: `&never=${model.items.ids[9]}`, press: ".left-out summary", shows: ".left-out li" },
    { hash: "&view=atlas", shows: ".atlas tbody tr >> nth=1" },
    { hash: "&view=desk", press: ".rows >> .opinions >> visible=true >> nth=1", shows: ".item-menu button >> nth=1" },
    { hash: "", press: "text=Browse >> visible=true", shows: ".browse-rows .effect >> nth=1" },
  ];
}

/** Whatever can be pressed on every view of the desk. */
async function targetsAreLarge(on: DeskSite, touch: boolean): Promise<void> {
  const { session: { model } } = on;
  const mixed = `#like=${[3, 30, 60].map((item) => model.items.ids[item]).join()}` +
    `&mix=tag:${encodeURIComponent(model.tags!.names[1])}:0.5`;
  const desk = await on.visitStill(mixed, touch ? { viewport: PHONE, hasTouch: true, isMobile: true } : {});
  const { page } = desk;
  await page.locator(".after .rows li").first().waitFor();
  const check = async (where: string): Promise<void> => assert.equal(
    await smallTargets(page, 24, touch ? 44 - 0.5 : 24),
    [], `${where}, ${touch ? "fingers" : "mouse"}`);
  await check("the desk");
  if (touch) {
    await page.locator(".mixer-opener").tap();
    await check("the mixer's sheet");
    await page.locator(".mixer-opener").tap();
  }
  await page.locator(".after .title").nth(1).click();
  await page.locator(".why").waitFor();
  await check("why");
  await page.locator("#item-search").fill("a");
  await page.locator("#item-suggestions [role=option]").nth(1).waitFor();
  await check("what a search suggests");
  for (const { hash, press, shows } of viewsOf(on)) {
    await page.goto(page.url().replace(/#.*/, mixed + hash));
    if (press) await page.locator(press).first().click();
    await page.locator(shows).first().waitFor();
    await check(hash + (press ?? ""));
    if (press) await page.keyboard.press("Escape");
  }
  await ends(desk);
}

inChromium("targets are 24 px large, 44 high under fingers", async () => {
  const awkward = await DeskSite.open(chromium!, withAwkwardNames);
  try {
    for (const on of [site, awkward]) for (const touch of [false, true]) await targetsAreLarge(on, touch);
  } finally {
    await awkward.close();
  }
});

inChromium("a tap near a point of the atlas finds it", async () => {
  const desk = await phone("&view=atlas");
  const { page } = desk;
  const centre = await page.evaluate(() => {
    const circles = Array.from(document.querySelectorAll(".map circle"), (node) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      return { neuron: node.getAttribute("data-neuron")!, x: left + width / 2, y: top + height / 2 };
    });
    const lonely = circles.map((one) => ({
      ...one,
      gap: Math.min(...circles.filter((other) => other !== one).map(({ x, y }) => Math.hypot(x - one.x, y - one.y))),
    })).filter(({ x, y }) => document.elementFromPoint(x + 11, y + 3)?.closest(".map"));
    return lonely.sort((a, b) => b.gap - a.gap)[0];
  });
  assert.ok(centre.gap > 24);
  await page.touchscreen.tap(centre.x + 11, centre.y + 3);
  await desk.settled(`neuron=${centre.neuron}`);
  await ends(desk);
});

test.run();
