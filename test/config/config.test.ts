/** Presets and their check: METHOD.md's numbers, and one message for everything that is wrong. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { checkConfig, presets, type Config } from "../../src/config/config.js";

test("the paper preset is METHOD.md §2–3 to the letter", () => {
  const { elsa, sae } = presets.paper;
  const adam = { learningRate: 3e-4, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, batchSize: 1024 };
  for (const [name, value] of Object.entries({ ...adam, epochs: 25, patience: 10 })) {
    assert.is(elsa[name as keyof typeof elsa], value, `elsa.${name}`);
  }
  for (const [name, value] of Object.entries({ ...adam, epochs: 250, patience: 50, l1: 3e-4 })) {
    assert.is(sae[name as keyof typeof sae], value, `sae.${name}`);
  }
  assert.ok([512, 1024, 2048].includes(elsa.factors) && [2, 4, 8].includes(sae.expansion) && [8, 16, 32, 64].includes(sae.k));
});

test("presets pass their check", () => {
  for (const preset of Object.values(presets)) checkConfig(preset);
});

test("everything that is wrong is said in one message", () => {
  const { elsa, sae } = presets.default;
  const wrong: Config = {
    elsa: { ...elsa, factors: 1, learningRate: 2, epochs: 0 },
    sae: { ...sae, k: 0, l1: -1, expansion: NaN, patience: -1, beta1: 1, batchSize: 1.5 },
  };
  assert.throws(() => checkConfig(wrong), (error: unknown) => {
    if (!(error instanceof UserError)) return false;
    return ["factors", "elsa.learningRate", "elsa.epochs", "sae.k", "sae.l1", "sae.expansion", "sae.patience", "sae.beta1",
      "sae.batchSize"].every((name) => error.message.includes(name));
  });
  assert.throws(() => checkConfig({ elsa: { ...elsa, factors: 4 }, sae: { ...sae, expansion: 2, k: 9 } }), /only 8 neurons/);
});

test.run();
