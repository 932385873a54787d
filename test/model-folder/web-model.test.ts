import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { openSession } from "../../src/session/open-session.js";
import { modelTensors } from "../../src/model-folder/format.js";
import {
  decodeWebModel, encodeWebModel, sizeOf, tensorBytes, type Precision, type WebModelFiles,
} from "../../src/model-folder/web-model.js";
import { tinyModel, tinyConfig } from "../pipeline/tiny-model.js";
import { presets } from "../../src/config/presets.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const { itemCodes } = session;

const joined = ({ tensors }: WebModelFiles): Uint8Array => new Uint8Array(Buffer.concat(tensors));
const encode = (precision: Precision): Promise<WebModelFiles> => encodeWebModel(model, itemCodes, { precision });

async function refuses(act: () => unknown, pattern: RegExp): Promise<void> {
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof UserError && pattern.test(error.message), String(error));
    return;
  }
  assert.unreachable(`not refused: ${pattern.source}`);
}

test("f32 comes back to the bit, codes and all, and gives the same lists", async () => {
  const files = await encode("f32");
  const web = await decodeWebModel(files.description, joined(files));
  assert.equal(modelTensors(web.model), modelTensors(model));
  assert.equal(web.itemCodes, itemCodes);
  assert.equal(web.model.labels, model.labels);
  const other = openSession(web.model, { threads: 1, itemCodes: web.itemCodes });
  const knobs = [{ tag: model.tags!.names[0], strength: 0.4 }];
  assert.equal(other.steer(["i1", "i5"], knobs, 20), session.steer(["i1", "i5"], knobs, 20));
});

test("f16 and int8 are smaller and near: half of a step, row by row", async () => {
  const sizes = new Map<Precision, number>();
  for (const precision of ["f32", "f16", "int8"] as const) {
    const files = await encode(precision);
    sizes.set(precision, sizeOf(files.tensors));
    assert.is(tensorBytes(files.description), sizeOf(files.tensors));
    const web = await decodeWebModel(files.description, joined(files));
    assert.is(web.precision, precision);
    const { encoder } = web.model.cfae;
    const [rows, cols] = encoder.shape;
    for (let r = 0; r < rows; r++) {
      const exact = model.cfae.encoder.data.subarray(r * cols, (r + 1) * cols);
      const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const allowed = precision === "f32" ? 0 : precision === "f16" ? largest * 2 ** -11 : largest / 254 * 1.0001;
      exact.forEach((value, c) => assert.ok(Math.abs(encoder.data[r * cols + c] - value) <= allowed));
    }
    // One scale a neuron, although W_enc lies transposed in the file.
    const { encoderW } = web.model.sae;
    const { factors: D, neurons: H } = model.shape;
    for (let h = 0; h < H; h++) {
      const exact = model.sae.encoderW.subarray(h * D, (h + 1) * D);
      const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      exact.forEach((value, d) => assert.ok(Math.abs(encoderW[h * D + d] - value) <= largest / 254 * 1.0001));
    }
    assert.equal(web.itemCodes.indices, itemCodes.indices);
  }
  assert.ok(sizes.get("int8")! < sizes.get("f16")! && sizes.get("f16")! < 0.6 * sizes.get("f32")!);
});

test("nothing says where the data was, nor who used it", async () => {
  const source = { folder: "/home/somebody/data", seed: 1 };
  const secret = { ...model, data: { ...model.data, source, notes: ["/home/somebody"] } };
  const files = await encodeWebModel(secret, itemCodes);
  assert.not.match(files.description, /somebody/);
  assert.is((await decodeWebModel(files.description, joined(files))).model.data.source, null);
});

test("samples are carried along", async () => {
  const samples = [{ name: "Person 1", items: ["i1", "i2"] }];
  const files = await encodeWebModel(model, itemCodes, { samples });
  assert.equal((await decodeWebModel(files.description, joined(files))).samples, samples);
});

test("damage is refused by the file's name", async () => {
  const files = await encode("int8");
  const bytes = joined(files);
  await refuses(() => decodeWebModel(files.description, bytes.subarray(0, -1)), /weights\.safetensors: truncated/);
  const flipped = bytes.slice();
  flipped[flipped.length - 3] ^= 4;
  await refuses(() => decodeWebModel(files.description, flipped), /weights\.safetensors: damaged/);
  await refuses(() => decodeWebModel("{", bytes), /unknot-web\.json: damaged/);
  await refuses(() => decodeWebModel('{"format": "else"}', bytes), /no model of unknot/);
  const newer = files.description.replace('"version": 1', '"version": 2');
  await refuses(() => decodeWebModel(newer, bytes), /version 2.*newer unknot/);
});

test("MultVAE travels too", async () => {
  const vae = await tinyModel({
    config: {
      ...tinyConfig, model: "multvae",
      multvae: { ...presets.paper.multvae, factors: 16, hidden: 24, epochs: 3, batchSize: 64 },
    },
  });
  const own = openSession(vae, { threads: 1 });
  const files = await encodeWebModel(vae, own.itemCodes, { precision: "f32" });
  const web = await decodeWebModel(files.description, joined(files));
  assert.equal(openSession(web.model, { threads: 1 }).recommend(["i3"], 10), own.recommend(["i3"], 10));
});

test.run();
