/** Fields, presets, and the one place where settings are completed and checked. */
import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { allowed, defaultsOf, fits, number, parseValue, whole, word } from "../../src/config/field.js";
import { presetNamed, presets } from "../../src/config/presets.js";
import { recommenders } from "../../src/models/recommenders/registry.js";
import { resolveConfig, settings } from "../../src/models/resolve-config.js";
import { configPage } from "../../scripts/config-page.js";

function refusal(said: object): string {
  try {
    resolveConfig(said);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "accepted";
}

test("the paper preset is docs/method.md §2–3 to the letter", () => {
  const { elsa, sae } = presets.paper;
  const adam = { learningRate: 3e-4, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, batchSize: 1024 };
  for (const [name, value] of Object.entries({ ...adam, epochs: 25, patience: 10 })) {
    assert.is(elsa[name as keyof typeof elsa], value, `elsa.${name}`);
  }
  for (const [name, value] of Object.entries({ ...adam, epochs: 250, patience: 50, l1: 3e-4 })) {
    assert.is(sae[name as keyof typeof sae], value, `sae.${name}`);
  }
  assert.ok(
    [512, 1024, 2048].includes(elsa.factors) && [2, 4, 8].includes(sae.expansion) && [8, 16, 32, 64].includes(sae.k),
  );
});

test("presets are whole and pass their check, for every recommender", () => {
  for (const preset of Object.values(presets)) {
    for (const { name: model, section, fields } of recommenders.all) {
      const own = Object.hasOwn(preset, section) ? {} : { [section]: defaultsOf(fields) };
      assert.equal(resolveConfig({ ...preset, model }), { ...preset, model, ...own });
    }
    assert.equal(Object.keys(resolveConfig(preset)), Object.keys(preset), "in the order in which they were said");
  }
  assert.throws(() => presetNamed("papper"), /there is no preset "papper", did you mean "paper"/);
});

test("what is left out is the table's, or the given preset's; what follows another field follows it", () => {
  assert.equal(resolveConfig({}), presets.paper);
  assert.equal(resolveConfig({ sae: { k: 3 } }, presets.faithful).sae, { ...presets.faithful.sae, k: 3 });
  assert.is(resolveConfig({ multvae: { factors: 7 } }).multvae.hidden, 21);
  assert.is(resolveConfig({ multvae: { factors: 7, hidden: 5 } }).multvae.hidden, 5);
  assert.is(resolveConfig({ multvae: { epochs: 7 } }).multvae.hidden, presets.paper.multvae.hidden);
});

test("everything that is wrong is said in one message", () => {
  const message = refusal({
    elsa: { factors: 1, learningRate: 2, epochs: 0 },
    sae: {
      k: 0, l1: -1, expansion: NaN, patience: -1, beta1: 1, batchSize: 1.5, start: "anywhere", centre: 3, kind: "top",
    },
  });
  for (const part of [
    "elsa.factors must be a whole number from 2 on, got 1", "elsa.learningRate", "elsa.epochs", "sae.k", "sae.l1",
    "sae.expansion", "sae.patience", "sae.beta1 must be in [0, 1), got 1", "sae.batchSize",
    "sae.start must be random or data, got \"anywhere\"", "sae.centre", "sae.kind must be topk or basic or",
  ]) {
    assert.ok(message.includes(part), `${part} in ${message}`);
  }
  assert.match(refusal({ elsa: { factors: 4 }, sae: { expansion: 2, k: 9 } }), /only 8 neurons/);
  assert.is(refusal({ elsa: { factors: 4 }, sae: { kind: "basic", expansion: 2, k: 9 } }), "accepted");
});

test("words that only the command line used to check are refused everywhere", () => {
  for (const [field, value] of Object.entries({
    downstreamLoss: "mine", start: "users", centre: "middle", loss: "l1", target: "u", kind: "topk2", tied: "yes",
    k: "8",
  })) {
    assert.match(refusal({ sae: { [field]: value } }), new RegExp(`sae\\.${field} must be`));
  }
  const models = "elsa or multvae or multdae or recvae or edlae or elsa-sparse";
  assert.match(refusal({ model: "elza" }), new RegExp(`model must be ${models}, got "elza"`));
});

test("unknown sections and fields are refused with the nearest name", () => {
  assert.match(refusal({ sea: { k: 1 } }), /there is no setting "sea", did you mean "sae"/);
  assert.match(refusal({ elsa: { factor: 1 } }), /there is no setting "elsa\.factor", did you mean "factors"/);
  assert.match(refusal({ sae: { constructor: 1 } }), /there is no setting "sae\.constructor"/);
  assert.match(refusal({ sae: 3 }), /sae must be settings, got 3/);
});

test("every field's default fits its own bounds and its text reads back", () => {
  for (const { path, field } of settings()) {
    assert.ok(fits(field, field.default), path);
    assert.is(parseValue(field, String(field.default)), field.default, path);
    assert.ok(field.about.endsWith("."), path);
  }
});

test("bounds: closed and open, and in words", () => {
  const share = number({ default: 0, from: 0, below: 1, about: "" });
  assert.equal(
    [-1, 0, 0.5, 1, NaN, Infinity, "0"].map((v) => fits(share, v)), [false, true, true, false, false, false, false],
  );
  const rate = number({ default: 0.1, above: 0, to: 1, about: "" });
  assert.equal([0, 1e-9, 1, 2].map((v) => fits(rate, v)), [false, true, true, false]);
  const words = word({ default: "a", words: ["a", "b"], about: "" });
  assert.equal([share, rate, whole({ default: 1, from: 1, about: "" }), words].map(allowed),
    ["in [0, 1)", "in (0, 1]", "a whole number from 1 on", "a or b"]);
});

test("docs/config.md is what the tables say", async () => {
  const page = await readFile(new URL("../../../docs/config.md", import.meta.url), "utf8");
  assert.is(page, configPage(), "run npm run docs:config");
});

test.run();
