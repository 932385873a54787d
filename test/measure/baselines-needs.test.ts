/** Baselines say what they need before they begin and how far they are; what is too dear or too large is named. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import { evaluateBaselines, type BaselineNeed } from "../../src/measure/evaluate-baselines.js";
import { ease } from "../../src/models/recommenders/ease.js";
import { tinyWorld } from "../pipeline/tiny-model.js";

const { dataset } = tinyWorld();
const split = splitDataset(dataset, { seed: 1 });

test("needs before, progress from 0 to 1, and what is left out says why", async () => {
  const engine = openEngine({ threads: 1 });
  const needs = new Map<string, BaselineNeed>();
  const shares = new Map<string, number[]>();
  const found = await evaluateBaselines(engine, dataset, split, {
    names: ["popularity", "EASE", "EDLAE"],
    onStart: (name, need) => { needs.set(name, need); },
    onProgress: (name, share) => {
      assert.ok(needs.has(name), "it began before it went on");
      shares.set(name, [...shares.get(name) ?? [], share]);
    },
    leaveOut: (name) => (name === "EDLAE" ? "too dear" : null),
  });
  assert.equal(found.map((one) => ("missing" in one ? [one.name, one.missing] : [one.name])),
    [["popularity"], ["EASE"], ["EDLAE", "too dear"]]);
  assert.equal([...needs.keys()], ["popularity", "EASE"]);
  const { settings, bytes, multiplyAdds } = needs.get("EASE")!;
  const items = dataset.interactions.cols;
  assert.is(settings, 4);
  assert.ok(bytes >= 4 * 2 * items * items && multiplyAdds >= settings * items ** 3);
  const seen = shares.get("EASE")!;
  assert.ok(seen.every((share, i) => share > 0 && share <= 1 && (i === 0 || share >= seen[i - 1])));
  assert.is(seen.at(-1), 1);
  engine.close();
});

test("EASE beyond the engine's memory says how much it needs and names what needs less", async () => {
  assert.ok(ease.bytes({ items: 100_000, users: 1, interactions: 1 }) > 2 ** 36, "what it needs, whatever there is");
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 17 });
  const [found] = await evaluateBaselines(engine, dataset, split, { names: ["EASE"] });
  assert.ok("missing" in found);
  assert.match(found.missing, /EASE of 120 items needs \d+\.\d\d GiB of engine memory .*, or take sparse MRF/);
});

test.run();
