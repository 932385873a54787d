/** Lists that are asked for together are those that each gets alone, byte for byte, and so are steered ones. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presets } from "../../src/config/presets.js";
import { UserError } from "../../src/base/user-error.js";
import { residuals } from "../../src/config/sae.js";
import type { Model } from "../../src/model-folder/model.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const multvae = { ...presets.default.multvae, factors: 16, hidden: 32, epochs: 2, batchSize: 64 };
const models: readonly (readonly [string, Model])[] = [
  ["ELSA", await tinyModel()],
  ["MultVAE", await tinyModel({ config: { ...tinyConfig, model: "multvae", multvae } })],
];

for (const [name, model] of models) {
  for (const residual of residuals) {
    test(`${name}, residual "${residual}"`, () => {
      const [together, alone] = [0, 1].map(() => openSession(model, { threads: 1, residual }));
      const { ids } = model.items;
      const profile = fc.array(fc.constantFrom(...ids), { minLength: 1, maxLength: 12 });
      fc.assert(fc.property(fc.array(profile, { minLength: 2, maxLength: 40 }), (profiles) => {
        const lists = together.recommendEach(profiles.map((one, i) => ({ profile: one, request: { n: 3 + i % 5 } })));
        profiles.forEach((one, i) => {
          const knobs = [{ neuron: 0, strength: 0.4 }];
          assert.is(JSON.stringify(lists[i]), JSON.stringify(alone.recommend(one, { n: 3 + i % 5 })));
          assert.is(JSON.stringify(together.recommend(one, 4)), JSON.stringify(alone.recommend(one, 4)));
          // Asked again, scores are kept.
          const steered = JSON.stringify(together.steer(one, knobs, 5));
          assert.is(JSON.stringify(alone.steer(one, knobs, 5)), steered);
          assert.is(JSON.stringify(together.steer(one, knobs, 5)), steered);
        });
      }), { seed: 14, numRuns: 15 });
      for (const session of [together, alone]) session.close();
    });
  }
}

test("what one of them cannot have stands in its place", () => {
  const session = openSession(models[0][1], { threads: 1 });
  const { ids } = session.model.items;
  const profile = ids.slice(0, 3);
  const [fine, empty, wrong, filtered] = session.recommendEach([
    { profile, request: 5 }, { profile: [], request: { empty: "refuse" } }, { profile, request: { n: 0 } },
    { profile: { items: profile, weights: [1, 2, 1] }, request: { n: 4, only: { ids: ids.slice(2, 30) } } },
  ]);
  assert.equal(fine, session.recommend(profile, 5));
  assert.instance(empty, UserError);
  assert.instance(wrong, UserError);
  assert.equal(filtered, session.recommend(
    { items: profile, weights: [1, 2, 1] }, { n: 4, only: { ids: ids.slice(2, 30) } }));
  session.close();
});

test.run();
