import { test } from "uvu";
import * as assert from "uvu/assert";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../src/base/user-error.js";
import { checkModelFolder, loadModel, saveModel } from "../../src/model-folder/folder.js";
import { decodeSafetensors } from "../../src/model-folder/safetensors.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();

async function refused(promise: Promise<unknown>, ...patterns: RegExp[]): Promise<void> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  assert.instance(error, UserError);
  for (const pattern of patterns) assert.match((error as UserError).message, pattern);
}

test("a model comes back as it was saved", () => inTemporaryFolder(async (folder) => {
  await saveModel(join(folder, "m"), model);
  assert.equal(await loadModel(join(folder, "m")), model);
  assert.equal((await readdir(folder)), ["m"]);
}));

test("tensors are named and laid out as in the reference", () => inTemporaryFolder(async (folder) => {
  await saveModel(join(folder, "m"), model);
  const file = join(folder, "m", "model.safetensors");
  const tensors = decodeSafetensors(await readFile(file), file);
  const { factors: D, neurons: H } = model.shape;
  assert.equal(Object.keys(tensors), ["encoder", "encoder_w", "encoder_b", "decoder_w", "decoder_b"]);
  assert.equal(tensors.encoder_w.shape, [D, H]);
  assert.equal(tensors.decoder_w.shape, [H, D]);
  assert.is(tensors.encoder_w.data[3 * H + 5], model.sae.encoderW[5 * D + 3]);
  assert.is(tensors.decoder_w.data[5 * D + 3], model.sae.decoderW[5 * D + 3]);
}));

test("the same run writes the same bytes, on 1, 2 and 4 threads", () => inTemporaryFolder(async (folder) => {
  const bytes = async (threads: number): Promise<Buffer[]> => {
    const place = join(folder, String(threads));
    await saveModel(place, await tinyModel({ threads }));
    return Promise.all(["model.safetensors", "unknot.json"].map((name) => readFile(join(place, name))));
  };
  const one = await bytes(1);
  for (const threads of [2, 4]) {
    const many = await bytes(threads);
    one.forEach((file, i) => assert.ok(file.equals(many[i]), `file ${i} differs on ${threads} threads`));
  }
}));

test("an earlier model is replaced, other files are not", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "m");
  await saveModel(place, model);
  await saveModel(place, { ...model, seed: 99 });
  assert.is((await loadModel(place)).seed, 99);
  await writeFile(join(place, "thesis.txt"), "irreplaceable");
  await refused(saveModel(place, model), /holds thesis\.txt/);
  await refused(checkModelFolder(place), /holds thesis\.txt/);
  assert.is(await readFile(join(place, "thesis.txt"), "utf8"), "irreplaceable");
  await refused(saveModel(join(place, "thesis.txt"), model), /is a file/);
  assert.equal(await readdir(folder), ["m"]);
}));

test("damaged, mixed, foreign and newer folders are refused by name", () => inTemporaryFolder(async (folder) => {
  const whole = join(folder, "whole");
  await saveModel(whole, model);
  let copies = 0;
  const broken = async (
    name: string, change: (bytes: Buffer) => Buffer | string, ...patterns: RegExp[]
  ): Promise<void> => {
    const place = join(folder, `copy${copies++}`);
    await cp(whole, place, { recursive: true });
    await writeFile(join(place, name), change(await readFile(join(place, name))));
    await refused(loadModel(place), new RegExp(name.replace(".", "\\.")), ...patterns);
  };
  const json = (change: (content: Record<string, unknown>) => void) => (bytes: Buffer): string => {
    const content = JSON.parse(bytes.toString()) as Record<string, unknown>;
    change(content);
    return JSON.stringify(content);
  };
  await broken("model.safetensors", (bytes) => bytes.subarray(0, bytes.length - 4), /truncated/);
  const flipped = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes[bytes.length - 1] ^ 1)]);
  await broken("model.safetensors", flipped, /damaged, or of another run/);
  await broken("unknot.json", (bytes) => bytes.subarray(0, bytes.length >> 1), /not JSON/);
  await broken("unknot.json", () => "{}", /no model of unknot/);
  await broken("unknot.json", json((c) => { c.version = 2; }), /version 2, this unknot reads up to 1/);
  await broken("unknot.json", json((c) => { c.labels = []; }), /labels is 0, expected \d+ entries/);
  await broken("unknot.json", json((c) => { (c.config as { elsa: { beta1: number } }).elsa.beta1 = 2; }), /beta1/);
  const strayItem = json((c) => { (c.tags as { items: number[] }).items[0] = 120; });
  await broken("unknot.json", strayItem, /tags\.items\[0\] is 120/);
  const other = join(folder, "other");
  await cp(whole, other, { recursive: true });
  const content = json((c) => { (c.shape as { factors: number }).factors = 8; });
  await writeFile(join(other, "unknot.json"), content(await readFile(join(other, "unknot.json"))));
  await refused(loadModel(other), /unknot\.json: shape\.factors is 8, the configuration says 16/);
  await refused(loadModel(join(folder, "nowhere")), /nowhere: no such folder/);
  await mkdir(join(folder, "empty"));
  await refused(loadModel(join(folder, "empty")), /unknot\.json: is missing/);
}));

test.run();
