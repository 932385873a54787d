/** Every registered recommender by the one call, on a checkerboard: even users like even items. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { openEngine } from "../../src/engine/open.js";
import { recommenders } from "../../src/models/recommenders/registry.js";
import { fitRecommender } from "../../src/train/fit-recommender.js";

const ITEMS = 24;
const random = new Random(5);
const users = (count: number): Csr => csrFromLists(Array.from({ length: count }, (_, u) =>
  random.shuffle(Array.from({ length: ITEMS / 2 }, (__, i) => 2 * i + (u % 2))).slice(0, 9)), ITEMS);
const [train, validation] = [users(200), users(20)];

const QUICK = { epochs: 60, batchSize: 16, learningRate: 0.01 };
const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  elsa: { ...QUICK, factors: 8 },
  multvae: { ...QUICK, factors: 8, hidden: 16 },
  multdae: { ...QUICK, factors: 8, hidden: 16 },
  recvae: { ...QUICK, factors: 8, hidden: 16 },
  // Two colours are all that there is to explain.
  edlae: { factors: 2, lambda: 5 },
  "elsa-sparse": { learningRate: 0.01, batchSize: 16, factors: 8, nonZeros: 4, levelEpochs: 20 },
};

for (const name of recommenders.names) {
  test(`${name} is fitted and asked`, async () => {
    const engine = openEngine({ threads: 1, memoryBytes: 2 ** 27 });
    const model = await fitRecommender(engine, name, train, { settings: SETTINGS[name], seed: 3 });
    for (const colour of [0, 1]) {
      const { items } = model.recommend([0, 2, 4].map((i) => i + colour), 5);
      assert.equal([...items].filter((i) => i % 2 !== colour), [], `${name} learnt the checkerboard`);
    }
    engine.close();
  });
}

test("same seed, same bits; without validation all epochs are run", async () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  const epochs: number[] = [];
  const fit = (seed: number) => fitRecommender(engine, "elsa", train, {
    settings: { factors: 4, epochs: 3 }, seed, hooks: { onEpoch: ({ epoch }) => epochs.push(epoch) },
  });
  const [one, same, other] = [await fit(1), await fit(1), await fit(2)];
  const scores = (model: typeof one) => [...model.recommend([0, 2], 10).scores];
  assert.equal(scores(same), scores(one));
  assert.not.equal(scores(other), scores(one));
  assert.equal(epochs, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
  engine.close();
});

test("with users to watch, training ends when they no longer gain", async () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
  let epochs = 0;
  const settings = { ...QUICK, factors: 8, epochs: 500, patience: 2 };
  await fitRecommender(engine, "elsa", train, { settings, validation, hooks: { onEpoch: () => { epochs++; } } });
  assert.ok(epochs > 2 && epochs < 500, `${epochs} epochs`);
  engine.close();
});

test("what makes no sense is refused before any work", async () => {
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 25 });
  const refused = async (name: string, settings: Record<string, unknown>, message: RegExp) => {
    let error: Error | null = null;
    await fitRecommender(engine, name, train, { settings }).catch((cause: Error) => { error = cause; });
    assert.match(String(error), message);
  };
  await refused("elza", {}, /there is no recommender "elza", did you mean "elsa"/);
  await refused("elsa", { factors: -1 }, /elsa\.factors must be a whole number/);
  await refused("elsa", { patience: 3 }, /patience 3 needs users to watch: give `validation` as well/);
  engine.close();
});

test.run();
