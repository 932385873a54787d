/**
 * SAEs of other libraries: the same weights under each library's names and layouts come back as they were, what they do
 * not say is asked for, and what computes something else is refused.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CheckedJson } from "../../src/base/checked-json.js";
import { transpose } from "../../src/base/dense.js";
import { toHalf } from "../../src/model-folder/float16.js";
import { readForeignSae, type ForeignSae } from "../../src/model-folder/foreign-sae.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { encodeStored, type StoredTensor, type StoredType } from "../../src/model-folder/safetensors.js";
import { unknot } from "../cli/run-cli.js";
import { messageOf } from "../data/temporary-folder.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";

const [D, H] = [2, 3];
/** (H, D), (H), (H, D), (D): exact in every float type. */
const encoderW = Float32Array.of(1, 2, 3, -4, 0.5, 6);
const encoderB = Float32Array.of(-1, 0.25, 2);
const decoderW = Float32Array.of(1, 0, 0, 1, -1, 0.5);
const decoderB = Float32Array.of(0.5, -2);

type Values = Float32Array | Float64Array | Uint16Array | BigInt64Array;

function stored(dtype: StoredType, shape: readonly number[], data: Values): StoredTensor {
  return { dtype, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

const f32 = (data: Float32Array, ...shape: number[]): StoredTensor => stored("F32", shape, data);
const saeLens = {
  W_enc: f32(transpose(encoderW, H, D), D, H), b_enc: f32(encoderB, H), W_dec: f32(decoderW, H, D),
  b_dec: f32(decoderB, D),
};
const sparsify = {
  "encoder.weight": f32(encoderW, H, D), "encoder.bias": f32(encoderB, H), W_dec: f32(decoderW, H, D),
  b_dec: f32(decoderB, D),
};
const learning = {
  "encoder.weight": f32(encoderW, H, D), "encoder.bias": f32(encoderB, H),
  "decoder.weight": f32(transpose(decoderW, H, D), D, H), b_dec: f32(decoderB, D),
};

function read(
  tensors: Readonly<Record<string, StoredTensor>>, settings: object | null = null, k: number | null = null,
): ForeignSae {
  const json = settings && CheckedJson.parse(JSON.stringify(settings), "cfg.json");
  return readForeignSae(Buffer.concat(encodeStored(tensors)), "sae.safetensors", json, k);
}

function checkWeights({ weights, factors, neurons }: ForeignSae): void {
  assert.equal([factors, neurons], [D, H]);
  assert.equal(weights.encoderW, encoderW);
  assert.equal(weights.encoderB, encoderB);
  assert.equal(weights.decoderW, decoderW);
  assert.equal(weights.decoderB, decoderB);
}

test("each library's names and layouts", () => {
  const bias = { ...learning, bias: learning.b_dec } as Record<string, StoredTensor>;
  Reflect.deleteProperty(bias, "b_dec");
  const own = {
    encoder_w: saeLens.W_enc, encoder_b: saeLens.b_enc, decoder_w: saeLens.W_dec, decoder_b: saeLens.b_dec,
  };
  for (const [tensors, library] of [
    [saeLens, "SAELens"], [sparsify, "sparsify"], [learning, "dictionary_learning"], [bias, "dictionary_learning"],
    [own, "unknot"],
  ] as const) {
    const sae = read(tensors);
    assert.is(sae.library, library);
    assert.is(sae.kind, "basic", "no k, no threshold: every positive one counts");
    checkWeights(sae);
    assert.equal(read(tensors, null, 2).kind, "topk");
  }
});

test("float16, bfloat16 and float64", () => {
  const upper = (data: Float32Array): Uint16Array =>
    Uint16Array.from(new Uint32Array(data.slice().buffer), (bits) => bits >>> 16);
  const as: [StoredType, (data: Float32Array) => Values][] = [
    ["F16", toHalf], ["BF16", upper], ["F64", (data) => Float64Array.from(data)],
  ];
  for (const [dtype, convert] of as) {
    checkWeights(read(Object.fromEntries(Object.entries(saeLens).map(([name, { shape, bytes }]) =>
      [name, stored(dtype, shape, convert(new Float32Array(bytes.slice().buffer)))]))));
  }
});

test("which neurons count: thresholds, one threshold, k from wherever it is said", () => {
  const jump = read({ ...saeLens, threshold: f32(Float32Array.of(1, 0, Math.E), H) });
  assert.is(jump.kind, "jumprelu");
  assert.ok(Math.abs(jump.weights.threshold![0]) < 1e-6 && Math.abs(jump.weights.threshold![2] - 1) < 1e-6);
  assert.ok(jump.weights.threshold![1] < -60, "0 lets every activation through");
  const k = stored("I64", [], BigInt64Array.of(2n));
  const batch = read({ ...learning, k, threshold: f32(Float32Array.of(0.75)) });
  assert.equal([batch.kind, batch.k, Array.from(batch.weights.threshold!)], ["batch-topk", 2, [0.75]]);
  assert.equal(read({ ...learning, k, threshold: f32(Float32Array.of(-1)) }).kind, "topk", "never learnt");
  assert.is(read(sparsify, { k: 3, d_in: D }).k, 3);
  assert.is(read(saeLens, { activation_fn_kwargs: { k: 1 } }).k, 1);
  assert.is(read(sparsify, { k: 3 }, 2).k, 2, "the caller's word counts");
});

test("a decoder bias that is not taken off before the encoder goes into the encoder's", () => {
  const { weights } = read(saeLens, { apply_b_dec_to_input: false });
  // b_enc + b_dec·W_encᵀ
  assert.equal(Array.from(weights.encoderB), [-1 + 0.5 - 4, 0.25 + 1.5 + 8, 2 + 0.25 - 12]);
});

test("what is none, or computes something else, is refused by name", () => {
  const refused = (use: () => unknown, message: RegExp): void => {
    assert.throws(use, (error: Error) => error.name === "UserError" && message.test(error.message));
  };
  refused(() => read({ weight: f32(encoderW, H, D) }), /no SAE of SAELens, sparsify, .*: it has weight; expected/);
  refused(() => read({ ...saeLens, b_gate: f32(encoderB, H) }), /an SAE with gates \("b_gate"\)/);
  refused(() => read({ ...sparsify, W_skip: f32(encoderW, H, D) }), /a skip connection/);
  refused(() => read({ ...saeLens, W_enc: f32(encoderW, H, D) }), /"W_enc" is 3×2, expected 2×3/);
  refused(() => read({ ...saeLens, b_dec: f32(Float32Array.of(NaN, 1), D) }), /"b_dec" holds NaN/);
  refused(() => read(saeLens, null, 4), /k is 4, expected a whole number from 1 to the 3 neurons/);
  refused(() => read(saeLens, { k: "many" }), /cfg\.json: k is "many", expected a finite number/);
});

test("a foreign file in a model's folder is said to be foreign", () => inTemporaryFolder(async (folder) => {
  const bytes = Buffer.concat(encodeStored(saeLens));
  mkdirSync(join(folder, "lens"));
  writeFileSync(join(folder, "lens", "sae_weights.safetensors"), bytes);
  const message = await messageOf(() => loadModel(join(folder, "lens")));
  assert.match(message, /sae_weights.safetensors is an SAE of SAELens: "unknot import"/);
}));

test("unknot import: a model's own SAE under other names gives the same figures, in the next command too", () =>
  inTemporaryFolder(async (folder) => {
    const model = join(folder, "model");
    const trained = await unknot([
      "train", "--world", "tiny", "--preset", "paper", "--threads", "1", "--out", model, "--set", "elsa.factors=8",
      "--set", "elsa.epochs=4", "--set", "sae.epochs=4", "--set", "sae.k=4", "--json",
    ]);
    assert.is(trained.code, 0, trained.stderr);
    const before = await loadModel(model);
    const { encoderW: w, encoderB: b, decoderW: v, decoderB: c } = before.sae;
    const { factors, neurons } = before.shape;
    const file = join(folder, "sae.safetensors");
    writeFileSync(file, Buffer.concat(encodeStored({
      "encoder.weight": f32(w, neurons, factors), "encoder.bias": f32(b, neurons), W_dec: f32(v, neurons, factors),
      b_dec: f32(c, factors),
    })));
    writeFileSync(join(folder, "cfg.json"), JSON.stringify({ k: 4 }));
    const out = join(folder, "imported");
    const { code, stdout, stderr } = await unknot(["import", file, "--model", model, "--out", out, "--threads", "1"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /an SAE of sparsify: TopK, 8 factors, \d+ neurons, k = 4/);
    const after = await loadModel(out);
    assert.equal(after.metrics, before.metrics);
    assert.equal(after.labels, before.labels);

    // In the place of the model's own weights it is no damage but another kind of file.
    writeFileSync(join(out, "model.safetensors"), await readFile(file));
    assert.match(await messageOf(() => loadModel(out)), /not the model's weights but an SAE of sparsify/);
    await saveModel(out, after);
    const own = join(out, "model.safetensors");
    const short = await unknot(["import", own, "--model", model, "--out", join(folder, "again")]);
    assert.is(short.code, 0, short.stderr);
    assert.match(short.stdout, /an SAE of unknot/);
  }));

test.run();
