/** "How a matrix product gets fast" (matrix-product.html): bench/ladder, climbed in the reader's browser. */
import type { Rung } from "../../../bench/ladder/climb.js";
import { productLadder } from "../../../bench/ladder/product/rungs.js";
import { openBrowserEngine } from "../../../src/browser/open-engine.js";
import { Random } from "../../../src/base/random.js";

/** What each rung teaches, by its file's name. */
const LESSONS: Readonly<Record<string, string>> = {
  "01-triple-loop": "The formula as it stands. Each addition waits for the one before it, and B is walked down its " +
    "columns: of every cache line one number is used.",
  "02-rows-in-order": "The loops exchanged, so that everything is read as it lies in memory. In C this is the great " +
    "first step; in JavaScript every store narrows a double to a float again, and the gain is small.",
  "03-scalar-tile": "Nine sums stay in registers: six loads for nine multiply-adds, no store, and nine chains of " +
    "additions side by side. Code on single numbers goes no further.",
  "04-four-lanes": "The second rung again, emitted as WebAssembly, four numbers an instruction. Now two loads and a " +
    "store for each multiply-add are the limit.",
  "05-simd-tile": "The third rung again, with vectors: 4 × 8 sums in eight registers. The arithmetic could run at " +
    "full speed, if B came from the nearest cache.",
  "06-packed": "Blocks of A and B are copied into the order in which they are read, sized for the caches. It gains " +
    "little while matrices are small, and everything when they are not.",
  "07-unrolled": "Four steps at once, to save branches. Often it gets slower: the engine moves all loads of a block " +
    "to its front and runs out of registers. Faster-looking code is a guess until it is measured.",
  "08-fenced": "A branch that is never taken ends the block. Nothing is pushed out of the registers any more.",
  "09-fused": "One instruction multiplies and adds, with one rounding. Where a browser has it.",
};
/** A rung is run for so long, in ms; the fastest run counts. */
const TURN = 120;

const find = (id: string): HTMLElement => document.getElementById(id)!;

/** Lets the page draw. */
const frame = (): Promise<void> => new Promise((resolve) => {
  requestAnimationFrame(() => { setTimeout(resolve, 0); });
});

/** ms of the fastest run; runs too short for the clock are taken together. */
function fastest({ run }: Rung): number {
  let [calls, best] = [1, Infinity];
  const start = performance.now();
  do {
    const before = performance.now();
    for (let i = 0; i < calls; i++) run();
    const ms = performance.now() - before;
    // A browser's clock may be rounded to a millisecond.
    if (ms < 10) calls *= 2;
    else best = Math.min(best, ms / calls);
  } while (performance.now() - start < TURN || best === Infinity);
  return best;
}

/** A line of the ladder; its bar is drawn when all rates are known to be at most `most`. */
function line({ file, idea }: Rung, ms: number, rate: number): HTMLElement {
  const [item, head, bar, words] = ["li", "h3", "div", "p"].map((name) => document.createElement(name));
  head.textContent = `${idea}: ${rate.toFixed(rate < 10 ? 2 : 1)} GFLOP/s, ${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
  bar.className = "bar";
  bar.dataset.rate = String(rate);
  words.textContent = LESSONS[file.replace(/^product\/|\.ts$/g, "")] ?? "";
  item.append(head, bar, words);
  return item;
}

async function climb(size: number): Promise<void> {
  const engine = openBrowserEngine({ bytes: 2 ** 26 });
  const numerics = engine.numerics === "fused" ? "fused" : "portable";
  const bench = { one: engine, all: engine, threads: 1, random: new Random(1), machine: { numerics } } as const;
  const { rungs, work } = productLadder(bench, size, size, size);
  find("rungs").replaceChildren();
  let first = 0;
  for (const rung of rungs) {
    find("state").textContent = `Measuring: ${rung.idea} …`;
    await frame();
    rung.run();
    rung.check();
    const ms = fastest(rung);
    first ||= ms;
    find("rungs").append(line(rung, ms, work / ms / 1e6));
    const bars = Array.from(find("rungs").querySelectorAll<HTMLElement>(".bar"));
    const most = Math.max(...bars.map((bar) => Number(bar.dataset.rate)));
    for (const bar of bars) bar.style.width = `${Math.max(0.3, 100 * Number(bar.dataset.rate) / most).toFixed(1)}%`;
    find("state").textContent = `This rung is ${(first / ms).toFixed(0)} times as fast as the first.`;
    await frame();
  }
}

const button = find("climb") as HTMLButtonElement;
button.addEventListener("click", () => {
  button.disabled = true;
  climb(Number((find("size") as HTMLSelectElement).value)).catch((error: unknown) => {
    find("state").textContent = `It could not be measured: ${error instanceof Error ? error.message : String(error)}`;
  }).finally(() => { button.disabled = false; });
});
