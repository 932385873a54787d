/** Rows of a home page, and lists from the 8-bit copy of the item vectors. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { openNested } from "../../src/model-folder/open-model.js";
import { openSession } from "../../src/session/open-session.js";
import { plainRow } from "../../src/session/profile.js";
import { ProfileScores } from "../../src/session/profile-scores.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const sparse = {
  model: "elsa-sparse", elsa: tinyConfig.elsa, sae: { ...tinyConfig.sae, kind: "poles", expansion: 2, k: 4 },
  ...{ elsaSparse: { factors: 32, nonZeros: 4, levelEpochs: 4, batchSize: 64 } },
};
const models = { "ELSA and SAE": await tinyModel(), "sparse ELSA": await tinyModel({ config: sparse }) };
const likes = ["i1", "i2", "i3"];

for (const [name, model] of Object.entries(models)) {
  test(`${name}: items stand in the row of the concept that they fire most, best first`, () => {
    const session = openSession(model, { threads: 1 });
    const all = session.segments(likes, 1000, 1000);
    assert.ok(all.length > 1);
    const scoreOf = new Map(session.recommend(likes, 1000).items.map(({ item, score }) => [item, score]));
    const seen = new Set<number>();
    all.forEach(({ concept, strength, size, items }, row) => {
      assert.ok(strength > 0 && (row === 0 || strength <= all[row - 1].strength));
      const { members } = session.inspectConcept(concept);
      const neurons = new Set(members.map(({ neuron }) => neuron));
      const { neurons: active } = session.inspectUser(likes);
      const along = active.reduce((sum, { neuron, activation }) => sum + (neurons.has(neuron) ? activation : 0), 0);
      assert.ok(Math.abs(strength - along / Math.sqrt(neurons.size)) < 1e-6);
      assert.ok(items.length <= size && items.length >= size - likes.length);
      items.forEach(({ item, id, score }, at) => {
        assert.not(likes.includes(id) || seen.has(item), "no item of the profile, and none twice");
        seen.add(item);
        assert.is(score, scoreOf.get(item));
        assert.ok(at === 0 || score <= items[at - 1].score);
        const { indptr, values } = session.itemCodes;
        const own = Array.from(csrRow(session.itemCodes, item), (neuron, q) =>
          ({ neuron, value: values![indptr[item] + q] })).sort((a, b) => b.value - a.value);
        assert.ok(neurons.has(own[0].neuron));
      });
    });
    const few = session.segments(likes, 2, 3);
    assert.equal(few, all.slice(0, 3).map((one) => ({ ...one, items: one.items.slice(0, 2) })));
    assert.throws(() => session.segments([], 3), /the profile is empty/);
    assert.throws(() => session.segments(likes, 0), /at least 1 item/);
    session.close();
  });
}

test("lists from the 8-bit copy are those of a full scan, also where too few items score above 0", () => {
  const model = models["ELSA and SAE"];
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const { cfae, sae } = openNested(engine, model);
  const [short, full] = [0, Infinity].map((from) => new ProfileScores(engine, cfae, sae, { residual: "keep" }, from));
  const random = new Random(4);
  let used = 0;
  for (let ask = 0; ask < 60; ask++) {
    const profile = plainRow([...new Set(Array.from({ length: 1 + random.below(8) }, () => random.below(120)))]);
    const n = 1 + random.below(60);
    const scores = full.unsteered(profile);
    const found = short.shortlisted(profile, n);
    assert.is(full.shortlisted(profile, n), null);
    if (!found) {
      const last = full.best(scores, n, profile).items.at(-1)!;
      assert.ok(scores[last] <= 0, "only where what ELSA clips decides the order");
      continue;
    }
    used++;
    assert.equal([...found.items], full.best(scores, n, profile).items);
    assert.equal(Array.from(found.scores), Array.from(found.items, (item) => scores[item]));
    short.unsteered(profile);
    assert.is(short.shortlisted(profile, n), null, "scores that are there are used");
  }
  assert.ok(used > 20, `${used}`);
  assert.is(new ProfileScores(engine, cfae, sae, { residual: "drop" }, 0).shortlisted(plainRow([1]), 3), null);
  engine.close();
});

test.run();
