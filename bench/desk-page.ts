/**
 * The desk as a person meets it, in Chromium: how long until the first list stands there on a slow machine and a slow
 * line, and how long from moving a fader to the frame that shows the list it makes.
 */
import type { Browser, Page } from "playwright-core";
import { slowLine } from "./slow-line.js";

/** A phone of the middle class on 3G: the processor four times as slow, 1.6 Mbit/s, 150 ms there and back. */
const SLOW = { cpu: 4, rate: 200_000, delay: 75 };
const MOVES = 60;
/** A move that changes nothing that is seen is not counted. */
const PATIENCE_MS = 1000;

/** Milliseconds from the address to the frame that shows the first list, and to the model's being there. */
export async function firstList(browser: Browser, url: string): Promise<{ list: number; model: number }> {
  const line = await slowLine(url, SLOW.rate, SLOW.delay);
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  try {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOW.cpu });
    await page.addInitScript(watchForList);
    await page.goto(line.url, { waitUntil: "commit" });
    const when = (name: "listAt" | "modelAt"): Promise<number> => page.waitForFunction(
      (wanted) => (globalThis as unknown as Watched)[wanted], name, { timeout: 300_000 },
    ).then((found) => found.jsonValue() as Promise<number>);
    const list = await when("listAt");
    return { list, model: Math.max(list, await when("modelAt")) };
  } finally {
    await page.close();
    await line.close();
  }
}

interface Watched {
  listAt?: number;
  modelAt?: number;
}

/** Runs in the page: notes when a list is in the document and drawn, and when nothing is loading any more. */
function watchForList(): void {
  const page = globalThis as unknown as Watched;
  const look = (): void => {
    const shown = document.querySelectorAll(".rows .title").length >= 10;
    if (shown) page.listAt ??= performance.now();
    if (shown && !document.querySelector("progress")) page.modelAt ??= performance.now();
    if (page.modelAt === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Milliseconds from a fader's event to the end of the frame that shows what it did, where it did something. */
export async function inputToFrame(browser: Browser, url: string): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(url);
    await page.locator(".rows .title").first().waitFor({ timeout: 300_000 });
    await page.waitForFunction(() => !document.querySelector("progress"), undefined, { timeout: 300_000 });
    await page.locator(".mixer input[type=range]").first().waitFor();
    return await turn(page);
  } finally {
    await page.close();
  }
}

function turn(page: Page): Promise<number[]> {
  return page.evaluate(async ([moves, patience]) => {
    const fader = document.querySelector<HTMLInputElement>(".mixer input[type=range]")!;
    const [low, high] = [Number(fader.min), Number(fader.max)];
    const watched = Array.from(document.querySelectorAll(".lists .rows, .lists .figures"));
    const changed = (): Promise<boolean> => new Promise((resolve) => {
      const observer = new MutationObserver(() => done(true));
      const timer = setTimeout(() => done(false), patience);
      const done = (found: boolean): void => {
        observer.disconnect();
        clearTimeout(timer);
        resolve(found);
      };
      for (const node of watched) {
        observer.observe(node, { subtree: true, childList: true, characterData: true, attributes: true });
      }
    });
    const times: number[] = [];
    for (let move = 0; move <= moves; move++) {
      await new Promise((resolve) => { setTimeout(resolve, 60 + 7 * (move % 5)); });
      fader.value = String(low + (high - low) * (0.55 + 0.4 * (move % 20) / 20));
      const began = performance.now();
      const list = changed();
      fader.dispatchEvent(new Event("input", { bubbles: true }));
      if (!await list) continue;
      // After the frame's script, style and layout.
      await new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(null);
        });
      });
      times.push(performance.now() - began);
    }
    return times;
  }, [MOVES, PATIENCE_MS] as const);
}
