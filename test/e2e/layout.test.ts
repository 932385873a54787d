/**
 * The desk at every size of window, and zoomed in (a browser's zoom is a smaller window): nothing hides the list,
 * nothing scrolls sideways, and what is looked at stays in reach. Skipped aloud without Chromium.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite, type DeskPage } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

/** The most that what stays on the screen may take of it (WCAG 1.4.10 in spirit). */
const BAR = 56;

function example(): { like: string; concepts: string[]; tag: string } {
  const { model } = site.session;
  const profile = [3, 30, 60].map((item) => model.items.ids[item]);
  const concepts = site.session.inspectUser(profile, 20).concepts.flatMap(({ concept }) => concept ?? []);
  return { like: `#like=${profile.join()}`, concepts, tag: model.tags!.names[1] };
}

/** The strict policy forbids a test to evaluate in the page, so it is set aside. */
async function open(width: number, height: number, mix = "", touch = false): Promise<DeskPage> {
  const desk = await site.visit(example().like + mix, {
    viewport: { width, height }, bypassCSP: true, reducedMotion: "reduce",
    ...touch ? { hasTouch: true, isMobile: true } : {},
  });
  await desk.page.locator(".rows li").first().waitFor({ state: "attached" });
  return desk;
}

const top = async (desk: DeskPage, selector: string): Promise<number> =>
  (await desk.page.locator(selector).first().boundingBox())!.y;

async function ends(desk: DeskPage): Promise<void> {
  assert.equal(desk.problems, [], "the console");
  await desk.close();
}

inChromium("the list begins high on the page", async () => {
  const wide = await open(1440, 900);
  assert.ok(await top(wide, ".lists") <= 300, `at 1440: ${await top(wide, ".lists")}`);
  await ends(wide);
  const phone = await open(390, 844, "", true);
  const row = await top(phone, ".before .rows li");
  assert.ok(row <= 420, `on a phone: ${row}`);
  await ends(phone);
});

