/**
 * How long a moved knob takes, from the question to the list: what decides whether a list follows a slider.
 *
 *   npm run bench:desk -- [model folder]      the model's own data; without one, made-up weights of the sizes below
 *   npm run bench:desk -- --at URL            the page alone, of a desk that is served there
 *
 * With a model also what a person sees of it (desk-page.ts): the time to the first list on a slow machine and line, and
 * from a fader's move to the frame that shows the list.
 *
 * On one thread, with the engine that browsers use. In Chromium, through the worker, where the machine has one; that
 * adds the two messages. Item codes and the tags' knobs are there beforehand, as in an exported model. Each move has
 * another strength, so nothing is answered from memory but the profile's code.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { chromium, type Browser } from "playwright-core";
import { openBrowserEngine, sessionBytes, Session, type SessionParts } from "../src/browser/index.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { csrFromPairs, type Csr } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import type { KnobRequest } from "../src/session/session-types.js";
import { loadModel } from "../src/model-folder/folder.js";
import type { Model } from "../src/model-folder/model.js";
import { encodeWebModel } from "../src/model-folder/web-model.js";
import { presets } from "../src/config/presets.js";
import { openServiceOn } from "../src/serve/open-service.js";
import { startServer } from "../src/serve/server.js";
import { firstList, inputToFrame } from "./desk-page.js";
import { describeMachine, machineLine } from "./machine.js";

const MOVES = 200;
const LIST = 20;
const PROFILE = 20;

interface Timing {
  first: number;
  median: number;
  p95: number;
  worst: number;
}

/** Random unit rows: what a move costs does not depend on what the weights mean. */
function madeUp(items: number, factors: number, neurons: number): Model {
  const random = new Random(7);
  const unitRows = (rows: number): Float32Array => {
    const w = new Float32Array(rows * factors);
    for (let r = 0; r < rows; r++) {
      const row = w.subarray(r * factors, (r + 1) * factors);
      let square = 0;
      for (let d = 0; d < factors; d++) {
        row[d] = random.uniform() - 0.5;
        square += row[d] * row[d];
      }
      for (let d = 0; d < factors; d++) row[d] /= Math.sqrt(square);
    }
    return w;
  };
  const estimate = { mean: 0, se: 0, n: 0 };
  const quality = { recall: estimate, ndcg: estimate };
  const fit = { epochs: 1, bestEpoch: 1, bestValidationLoss: 0, stoppedEarly: false };
  const preset = presets.default;
  const names = Array.from({ length: items }, (_, i) => `item ${i}`);
  return {
    config: { ...preset, elsa: { ...preset.elsa, factors }, sae: { ...preset.sae, expansion: neurons / factors } },
    seed: 1, numerics: "portable", items: { ids: names, titles: names },
    cfae: { encoder: { shape: [items, factors], data: unitRows(items) } },
    sae: {
      encoderW: unitRows(neurons), encoderB: new Float32Array(neurons),
      decoderW: unitRows(neurons), decoderB: new Float32Array(factors),
    },
    shape: { factors, neurons, k: 32 },
    tags: { names: ["made up"], counts: tagOn(items) },
    labels: Array.from({ length: neurons }, (_, neuron) =>
      ({ neuron, label: null, tag: -1, confidence: NaN, runnersUp: [], density: 0 })),
    fit: { cfae: fit, sae: fit },
    metrics: {
      testUsers: 0, popularity: quality, cfae: quality, nested: quality, change: quality,
      shown: "nested", cosine: estimate, l0: estimate, dead: 0,
    },
    data: {
      name: "made up", source: null, trainUsers: 0, validationUsers: 0, testUsers: 0, interactions: 0,
      minTagApplications: 1, notes: [],
    },
  };
}

/** One tag, on every hundredth item. */
function tagOn(items: number): Csr {
  const on = Int32Array.from({ length: Math.floor(items / 100) }, (_, i) => 100 * i);
  return csrFromPairs(new Int32Array(on.length), on, new Float32Array(on.length).fill(1), 1, items);
}

function knobsAt(move: number, tag: string): KnobRequest[] {
  return [{ tag, strength: 0.1 + move / 1000 }, { neuron: 3, strength: -0.5 - move / 1000 }];
}

function summarise(times: readonly number[]): Timing {
  const [first, ...rest] = times;
  const sorted = [...rest].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  return { first, median: at(0.5), p95: at(0.95), worst: at(1) };
}

/** What an export works out beforehand. */
type Parts = Required<Pick<SessionParts, "itemCodes" | "tagKnobs">>;

