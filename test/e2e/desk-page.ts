/**
 * The desk in a real browser, for tests: a small model as a static host would have it, served under the strict policy,
 * and a page on it with the moves that a person makes. What the page should show is asked of the library in Node.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openSession } from "../../src/session/open-session.js";
import type { Session } from "../../src/session/session.js";
import type { Model } from "../../src/model-folder/model.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { complaintsOf, launchChromium, serveFiles, STRICT_POLICY, type Site } from "../browser/browser-at-hand.js";
import { bundle } from "../browser/bundles.js";
import { tinyModel } from "../pipeline/tiny-model.js";

/** Generous: the machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** Without a change for so long, a page has nothing more to show for now. */
const STILL_MS = 150;

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A taste, and what of the model it brings onto the desk. */
export interface DeskExample {
  /** The address of the taste. */
  readonly like: string;
  readonly concepts: readonly string[];
  readonly tag: string;
  /** One that has a name. */
  readonly neuron: number;
}

export class DeskSite {
  private constructor(readonly session: Session, private readonly site: Site, private readonly browser: Browser) {}

  /** @param adjust what the model should have that training left to chance */
  static async open(chromium: string, adjust = (model: Model): Model => model): Promise<DeskSite> {
    const model = adjust(await tinyModel());
    const session = openSession(model, { threads: 1 });
    const files = await encodeWebModel(model, session.itemCodes, { precision: "f32" });
    const site = await serveFiles(new Map<string, Uint8Array | string>([
      ...["index.html", "desk.css", "desk.js", "worker.js"].map((name): [string, Uint8Array] => [name, bundle(name)]),
      ["model/unknot-web.json", files.description],
      ["model/weights.safetensors", new Uint8Array(Buffer.concat(files.tensors))],
    ]), STRICT_POLICY);
    return new DeskSite(session, site, await launchChromium(chromium));
  }

  /** A page of its own, of someone who has been here before. @param hash the state to open, with "#" */
  visit(hash = "", options: BrowserContextOptions = {}): Promise<DeskPage> {
    return this.open(hash, options, true);
  }

  /** The page of someone who has never been here. */
  visitFirst(options: BrowserContextOptions = {}): Promise<DeskPage> {
    return this.open("", options, false);
  }

  private async open(hash: string, options: BrowserContextOptions, known: boolean): Promise<DeskPage> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    if (known) await context.addInitScript(() => localStorage.setItem("unknot-first-run", "over"));
    const page = await context.newPage();
    const problems = complaintsOf(page, ["error", "warning"]);
    await page.goto(this.site.url + hash);
    await page.locator("#main").waitFor();
    return new DeskPage(page, problems);
  }

  /** A wide page where nothing moves, and which may be given scripts. */
  async visitStill(hash: string, options: BrowserContextOptions = {}): Promise<DeskPage> {
    const desk = await this.visit(hash, { viewport: WIDE, bypassCSP: true, reducedMotion: "reduce", ...options });
    await desk.quiet();
    return desk;
  }

  example(): DeskExample {
    const { model } = this.session;
    const profile = [3, 30, 60].map((item) => model.items.ids[item]);
    const concepts = this.session.inspectUser(profile, 20).concepts.flatMap(({ concept }) => concept ?? []);
    const neuron = this.session.atlas().findIndex(({ label, alive }) => label !== null && alive);
    return { like: `#like=${profile.join()}`, concepts, tag: model.tags!.names[1], neuron };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.site.close();
    this.session.close();
  }
}

export class DeskPage {
  /** @param problems errors and warnings of the page's console so far; there should be none. */
  constructor(readonly page: Page, readonly problems: readonly string[]) {}

  /** Waits until the page's address holds the text: the state that it stands for is then on the page. */
  async settled(part: string): Promise<void> {
    await this.page.waitForURL((url) => url.hash.includes(part));
  }

  /** Waits until the list of a taste has come, or what is wrong with it, and nothing has changed for a while. */
  async quiet(): Promise<void> {
    if (/like=[^&]/.test(this.page.url())) {
      await this.page.locator(".rows li, [role=alert]").first().waitFor({ state: "attached" });
    }
    await this.page.evaluate((ms) => new Promise<void>((resolve) => {
      let timer = setTimeout(resolve, ms);
      new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(resolve, ms);
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    }), STILL_MS);
  }

  titles(side: "before" | "after"): Promise<string[]> {
    return this.page.locator(`.${side} .rows .title`).allTextContents();
  }

  marks(): Promise<string[]> {
    return this.page.locator(".after .rows .change").allTextContents();
  }

  /** "stays" or "taste kept" */
  figure(name: string): Promise<string> {
    return this.page.locator(`[data-figure="${name}"] dd`).innerText();
  }

  fader(key: string): ReturnType<Page["locator"]> {
    return this.page.locator(`[data-key="${key}"] input`);
  }

  /** Turns a fader by keys: so many steps of 0.05, downwards when negative. */
  async turn(key: string, steps: number): Promise<void> {
    // On small screens faders lie (desk.css).
    const { width, height } = this.page.viewportSize()!;
    const [up, down] = width <= 864 || height <= 480 ? ["ArrowRight", "ArrowLeft"] : ["ArrowUp", "ArrowDown"];
    await this.fader(key).focus();
    for (let i = 0; i < Math.abs(steps); i++) await this.page.keyboard.press(steps > 0 ? up : down);
  }

  async chooseItem(title: string): Promise<void> {
    await this.choose("item", title);
  }

  async addTag(tag: string): Promise<void> {
    await this.choose("tag", tag);
  }

  async choose(box: string, text: string): Promise<void> {
    await this.page.locator(`#${box}-search`).fill(text);
    await this.page.locator(`#${box}-suggestions [role=option]`).filter({ hasText: text }).first().click();
  }

  /** Waits until the list afterwards is this one; the assertion that follows says how it differs. */
  async waitForList(expected: readonly string[]): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS / 4;
    while ((await this.titles("after")).join("\n") !== expected.join("\n") && Date.now() < deadline) {
      await this.page.waitForTimeout(50);
    }
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
