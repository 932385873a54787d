/** Refined codes in the models: where they apply, where not, and that a stored model keeps them. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { Random } from "../../src/base/random.js";
import { UserError } from "../../src/base/user-error.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import type { Model } from "../../src/model-folder/model.js";
import { openSession } from "../../src/session/open-session.js";
import { decodeWebModel, encodeWebModel } from "../../src/model-folder/web-model.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig, SaeDesign } from "../../src/config/sae.js";
import { openSae } from "../../src/models/sae/registry.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";
import { normals } from "../support/random-floats.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 });
const shape = { factors: 12, neurons: 48, k: 5 };
const weights = SparseAutoencoder.initialise(new Random(2), shape);
const ROWS = 30;

const ITEMS = 40;
const elsa = new Elsa(engine, Elsa.initialise(new Random(6), ITEMS, 12), ITEMS, 12);

interface Read {
  ends: number[];
  indices: number[];
  values: number[];
  error: number;
}

/** Code and squared error of û for random embeddings. */
function read(config: Partial<SaeDesign>, trainable = false, recording = false, cfae: Elsa | null = null): Read {
  const tape = new Tape(engine, recording);
  const sae = openSae(engine, { ...presets.paper.sae, ...config, levels: 2 }, weights, shape, { trainable, cfae });
  const { code, input } = sae.encode(tape, tape.input(normals(new Random(5), ROWS * 12), ROWS, 12));
  const out = sae.decode(tape, code, { mean: engine.floats(ROWS).fill(0), std: engine.floats(ROWS).fill(1) });
  const error = Array.from(out.data).reduce((sum, v, i) => sum + (v - input.rows.data[i]) ** 2, 0);
  return { ends: [...code.rowEnd], indices: [...code.indices], values: [...code.values!], error };
}

for (const kind of ["topk", "matryoshka"] as const) {
  test(`${kind}: 0 and nothing said leave the bits as they are, 30 rebuilds better with k neurons`, () => {
    const plain = read({ kind });
    assert.equal(read({ kind, refine: 0 }), plain);
    const refined = read({ kind, refine: 30 });
    assert.ok(refined.error < 0.9 * plain.error, `${refined.error} after ${plain.error}`);
    refined.ends.forEach((end, r) => assert.ok(end > r * shape.k && end <= plain.ends[r]));
  });

  test(`${kind}: training sees the encoder's code`, () => {
    const plain = read({ kind });
    assert.equal(read({ kind, refine: 30 }, true), plain);
    assert.equal(read({ kind, refine: 30 }, false, true), plain);
    const step = (refine: number): number[] => {
      const tape = new Tape(engine);
      const sae = openSae(
        engine, { ...presets.paper.sae, kind, levels: 2, refine }, weights, shape, { trainable: true },
      );
      const u = tape.input(normals(new Random(5), ROWS * 12), ROWS, 12);
      const { loss } = sae.forward(tape, u, { ...presets.paper.sae, l1: 1e-3, target: "embedding" });
      tape.backward(loss);
      return [loss.data[0], ...sae.parameters.flatMap(({ tensor }) => [...tensor.grad!])];
    };
    assert.equal(step(30), step(0));
  });
}

/** Squared errors of the scores of each row's `size` best items, and of all items. */
function scoreErrors(config: Partial<SaeDesign>, size: number): { head: number; all: number } {
  const tape = new Tape(engine, false);
  const u = tape.input(normals(new Random(5), ROWS * 12), ROWS, 12);
  const sae = openSae(engine, { ...presets.paper.sae, ...config }, weights, shape, { cfae: elsa });
  const { code, input } = sae.encode(tape, u);
  const [before, after] = [u, sae.decode(tape, code, input)].map((e) => elsa.logits(tape, e).data);
  const errors = { head: 0, all: 0 };
  for (let r = 0; r < ROWS; r++) {
    const items = Array.from({ length: ITEMS }, (_, i) => i).sort(
      (a, b) => before[r * ITEMS + b] - before[r * ITEMS + a],
    );
    items.forEach((item, place) => {
      const square = (before[r * ITEMS + item] - after[r * ITEMS + item]) ** 2;
      errors.all += square;
      if (place < size) errors.head += square;
    });
  }
  return errors;
}

test("a head: the scores that are shown become more exact, at the price of the others", () => {
  const plain = scoreErrors({ kind: "topk", refine: 30 }, 4);
  const kept = scoreErrors({ kind: "topk", refine: 30, refineHead: 4, refineWeight: 3 }, 4);
  assert.ok(kept.head < 0.5 * plain.head, `${kept.head} after ${plain.head}`);
  assert.ok(kept.all > plain.all);
  // More items than there are.
  const whole = scoreErrors({ kind: "topk", refine: 30, refineHead: ITEMS + 7, refineWeight: 3 }, ITEMS);
  assert.ok(whole.all < plain.all);
});

