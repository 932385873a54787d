/** What a model with a decoder that is not linear does instead: labels and knobs by item codes, approximate parts. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitDataset } from "../../src/data/split-users.js";
import { openEngine } from "../../src/engine/open.js";
import { UserError } from "../../src/base/user-error.js";
import { compareSteering } from "../../src/measure/compare-steering.js";
import { measureExplanations } from "../../src/measure/measure-explanations.js";
import { openSession } from "../../src/session/open-session.js";
import { collectReport } from "../../src/report/collect.js";
import { renderReport } from "../../src/report/page.js";
import { presets } from "../../src/config/presets.js";
import { tinyConfig, tinyModel, tinyWorld } from "../pipeline/tiny-model.js";

const { dataset, truth } = tinyWorld();
const split = splitDataset(dataset, { seed: 5 });
const multvae = { ...presets.default.multvae, factors: 16, hidden: 32, epochs: 40, batchSize: 64, learningRate: 3e-3 };
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
const likes = ["i1", "i2", "i3"];

for (const kind of ["multvae", "multdae"] as const) {
  const model = await tinyModel({ config: { ...tinyConfig, model: kind, multvae } });
  const session = openSession(model, { threads: 1 });
  const [tag] = model.tags!.names;

  test(`${kind}: living neurons are named as with ELSA, dead ones are not`, () => {
    const living = model.labels.filter(({ density }) => density > 0);
    assert.ok(living.length > 0 && living.some(({ label }) => label !== null));
    for (const { label, density, confidence } of model.labels) {
      if (density === 0) assert.is(label, null);
      if (label !== null) assert.ok(confidence > 0 && confidence <= 1);
    }
  });

  test(`${kind}: a tag is turned by the paper's mapping, and the list changes; the decoder's choice is refused`, () => {
    assert.is(session.defaultMapping, "characterises");
    assert.is(session.knob({ tag, strength: 0.3 }).neurons[0], session.inspectTag(tag).characterises[0].neuron);
    assert.equal(session.inspectTag(tag).decoder, []);
    const { before, after } = session.steer(likes, [{ tag, strength: 0.8 }], 10);
    assert.not.equal(after, before);
    assert.ok(after.every(({ score }) => Number.isFinite(score)));
    assert.equal(session.steer(likes, [{ tag, strength: 0 }], 10).after, before);
    assert.throws(() => session.knob({ tag, strength: 0.3, mapping: "decoder" }), (error: unknown) =>
      error instanceof UserError && /needs ELSA: take "characterises" or "unique"/.test(error.message));
  });

  test(`${kind}: explanations say that they are approximate, and past items are not named`, () => {
    const explained = session.explain(likes, session.recommend(likes, 1).items[0].id);
    assert.is(explained.approximate, true);
    assert.ok(explained.contributions.length > 0);
    const sum = explained.contributions
      .reduce((total, { contribution }) => total + contribution, explained.base + explained.unexplained);
    assert.ok(Math.abs(sum - explained.score) < 1e-9, "the rest is in the base");
    assert.is.not(explained.unexplained, 0);
    assert.is(openSession(model, { engine, residual: "drop" }).explain(likes, explained.item.id).unexplained, 0);
    assert.ok(session.inspectUser(likes).neurons.every(({ because }) => because === null));
    assert.is(measureExplanations(engine, model, split.test.input), null);
  });

  test(`${kind}: compared without the decoder's choice and the moved embedding, and it is said`, async () => {
    const found = await compareSteering(engine, model, dataset, split);
    assert.equal([...new Set(found!.curves.map(({ method }) => method))], ["characterises", "unique", "teaser"]);
    const data = await collectReport(engine, model, { dataset, split, truth }, { cards: 2, steering: false });
    const page = renderReport(data);
    assert.match(page, /the parts are approximate/);
    assert.not.match(page, /the parts are exact|NaN|undefined/);
  });
}

test.run();
