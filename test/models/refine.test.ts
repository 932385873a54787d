/** Refined codes in the models: where they apply, where not, and that a stored model keeps them. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { Random } from "../../src/kernels/random.js";
import { UserError } from "../../src/kernels/user-error.js";
import { SparseAutoencoder } from "../../src/models/sparse-autoencoder.js";
import { loadModel, saveModel } from "../../src/pipeline/model-folder.js";
import type { Model } from "../../src/pipeline/model.js";
import { openSession } from "../../src/pipeline/open-session.js";
import { decodeWebModel, encodeWebModel } from "../../src/pipeline/web-model.js";
import { checkConfig, presets, type SaeConfig } from "../../src/train/config.js";
import { openSae } from "../../src/train/open-sae.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";
import { normals } from "../support/random-floats.js";

const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 25 });
const shape = { factors: 12, neurons: 48, k: 5 };
const weights = SparseAutoencoder.initialise(new Random(2), shape);
const ROWS = 30;

interface Read {
  ends: number[];
  indices: number[];
  values: number[];
  error: number;
}

/** Code and squared error of û for random embeddings. */
function read(config: Pick<SaeConfig, "kind" | "refine">, trainable = false, recording = false): Read {
  const tape = new Tape(engine, recording);
  const sae = openSae(engine, { ...config, levels: 2 }, weights, shape, trainable);
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
      const sae = openSae(engine, { kind, levels: 2, refine }, weights, shape, true);
      const u = tape.input(normals(new Random(5), ROWS * 12), ROWS, 12);
      const { loss } = sae.forward(tape, u, { loss: "cosine", l1: 1e-3, target: "embedding" });
      tape.backward(loss);
      return [loss.data[0], ...sae.parameters.flatMap(({ tensor }) => [...tensor.grad!])];
    };
    assert.equal(step(30), step(0));
  });
}

test("the configuration is checked", () => {
  const refuses = (sae: Partial<SaeConfig>, pattern: RegExp): void => assert.throws(
    () => checkConfig({ ...presets.default, sae: { ...presets.default.sae, ...sae } }),
    (error: unknown) => error instanceof UserError && pattern.test(error.message),
  );
  refuses({ refine: -1 }, /sae\.refine must be 0 or a whole number of swaps, got -1/);
  refuses({ refine: 1.5 }, /sae\.refine/);
  for (const kind of ["basic", "batch-topk", "jumprelu"] as const) refuses({ kind, refine: 3 }, /refine needs a kind/);
  checkConfig({ ...presets.default, sae: { ...presets.default.sae, kind: "matryoshka", refine: 30 } });
});

const likes = ["i1", "i2", "i3"];
const trained = await tinyModel();
const withRefine = (refine: number | undefined): Model =>
  ({ ...trained, config: { ...tinyConfig, sae: { ...trained.config.sae, refine } } });

test("a refined model comes back as saved, its explanations add up", () => inTemporaryFolder(async (folder) => {
  await saveModel(join(folder, "m"), withRefine(10));
  const loaded = await loadModel(join(folder, "m"));
  assert.equal(loaded, withRefine(10));
  const session = openSession(loaded, { threads: 1 });
  assert.not.equal(session.recommend(likes, 10), openSession(trained, { threads: 1 }).recommend(likes, 10));
  const knobs = [{ tag: trained.tags!.names[1], strength: 0.4 }];
  for (const [list, turned] of [
    [session.recommend(likes, 5), []], [session.steer(likes, knobs, 5).after, knobs],
  ] as const) {
    for (const { id, score } of list) {
      const { score: explained, base, own, contributions } = session.explain(likes, id, turned);
      const sum = contributions.reduce((total, { contribution }) => total + contribution, base - own);
      assert.ok(Math.abs(sum - explained) < 1e-9, `${sum} is not ${explained}`);
      assert.ok(Math.abs(Math.max(0, explained) - score) < 1e-4 * Math.max(1, score), `${id}: ${explained} for ${score}`);
    }
  }
}));

test("models from before the setting load, folders and web models", () => inTemporaryFolder(async (folder) => {
  const sae = { ...trained.config.sae };
  delete sae.refine;
  const old: Model = { ...trained, config: { ...trained.config, sae } };
  await saveModel(join(folder, "m"), old);
  const loaded = await loadModel(join(folder, "m"));
  assert.not("refine" in loaded.config.sae);
  const session = openSession(trained, { threads: 1 });
  const list = session.recommend(likes, 10);
  assert.equal(openSession(loaded, { threads: 1 }).recommend(likes, 10), list);
  for (const [model, refine] of [[old, undefined], [withRefine(10), 10]] as const) {
    const { description, tensors } = await encodeWebModel(model, session.itemCodes, { precision: "f32" });
    const web = await decodeWebModel(description, Buffer.concat(tensors));
    assert.is(web.model.config.sae.refine, refine);
    const same = openSession(web.model, { threads: 1 }).recommend(likes, 10);
    assert.equal(same, openSession(model, { threads: 1 }).recommend(likes, 10));
  }
}));

test.run();
