/** Two trainings held against each other: a permuted copy is the same, an untrained dictionary is not. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { UserError } from "../../src/base/user-error.js";
import { compareTrainings } from "../../src/measure/compare-trainings.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { engine, model, split } from "./hard-model.js";

test("a training is all there in itself, and in itself with its neurons in another order", () => {
  const { factors: D, neurons: H } = model.shape;
  const order = new Random(1).shuffle(Int32Array.from({ length: H }, (_, n) => n));
  const { encoderW, encoderB, decoderW } = model.sae;
  const rowsInOrder = (w: Float32Array): Float32Array =>
    w.map((_, at) => w[order[Math.floor(at / D)] * D + (at % D)]);
  const shuffled = {
    ...model, concepts: undefined,
    sae: {
      ...model.sae,
      encoderW: rowsInOrder(encoderW),
      encoderB: encoderB.map((_, n) => encoderB[order[n]]),
      decoderW: rowsInOrder(decoderW),
    },
  };
  for (const other of [model, shuffled]) {
    const { neurons, rows, effects, concepts } = compareTrainings(engine, model, other, split.train);
    assert.is(neurons[0], neurons[1]);
    assert.ok(Math.abs(rows!.cosine - 1) < 1e-6, String(rows!.cosine));
    assert.ok(Math.abs(effects.cosine - 1) < 1e-4, String(effects.cosine));
    assert.ok(rows!.random < 0.9 && effects.random < 0.95, `${rows!.random}, ${effects.random}`);
    assert.is(concepts.matched, 1);
    assert.is(concepts.count[0], concepts.count[1]);
    if (concepts.proven > 0) assert.is(concepts.sameTag, 1);
  }
});

test("a dictionary that was never trained has less of it; another recommender's rows are not compared", () => {
  const untrained = {
    ...model, concepts: undefined, sae: SparseAutoencoder.initialise(new Random(7), model.shape),
  };
  const found = compareTrainings(engine, model, untrained, split.train);
  assert.ok(found.rows!.cosine < 0.95 && found.concepts.correlation < 0.99);
  const [name] = Object.keys(model.cfae);
  const moved = { ...model.cfae[name], data: model.cfae[name].data.map((value) => value + 1e-3) };
  const other = { ...model, cfae: { ...model.cfae, [name]: moved } };
  assert.is(compareTrainings(engine, model, other, split.train).rows, null);
});

test("models of other items are refused", () => {
  const items = { ...model.items, ids: model.items.ids.map((id) => `${id}x`) };
  assert.throws(
    () => compareTrainings(engine, model, { ...model, items }, split.train),
    (error: Error) => error instanceof UserError && /not the same items/.test(error.message),
  );
});

test.after(() => { engine.close(); });
test.run();