inChromium("one list while nothing is turned, two from then on, and nothing jumps", async () => {
  const { tag } = example();
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    const desk = await open(width, height);
    const shown = (side: string): Promise<boolean> => desk.page.locator(`.${side} .rows`).isVisible();
    assert.equal([await shown("before"), await shown("after")], [true, false]);
    const row = await top(desk, ".before .rows li");
    const turned = `${example().like}&mix=tag:${encodeURIComponent(tag)}:0.5`;
    await desk.page.goto(desk.page.url().replace(/#.*/, turned));
    await desk.page.locator(".after .rows").waitFor();
    assert.equal(await shown("before"), width > 704);
    assert.is(await top(desk, ".after .rows li"), row);
    await ends(desk);
  }
});

inChromium("nothing hides the list or scrolls sideways, at any size and zoom", async () => {
  const { tag } = example();
  const mix = `&mix=tag:${encodeURIComponent(tag)}:0.5`;
  // The last four: 1440 × 900 at 200 and 400 %, 1280 × 1024 at 400 %, a phone on its side.
  for (const [width, height] of [
    [1440, 900], [1024, 768], [768, 1024], [390, 844], [320, 640], [720, 450], [360, 225], [320, 256], [844, 390],
  ]) {
    const desk = await open(width, height, mix);
    const { page } = desk;
    await page.locator(".after .rows li").nth(19).waitFor();
    const seen = await page.evaluate(() => {
      const rows = Array.from(document.querySelectorAll(".after .rows li"));
      // As the focus would be brought into view: below what stays.
      rows[5].querySelector(".title")!.scrollIntoView({ block: "start" });
      const visible = rows.filter((row) => {
        const { left, top: y, height: h } = row.getBoundingClientRect();
        return row.contains(document.elementFromPoint(left + 20, y + h / 2));
      });
      const { clientWidth, scrollWidth } = document.documentElement;
      return { rows: visible.length, row: rows[5].getBoundingClientRect().height, overflow: scrollWidth - clientWidth };
    });
    assert.is(seen.overflow, 0, `${width} × ${height} scrolls sideways`);
    const room = height >= 640 && width > 864 ? height - 260 : height - BAR;
    const least = Math.min(14, Math.floor(room / seen.row) - 1);
    assert.ok(seen.rows >= least, `${width} × ${height}: ${seen.rows} rows in sight, of ${least}`);
    await ends(desk);
  }
});

inChromium("nothing lies over the heading of the lists", async () => {
  const { tag } = example();
  for (const width of [1024, 1217, 1280, 1440, 1505, 1920]) {
    for (const mix of ["", `&mix=tag:${encodeURIComponent(tag)}:0.5`]) {
      const desk = await open(width, 800, mix);
      const box = async (selector: string): Promise<{ x: number; y: number; width: number; height: number }> =>
        (await desk.page.locator(selector).boundingBox())!;
      // The name of the list before stands beside the heading, once there are two.
      const [heading, before] = [await box("#lists-heading"), await box(".lists > header h3 >> nth=0")];
      const tools = await box(".list-tools > :first-child");
      const right = mix === "" ? heading.x + heading.width : before.x + before.width;
      const apart = tools.x >= right || tools.y >= heading.y + heading.height;
      assert.ok(apart, `${width}${mix}: the heading ends at ${right}, the tools begin at ${tools.x}`);
      await ends(desk);
    }
  }
});

inChromium("a wish that is understood in part fits a narrow window", async () => {
  const desk = await open(320, 640);
  await desk.page.locator("#tag-search").fill(`more ${example().tag}, and a pony with wings`);
  await desk.page.locator("#tag-suggestions [role=option]").first().waitFor();
  const { scrollWidth, clientWidth } = await desk.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.is(scrollWidth, clientWidth);
  await ends(desk);
});

inChromium("the bar names what is turned, is 56 px high at most, and opens the mixer above it", async () => {
  const { tag } = example();
  for (const [width, height] of [[390, 844], [844, 390], [320, 256]]) {
    const desk = await open(width, height, `&mix=tag:${encodeURIComponent(tag)}:0.5`);
    const { page } = desk;
    const bar = (await page.locator(".mixer-bar").boundingBox())!;
    assert.ok(bar.height <= BAR && bar.y + bar.height <= height + 0.5, JSON.stringify(bar));
    const opener = page.locator(".mixer-opener");
    assert.match(await opener.innerText(), `${tag} +0.50`);
    await opener.click();
    assert.is(await opener.getAttribute("aria-expanded"), "true");
    const sheet = (await page.locator(".mixer").boundingBox())!;
    assert.ok(sheet.y >= 0.15 * height && sheet.y + sheet.height <= bar.y + 0.5, JSON.stringify(sheet));
    assert.is(await page.locator(":focus").getAttribute("type"), "range", "the first fader has the focus");
    await page.keyboard.press("Escape");
    assert.is(await opener.getAttribute("aria-expanded"), "false");
    assert.match((await page.locator(":focus").getAttribute("class"))!, "mixer-opener");
    await ends(desk);
  }
});

inChromium("at 1024 a card leaves both lists free; at 1440 its head stays in reach", async () => {
  const desk = await open(1024, 768, `&mix=tag:${encodeURIComponent(example().tag)}:0.5`);
  await desk.page.locator(".after .title").nth(3).click();
  await desk.page.locator(".inspector.open").waitFor();
  const box = async (selector: string): Promise<{ x: number; width: number }> =>
    (await desk.page.locator(selector).boundingBox())!;
  const [card, lists] = [await box(".inspector"), await box(".lists")];
  assert.ok(card.x + card.width <= lists.x, `the card ends at ${card.x + card.width}, the lists begin at ${lists.x}`);
  await ends(desk);

  const wide = await open(1440, 900);
  await wide.page.locator(".before .title").nth(3).click();
  await wide.page.locator(".inspector.open").waitFor();
  await wide.page.evaluate(() => {
    const content = document.querySelector(".inspector .content")!;
    content.scrollTop = content.scrollHeight;
    scrollTo(0, document.documentElement.scrollHeight);
  });
  const close = wide.page.locator(".inspector .close");
  const { y } = (await close.boundingBox())!;
  assert.ok(y >= 0 && y < 900, `at ${y}`);
  await close.click();
  assert.is(await wide.page.locator(".inspector.open").count(), 0);
  await ends(wide);
});

inChromium("a long name pushes nothing and is there in full", async () => {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    const desk = await open(width, height);
    const found = await desk.page.evaluate(() => {
      const places = (): string => Array.from(document.querySelectorAll(".strip .fader"), (fader) => {
        const { top: y, height: h } = fader.getBoundingClientRect();
        return `${y} ${h}`;
      }).join();
      const before = places();
      const name = document.querySelector(".strip .name")!;
      name.textContent = "like A Town of Rather Too Many Long Words, Another Unpronounceable Title ".repeat(2);
      return { before, after: places() };
    });
    assert.is(found.after, found.before);
    const titles = await desk.page.locator(".strip-name").evaluateAll((nodes) =>
      nodes.map((node) => node.getAttribute("title")));
    for (const [i, concept] of example().concepts.slice(0, titles.length).entries()) assert.match(titles[i]!, concept);
    await ends(desk);
  }
});

inChromium("how it works is told at every width", async () => {
  for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [320, 256]]) {
    const desk = await open(width, height);
    await desk.page.getByRole("button", { name: "How this works" }).click();
    const dialog = desk.page.getByRole("dialog", { name: "How this works" });
    await dialog.waitFor();
    assert.match(await dialog.innerText(), "half of the list is new");
    await dialog.getByRole("button", { name: "Close" }).click();
    await ends(desk);
  }
});

test.run();
