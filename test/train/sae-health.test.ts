/** What an SAE does on whole users, and what is said when it does nothing; the tether of control decoders. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { presets } from "../../src/config/presets.js";
import { openEngine } from "../../src/engine/open.js";
import { openSae } from "../../src/models/sae/registry.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { DecoderTether } from "../../src/train/decoder-tether.js";
import { collapseWarning, HealthCheck } from "../../src/train/sae-health.js";
import { trainSae } from "../../src/train/train-sae.js";
import { assertClose } from "../support/assert-close.js";
import { normals } from "../support/random-floats.js";

const engine = openEngine({ kernels: "plain", threads: 1 });
const [USERS, D] = [60, 8];
const train = { data: Float32Array.from(normals(new Random(1), USERS * D)), rows: USERS, cols: D };
const shape = { factors: D, neurons: 16, k: 4 };

test("a dictionary that can say everything explains everything; silent neurons are counted", () => {
  const weights = SparseAutoencoder.initialise(new Random(2), shape);
  // ±axes: relu(û) − relu(−û) = û. The last two neurons would say the same again, but are shut.
  for (const w of [weights.encoderW, weights.decoderW]) {
    w.fill(0);
    for (let n = 0; n < 16; n++) w[n * D + (n >> 1)] = n % 2 === 0 ? 1 : -1;
  }
  const whole = openSae(engine, presets.paper.sae, weights, { ...shape, k: 8 });
  const all = new HealthCheck(engine, whole, train).look();
  assertClose([all.explained], [1], { absolute: 1e-6 });
  assert.equal([all.dead, all.neurons], [0, 16]);
  assert.ok(all.l0 > 7 && all.l0 <= 8);
  weights.encoderB.fill(-100);
  const check = new HealthCheck(engine, openSae(engine, presets.paper.sae, weights, shape), train);
  const none = check.look();
  assert.equal([none.dead, none.l0], [16, 0]);
  assert.equal(check.silent, new Int32Array(16).fill(1));
});

test("a collapse is said, and what to do", () => {
  const well = { dead: 4, neurons: 512, explained: 0.9, l0: 16 };
  assert.is(collapseWarning(well), null);
  assert.match(collapseWarning({ ...well, dead: 509 })!, /509 of 512 neurons fire for no training user.*learningRate/);
  assert.match(collapseWarning({ ...well, explained: -0.5 })!, /rebuilds -50 % of the embeddings' variance/);
  assert.match(collapseWarning({ ...well, explained: NaN })!, /variance/);
});

test("every epoch reports the health of its weights, and the result that of the weights kept", async () => {
  const config = { ...presets.paper.sae, expansion: 2, k: 4, batchSize: 16, epochs: 3, patience: 0 };
  const seen: number[] = [];
  const { health } = await trainSae(engine, train, train, config, 3, {
    onEpoch: (report) => { seen.push(report.health!.explained); },
  });
  assert.is(seen.length, 3);
  assert.is(health.explained, seen[2]);
  assert.is(health.neurons, 16);
});

test("a frozen decoder stays, a tethered one turns no further than it may, a free one does", async () => {
  const config = {
    ...presets.paper.sae, expansion: 2, k: 4, batchSize: 16, epochs: 30, patience: 0, learningRate: 0.02,
  };
  const free = await trainSae(engine, train, train, { ...config, epochs: 1, learningRate: 1e-9 }, 3);
  const least = async (decoderWithin: number): Promise<number> => {
    const { weights: { decoderW } } = await trainSae(engine, train, train, { ...config, decoderWithin }, 3);
    let least = 1;
    for (let at = 0; at < decoderW.length; at += D) {
      let [along, a, b] = [0, 0, 0];
      for (let d = at; d < at + D; d++) {
        along += decoderW[d] * free.weights.decoderW[d];
        a += decoderW[d] ** 2;
        b += free.weights.decoderW[d] ** 2;
      }
      least = Math.min(least, along / Math.sqrt(a * b));
    }
    return least;
  };
  assertClose([await least(1)], [1], { absolute: 1e-5 });
  const tethered = await least(0.8);
  assert.ok(tethered >= 0.8 - 1e-5 && tethered < 0.99, `${tethered}`);
  assert.ok(await least(-1) < 0.8);
});

test("a row beyond the rim is put back onto it, with its length", () => {
  const model = openSae(
    engine, presets.paper.sae, SparseAutoencoder.initialise(new Random(5), shape), shape, { trainable: true },
  );
  const { data } = model.parameters.find(({ name }) => name === "decoder_w")!.tensor;
  const start = Float64Array.from(data.subarray(0, D));
  const tether = new DecoderTether(model, 0.8);
  data.set(Array.from(start, (_, d) => (d === 0 ? 3 : 0)));
  tether.pull();
  const along = start.reduce((sum, v, d) => sum + v * data[d], 0) / Math.hypot(...start);
  if (start[0] / Math.hypot(...start) < 0.8) assertClose([along / 3], [0.8], { absolute: 1e-5 });
  assertClose([Math.hypot(...data.subarray(0, D))], [3], { absolute: 1e-5 });
});

test.run();
