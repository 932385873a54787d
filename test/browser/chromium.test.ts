/**
 * The library in a real browser, under a strict content-security policy: for 200 users the same 20 items with the same
 * scores as in Node, in a worker and on the page itself, with SIMD and without.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { openSession } from "../../src/session/open-session.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { chromiumAtHand, complaintsOf, launchChromium, serveFiles, STRICT_POLICY } from "./browser-at-hand.js";
import { bundle } from "./bundles.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

/** What runs in the page; it leaves its answers as text, since the policy lets no test evaluate code there. */
const program = `
import { loadWebModel, openBrowserEngine, openRemoteSession, Session } from "./unknot-browser.js";
const { profiles, knobs } = await (await fetch("questions.json")).json();
const { model, itemCodes } = await loadWebModel("model/");
const list = ({ after }) => after.map(({ item, score }) => [item, score]);
const onPage = (options) => {
  const session = new Session(model, openBrowserEngine({ bytes: 2 ** 26, ...options }), { itemCodes });
  return { numerics: session.summary().numerics, lists: profiles.map((p) => list(session.steer(p, knobs, 20))) };
};
const remote = await openRemoteSession("worker.js", "model/");
const inWorker = { numerics: (await remote.summary()).numerics, lists: [] };
for (const p of profiles) inWorker.lists.push(list(await remote.steer(p, knobs, 20)));
const error = await remote.explain(["i1"], "nothing").catch((e) => e.name + ": " + e.message);
const answers = document.createElement("pre");
answers.id = "answers";
answers.textContent = JSON.stringify({
  inWorker, portable: onPage({ numerics: "portable" }), fused: onPage({}), plain: onPage({ kernels: "plain" }), error,
  isolated: window.crossOriginIsolated,
});
document.body.append(answers);
`;

type Lists = [item: number, score: number][][];
interface Ran { numerics: string; lists: Lists }
interface Answers { inWorker: Ran; portable: Ran; fused: Ran; plain: Ran; error: string; isolated: boolean }

const model = await tinyModel();
const local = openSession(model, { threads: 1, numerics: "portable" });
const { dataset } = tinyWorld();
const profiles = Array.from({ length: 200 }, (_, user) =>
  Array.from(csrRow(dataset.interactions, user), (item) => dataset.itemIds[item]));
const knobs = [{ tag: model.tags!.names[0], strength: 0.3 }, { neuron: 2, strength: -0.5 }];
const expected: Lists = profiles.map((profile) =>
  local.steer(profile, knobs, 20).after.map(({ item, score }) => [item, score]));

async function run(policy: string | undefined): Promise<{ answers: Answers; problems: string[] }> {
  const files = await encodeWebModel(model, local.itemCodes, { precision: "f32" });
  const site = await serveFiles(new Map<string, Uint8Array | string>([
    ["index.html", '<!doctype html><link rel="icon" href="data:,"><script type="module" src="program.js"></script>'],
    ["program.js", program],
    ["questions.json", JSON.stringify({ profiles, knobs })],
    ["unknot-browser.js", bundle("unknot-browser.js")],
    ["worker.js", bundle("worker.js")],
    ["model/unknot-web.json", files.description],
    ["model/weights.safetensors", new Uint8Array(Buffer.concat(files.tensors))],
  ]), policy);
  const browser = await launchChromium(chromium!);
  try {
    const page = await browser.newPage();
    const problems = complaintsOf(page);
    await page.goto(site.url);
    const answers = await page.waitForSelector("#answers", { timeout: 60_000 });
    return { answers: JSON.parse((await answers.textContent())!) as Answers, problems };
  } finally {
    await browser.close();
    await site.close();
  }
}

function sameItems(found: Lists, what: string): void {
  const items = (lists: Lists): number[][] => lists.map((list) => list.map(([item]) => item));
  assert.equal(items(found), items(expected), what);
}

inChromium("200 users get the same lists as in Node, under a strict policy and without shared memory", async () => {
  const { answers, problems } = await run(STRICT_POLICY);
  const { inWorker, portable, fused, plain, error, isolated } = answers;
  assert.is(isolated, false);
  assert.equal(problems, []);
  console.log(`worker: ${inWorker.numerics}, page: ${fused.numerics}`);
  assert.is(portable.numerics, "portable");
  assert.is(plain.numerics, "plain");
  assert.equal(portable.lists, expected, "portable kernels give the same bits everywhere");
  sameItems(inWorker.lists, "worker");
  sameItems(fused.lists, "fused");
  sameItems(plain.lists, "plain");
  assert.match(error, /^UserError: no item has the id "nothing"/);
});

inChromium("a policy that forbids WebAssembly code leaves the plain kernels", async () => {
  const { answers } = await run(STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""));
  assert.is(answers.inWorker.numerics, "plain");
  sameItems(answers.inWorker.lists, "worker");
});

test.run();