test("a head needs a recommender, scores that are linear, and something to refine", () => {
  const plain = read({ kind: "topk", refine: 30 });
  assert.equal(read({ kind: "topk", refine: 30, refineHead: 5 }), plain);
  assert.equal(read({ kind: "topk", refineHead: 5 }, false, false, elsa), read({ kind: "topk" }));
  assert.not.equal(read({ kind: "topk", refine: 30, refineHead: 5 }, false, false, elsa), plain);
  assert.equal(read({ kind: "topk", refine: 30, refineHead: 5 }, true, false, elsa), read({ kind: "topk" }));
});

test("the configuration is checked", () => {
  const refuses = (sae: Partial<SaeConfig>, pattern: RegExp): void => assert.throws(
    () => resolveConfig({ sae }, presets.default),
    (error: unknown) => error instanceof UserError && pattern.test(error.message),
  );
  refuses({ refine: -1 }, /sae\.refine must be a whole number from 0 on, got -1/);
  refuses({ refine: 1.5 }, /sae\.refine/);
  refuses({ refine: 5, refineHead: -2 }, /sae\.refineHead must be a whole number from 0 on, got -2/);
  refuses({ refineHead: 5 }, /sae\.refineHead is set, but sae\.refine is 0/);
  refuses({ refine: 5, refineHead: 5, refineWeight: 0 }, /sae\.refineWeight must be a number above 0, got 0/);
  for (const kind of ["basic", "batch-topk", "jumprelu"] as const) refuses({ kind, refine: 3 }, /refine needs a kind/);
  resolveConfig({ sae: { kind: "matryoshka", refine: 30 } }, presets.default);
});

const likes = ["i1", "i2", "i3"];
// With "keep" lists are the plain recommender's until a knob is turned, refined or not.
const trained = await tinyModel({ config: { ...tinyConfig, sae: { ...tinyConfig.sae, residual: "drop" } } });
const withRefine = (refine: number, refineHead = 0): Model =>
  ({ ...trained, config: { ...tinyConfig, sae: { ...trained.config.sae, refine, refineHead } } });

for (const head of [0, 15]) test(`refined, head ${head}: saved, explained`, () => inTemporaryFolder(async (folder) => {
  const model = withRefine(10, head);
  await saveModel(join(folder, "m"), model);
  const loaded = await loadModel(join(folder, "m"));
  assert.equal(loaded, model);
  const session = openSession(loaded, { threads: 1 });
  for (const other of [trained, withRefine(10, 7)]) {
    assert.not.equal(session.recommend(likes, 10), openSession(other, { threads: 1 }).recommend(likes, 10));
  }
  const knobs = [{ tag: trained.tags!.names[1], strength: 0.4 }];
  for (const [list, turned] of [
    [session.recommend(likes, 5).items, []], [session.steer(likes, knobs, 5).after, knobs],
  ] as const) {
    for (const { id, score } of list) {
      const { score: explained, base, own, contributions } = session.explain(likes, id, turned);
      const sum = contributions.reduce((total, { contribution }) => total + contribution, base - own);
      assert.ok(Math.abs(sum - explained) < 1e-9, `${sum} is not ${explained}`);
      assert.ok(
        Math.abs(Math.max(0, explained) - score) < 1e-4 * Math.max(1, score), `${id}: ${explained} for ${score}`,
      );
    }
  }
}));

test("models from before the setting load, folders and web models", () => inTemporaryFolder(async (folder) => {
  const sae: Partial<SaeConfig> = { ...trained.config.sae };
  delete sae.refine;
  const old: Model = { ...trained, config: { ...trained.config, sae: sae as SaeConfig } };
  await saveModel(join(folder, "m"), old);
  const loaded = await loadModel(join(folder, "m"));
  assert.is(loaded.config.sae.refine, 0);
  const session = openSession(trained, { threads: 1 });
  const list = session.recommend(likes, 10);
  assert.equal(openSession(loaded, { threads: 1 }).recommend(likes, 10), list);
  for (const [model, refine] of [[old, 0], [withRefine(10), 10], [withRefine(10, 15), 10]] as const) {
    const { description, tensors } = await encodeWebModel(model, session.itemCodes, { precision: "f32" });
    const web = await decodeWebModel(description, Buffer.concat(tensors));
    assert.is(web.model.config.sae.refine, refine);
    const same = openSession(web.model, { threads: 1 }).recommend(likes, 10);
    assert.equal(same, openSession(model, { threads: 1 }).recommend(likes, 10));
  }
}));

test.run();