function inNode(model: Model, parts: Parts): Timing {
  const session = new Session(model, openBrowserEngine({ bytes: sessionBytes(model) }), parts);
  const profile = model.items.ids.slice(0, PROFILE);
  const tag = model.tags!.names[0];
  const times: number[] = [];
  for (let move = 0; move <= MOVES; move++) {
    const began = performance.now();
    const { after } = session.steer(profile, knobsAt(move, tag), LIST);
    times.push(performance.now() - began);
    if (after.length !== LIST) throw new Error(`a list of ${after.length}`);
  }
  return summarise(times);
}

async function inChromium(model: Model, { itemCodes, tagKnobs }: Parts, executablePath: string): Promise<Timing> {
  const { description, tensors } = await encodeWebModel(model, itemCodes, { precision: "f32", tagKnobs });
  const web = new URL("../web/", import.meta.url);
  const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">
    import { openRemoteSession } from "./unknot-browser.js";
    const { profile, knobs } = await (await fetch("questions.json")).json();
    const session = await openRemoteSession("worker.js", "model/");
    const times = [];
    for (const requests of knobs) {
      const began = performance.now();
      await session.steer(profile, requests, ${LIST});
      times.push(performance.now() - began);
    }
    window.times = times;
  </script>`;
  const knobs = Array.from({ length: MOVES + 1 }, (_, move) => knobsAt(move, model.tags!.names[0]));
  const files = new Map<string, [type: string, body: Uint8Array | string]>([
    ["/", ["text/html", page]],
    ["/questions.json", ["application/json", JSON.stringify({ profile: model.items.ids.slice(0, PROFILE), knobs })]],
    ["/unknot-browser.js", ["text/javascript", await readFile(new URL("unknot-browser.js", web))]],
    ["/worker.js", ["text/javascript", await readFile(new URL("worker.js", web))]],
    ["/model/unknot-web.json", ["application/json", description]],
    ["/model/weights.safetensors", ["application/octet-stream", Buffer.concat(tensors)]],
  ]);
  const server = createServer((request, response) => {
    const found = files.get(request.url ?? "/");
    if (!found) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": found[0] }).end(found[1]);
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("window.times?.length > 0", undefined, { timeout: 300_000 });
    return summarise(await tab.evaluate("window.times"));
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

function line(where: string, { first, median, p95, worst }: Timing): string {
  const ms = (time: number): string => `${time.toFixed(1)} ms`.padStart(10);
  return `${where.padEnd(10)} first ${ms(first)}   then median ${ms(median)}   95 % ${ms(p95)}   worst ${ms(worst)}`;
}

async function printPage(browser: Browser, url: string): Promise<void> {
  const { list, model } = await firstList(browser, url);
  console.log(`first list ${(list / 1000).toFixed(1)} s, the model there ${(model / 1000).toFixed(1)} s ` +
    "(processor ÷ 4, 1.6 Mbit/s, 150 ms)");
  const times = (await inputToFrame(browser, url)).sort((a, b) => a - b);
  const at = (share: number): string => times[Math.floor(share * (times.length - 1))].toFixed(1);
  console.log(`input to frame: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, of ${times.length} moves`);
}

async function servedPage(browser: Browser, model: Model): Promise<void> {
  const service = await openServiceOn(model, { desk: "f32" });
  const server = await startServer(service, { host: "127.0.0.1", port: 0 });
  try {
    await printPage(browser, server.url);
  } finally {
    await server.stop();
    service.model.session.close();
  }
}

async function onBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  if (!program) {
    console.log("Chromium   not here");
    return;
  }
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  await use(browser).finally(() => browser.close());
}

enableRelaxedSimd();
console.log(machineLine(describeMachine("fused")));
const [folder, url] = process.argv.slice(2);
const program = [process.env.UNKNOT_CHROMIUM, "/usr/bin/chromium"].find((path) => path && existsSync(path));
const cases: [name: string, make: () => Promise<Model>][] = folder === "--at" ? [] : folder !== undefined
  ? [[folder, () => loadModel(folder)]]
  : [["3,706 items × 512 factors, 2,048 neurons", () => Promise.resolve(madeUp(3706, 512, 2048))],
    ["40,000 items × 1,024 factors, 4,096 neurons", () => Promise.resolve(madeUp(40_000, 1024, 4096))]];
if (folder === "--at") await onBrowser((browser) => printPage(browser, url));
for (const [name, make] of cases) {
  const model = await make();
  const engine = openBrowserEngine({ bytes: 2 * sessionBytes(model) });
  const prepared = new Session(model, engine);
  const parts: Parts = { itemCodes: prepared.itemCodes, tagKnobs: prepared.tagKnobs() };
  console.log(`\n${name}`);
  console.log(line("Node", inNode(model, parts)));
  if (program) console.log(line("Chromium", await inChromium(model, parts, program)));
  if (folder !== undefined) await onBrowser((browser) => servedPage(browser, model));
}
