/** The first list before the model, on a service and on a static host whose weights do not come; and items' pages. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Browser, Page } from "playwright-core";
import { openServiceOn } from "../../src/serve/open-service.js";
import { startServer, type RunningServer } from "../../src/serve/server.js";
import type { Service } from "../../src/serve/service.js";
import { chromiumAtHand, complaintsOf, launchChromium } from "../browser/browser-at-hand.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;
const links = { link: "https://shop.invalid/{id}?t={title}", image: "https://pictures.invalid/{id}.jpg" };
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=", "base64");

let [service, server, browser] = [] as unknown as [Service, RunningServer, Browser];
test.before(async () => {
  if (!chromium) return;
  service = await openServiceOn(await tinyModel(), { desk: "f32", links });
  server = await startServer(service, { host: "127.0.0.1", port: 0 });
  browser = await launchChromium(chromium);
});
test.after(async () => {
  if (!chromium) return;
  await browser.close();
  await server.stop();
  service.model.session.close();
});

/** A page whose weights come when they are let. */
async function held(): Promise<{ page: Page; problems: string[]; asked: string[]; letGo: () => void }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  let letGo: () => void = () => {};
  const gate = new Promise<void>((resolve) => { letGo = resolve; });
  const asked: string[] = [];
  page.on("request", (request) => { if (request.method() === "POST") asked.push(new URL(request.url()).pathname); });
  await context.route("**/weights.safetensors", async (route) => { await gate; await route.continue(); });
  await context.route("https://pictures.invalid/**", (route) =>
    route.fulfill({ contentType: "image/gif", body: PIXEL }));
  const problems = complaintsOf(page, ["error", "warning"]);
  await page.goto(server.url);
  return { page, problems, asked, letGo };
}

inChromium("a list stands and can be turned before the model has come; then the page computes by itself", async () => {
  const { page, problems, asked, letGo } = await held();
  const { session } = service.model;
  const profile = session.samples()[0].items;
  await page.locator(".before .rows .title").first().waitFor();
  const titles = session.steer(profile, [], 20).after.map(({ title }) => title);
  assert.equal(await page.locator(".before .rows .title").allTextContents(), titles);
  assert.equal(asked, [], "nothing had to be asked");
  assert.ok(await page.locator(".loading.beside").isVisible());
  const fader = page.locator(".mixer input[type=range]").first();
  await fader.press("PageUp");
  await page.waitForFunction(() => document.querySelector(".after .change")?.textContent !== undefined &&
    !document.querySelector(".lists")!.classList.contains("still"));
  assert.ok(asked.includes("/steer"));
  letGo();
  await page.locator(".loading-place").waitFor({ state: "detached" });
  const before = asked.length;
  await fader.press("PageUp");
  await page.waitForTimeout(300);
  assert.is(asked.length, before, "from now on nothing is asked");
  assert.equal(problems, []);
  await page.context().close();
});

inChromium("items have pictures and a page by templates, under a policy that allows just them", async () => {
  const { page, problems, letGo } = await held();
  letGo();
  const title = page.locator(".before .rows .title").first();
  await title.waitFor();
  const { session } = service.model;
  const [{ id }] = session.steer(session.samples()[0].items, [], 20).after;
  const thumb = page.locator(".before .rows .thumb").first();
  assert.is(await thumb.getAttribute("src"), `https://pictures.invalid/${encodeURIComponent(id)}.jpg`);
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".before .thumb")!.naturalWidth > 0);
  await title.click();
  const link = page.locator(".item-page a");
  await link.waitFor();
  assert.match(await link.getAttribute("href") ?? "", `https://shop.invalid/${encodeURIComponent(id)}?t=`);
  assert.is(await link.getAttribute("rel"), "noopener noreferrer");
  const blocked = await page.evaluate(() => new Promise<boolean>((resolve) => {
    const other = new Image();
    other.onerror = () => resolve(true);
    other.onload = () => resolve(false);
    other.src = "https://elsewhere.invalid/1.jpg";
  }));
  assert.ok(blocked);
  assert.equal(problems.filter((text) => !text.includes("elsewhere.invalid")), []);
  await page.context().close();
});

test.run();
