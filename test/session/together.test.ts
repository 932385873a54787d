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

const kinds = await Promise.all([
  { kind: "batch-topk" }, { kind: "jumprelu" }, { kind: "matryoshka" }, { kind: "poles" },
  { refine: 4, refineHead: 10 },
].map(async (special) => {
  const sae = { ...tinyConfig.sae, ...special, epochs: 4 } as typeof tinyConfig.sae;
  return [`ELSA, ${JSON.stringify(special)}`, await tinyModel({ config: { ...tinyConfig, sae } })] as const;
}));

for (const [name, model] of [...models, ...kinds]) {
  for (const residual of models.some(([one]) => one === name) ? residuals : ["blend"] as const) {
    test(`steered together: ${name}, residual "${residual}"`, () => {
      const [together, alone] = [0, 1].map(() => openSession(model, { threads: 1, residual }));
      const { ids } = model.items;
      const id = fc.constantFrom(...ids, "no item");
      const few = fc.array(id, { maxLength: 12 });
      const profile = fc.oneof(
        few, few.map((one) => [...one, ...one]), fc.constant([...ids]),
        fc.uniqueArray(fc.constantFrom(...ids), { minLength: 3, maxLength: 9 }).map(([not, ...items]) =>
          ({ items, weights: items.map((_, i) => 0.5 + i), dislikes: [not] })),
      );
      const knobs = fc.oneof(
        fc.constant([]), fc.constant([{ neuron: 0, strength: 0.4 }]), fc.constant([{ neuron: [1, 2], strength: -0.5 }]),
        fc.constant([{ neuron: 1, strength: 0.9 }, { neuron: 2, strength: 0.9 }]),
        fc.constantFrom(...model.tags!.names).map((tag) => [{ tag, strength: 0.3 }]),
        fc.constantFrom(...model.tags!.names).map((tag) => [{ tag, turn: 0.4 }]),
      );
      const request = fc.oneof(
        fc.integer({ min: 1, max: 30 }), fc.constant({ n: 4, offset: 2 }), fc.constant({ n: 3, seen: "keep" as const }),
        fc.constant({ n: 5, only: { ids: ids.slice(3, 40) } }), fc.constant({ n: 0 }),
      );
      const question = fc.record({ profile, knobs, request });
      const said = (work: () => unknown): string => {
        try {
          return JSON.stringify(work());
        } catch (error) {
          assert.instance(error, UserError);
          return (error as Error).message;
        }
      };
      fc.assert(fc.property(fc.array(question, { minLength: 2, maxLength: 24 }), (questions) => {
        together.steerTogether(questions).forEach((answer, i) => {
          const { profile: whose, knobs: turned, request: wanted } = questions[i];
          const expected = said(() => alone.steer(whose, turned, wanted));
          assert.is(answer instanceof UserError ? answer.message : JSON.stringify(answer), expected);
          assert.is(said(() => together.steer(whose, turned, wanted)), expected, "asked again, scores are kept");
        });
      }), { seed: 15, numRuns: 12 });
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
