/** Tensor files: bytes that are nearly right, and headers that say something else than the data. */
import fc from "fast-check";
import { decodeStored, encodeStored, type StoredTensor } from "../../../src/model-folder/safetensors.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { demand, judge, mustHold, type OpenSurface, type Surface } from "../surface.js";

type Input = { readonly kind: "bytes"; readonly changes: readonly ByteChange[] } |
  { readonly kind: "header"; readonly changes: readonly JsonChange[] } |
  { readonly kind: "noise"; readonly bytes: Uint8Array };

const TENSORS: Record<string, StoredTensor> = {
  encoder: { dtype: "F32", shape: [3, 2], bytes: new Uint8Array(24).fill(1) },
  half: { dtype: "F16", shape: [2, 2], bytes: new Uint8Array(8).fill(2) },
  empty: { dtype: "I32", shape: [0], bytes: new Uint8Array(0) },
  bias: { dtype: "I8", shape: [], bytes: new Uint8Array(1) },
};
const file = Buffer.concat(encodeStored(TENSORS));
const length = Number(file.readBigUInt64LE(0));
const header: unknown = JSON.parse(file.toString("utf8", 8, 8 + length));
const data = file.subarray(8 + length);

const inputs: fc.Arbitrary<Input> = fc.oneof(
  fc.record({ kind: fc.constant("bytes" as const), changes: byteChanges }),
  fc.record({
    kind: fc.constant("header" as const),
    changes: jsonChanges(["F32", "F16", "BF16", "I32", [0, 24], [24, 24], [0, 4], [2 ** 40, 2 ** 40], [3, 0]]),
  }),
  fc.record({ kind: fc.constant("noise" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
);

function bytesOf(input: Input): Uint8Array {
  switch (input.kind) {
    case "bytes": return changeBytes(file, input.changes);
    case "noise": return input.bytes;
    case "header": {
      const json = Buffer.from(changeJson(header, input.changes));
      const prefix = Buffer.alloc(8);
      prefix.writeBigUInt64LE(BigInt(json.length));
      return Buffer.concat([prefix, json, data]);
    }
  }
}

/** What was read is written to the same tensors again. */
function check(input: Input): ReturnType<typeof judge> {
  return judge(() => {
    const tensors = decodeStored(bytesOf(input), "w.safetensors");
    const again = mustHold("cannot be written again", () =>
      decodeStored(Buffer.concat(encodeStored(tensors)), "again.safetensors"));
    demand(Object.keys(tensors).every((name) => Buffer.compare(again[name].bytes, tensors[name].bytes) === 0),
      "written again it is something else");
  });
}

export const safetensors: Surface = {
  name: "safetensors", about: "tensor files", round: 1000,
  open: () => Promise.resolve({ inputs, check } satisfies OpenSurface<Input> as OpenSurface),
};
