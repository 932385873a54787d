import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { UserError } from "../../src/base/user-error.js";
import { encodeSafetensors, decodeSafetensors } from "../../src/model-folder/safetensors.js";
import type { NamedTensors } from "../../src/base/named-tensors.js";

function file(tensors: NamedTensors): Uint8Array {
  return Uint8Array.from(encodeSafetensors(tensors).flatMap((piece) => Array.from(piece)));
}

/** A file with any header before the given data. */
function raw(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

function refused(bytes: Uint8Array, pattern: RegExp): void {
  assert.throws(() => decodeSafetensors(bytes, "w.safetensors"), (error: unknown) =>
    error instanceof UserError && error.message.startsWith("w.safetensors: ") && pattern.test(error.message));
}

const two: NamedTensors = {
  a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  b: { shape: [], data: Float32Array.of(7.5) },
};

test("what was written is read back, whatever the shapes", () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.array(fc.float({ noNaN: true }), { minLength: size, maxLength: size })
      .map((values) => ({ shape, data: Float32Array.from(values) }));
  });
  const name = fc.string({ minLength: 1 }).filter((s) => s !== "__metadata__" && s !== "__proto__");
  fc.assert(fc.property(fc.dictionary(name, tensor), (tensors) => {
    const back = decodeSafetensors(file(tensors), "f");
    assert.equal(Object.keys(back).sort(), Object.keys(tensors).sort());
    for (const name of Object.keys(tensors)) {
      assert.equal(back[name].shape, tensors[name].shape);
      assert.equal(Array.from(back[name].data), Array.from(tensors[name].data));
    }
  }));
});

test("the layout is the published one: length, JSON, little-endian data at a multiple of 8", () => {
  const bytes = file(two);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
  assert.equal(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
    a: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] }, b: { dtype: "F32", shape: [], data_offsets: [24, 28] },
  });
  assert.is(new DataView(bytes.buffer).getFloat32(8 + length + 8, true), 3);
});

test("a Buffer inside a larger pool is read as well as an array of its own", () => {
  const pool = Buffer.concat([Buffer.from([1, 2, 3]), file(two)]).subarray(3);
  assert.equal(Array.from(decodeSafetensors(pool, "f").a.data), [1, 2, 3, 4, 5, 6]);
});

test("metadata is allowed and ignored", () => {
  const header = { __metadata__: { made: "elsewhere" }, a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } };
  assert.equal(Object.keys(decodeSafetensors(raw(header, new Uint8Array(4)), "f")), ["a"]);
});

test("every cut of a file is refused", () => {
  const bytes = file(two);
  for (let n = 0; n < bytes.length; n++) refused(bytes.subarray(0, n), /truncated|not a safetensors|damaged/);
});

test("what does not follow the format is refused by name", () => {
  const entry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  const four = new Uint8Array(4);
  refused(new TextEncoder().encode("PK\u0003\u0004 this is another kind of file"), /header/);
  refused(raw("{", four), /not JSON/);
  refused(raw([], four), /no JSON object/);
  refused(raw({ a: { ...entry, dtype: "F16" } }, four), /"a" is of type "F16", expected "F32"/);
  refused(raw({ a: { ...entry, shape: [-1] } }, four), /shape/);
  const deep = `${"[".repeat(6000)}${"]".repeat(6000)}`;
  refused(raw(`{"a":{"dtype":${deep},"shape":[1],"data_offsets":[0,4]}}`, four), /of type nested too deep/);
  refused(raw({ a: { ...entry, shape: [2] } }, four), /takes 4 bytes, expected 8/);
  refused(raw({ a: { ...entry, data_offsets: [4, 0] } }, four), /bytes/);
  refused(raw({ a: entry, b: entry }, four), /"b" begins at byte 0 of the data, expected 4/);
  refused(raw({ a: { ...entry, data_offsets: [4, 8] } }, new Uint8Array(8)), /begins at byte 4/);
  refused(raw({ a: entry }, new Uint8Array(5)), /1 bytes after the last tensor/);
  refused(raw({ a: null }, four), /no description/);
});

test.run();
