/** The heap: a stack of aligned arrays in one memory, with an error that says what is missing. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gib, Heap } from "../../src/engine/heap.js";
import { UserError } from "../../src/base/user-error.js";

const options = { bytes: 65536, shared: false, precision: "f32", reserved: 0 } as const;

test("arrays do not overlap, are aligned to cache lines, and never at address 0", () => {
  const heap = new Heap(options);
  let end = 1;
  for (const length of [1, 0, 17, 100, 3]) {
    for (const array of [heap.floats(length), heap.ints(length)]) {
      assert.is(array.length, length);
      assert.is(array.byteOffset % 64, 0);
      assert.ok(array.byteOffset >= end);
      end = array.byteOffset + array.byteLength;
      assert.ok(heap.owns(array));
    }
  }
  assert.not(heap.owns(new Float32Array(4)));
});

test("the workspaces at the bottom stay free", () => {
  assert.ok(new Heap({ ...options, reserved: 5000 }).floats(1).byteOffset >= 5000);
});

test("precision", () => {
  assert.instance(new Heap(options).floats(1), Float32Array);
  assert.instance(new Heap({ ...options, precision: "f64" }).floats(1), Float64Array);
});

test("mark and release: the same addresses again; the peak stays", () => {
  const heap = new Heap(options);
  heap.floats(10);
  const mark = heap.mark();
  const first = heap.floats(1000);
  heap.ints(500);
  const peak = heap.peak;
  heap.release(mark);
  assert.is(heap.mark(), mark);
  assert.is(heap.floats(1000).byteOffset, first.byteOffset);
  assert.is(heap.peak, peak);
});

test("exhaustion is an error that a person can act on, and leaves the heap usable", () => {
  const heap = new Heap(options);
  const mark = heap.mark();
  assert.throws(() => heap.floats(20_000), (error: unknown) =>
    error instanceof UserError && /out of engine memory.*0\.00 GiB there.*smaller batch/.test(error.message));
  assert.is(heap.mark(), mark);
  heap.floats(1000);
});

test("memory that cannot be had", () => {
  assert.is(new Heap({ ...options, bytes: 1 }).pages, 1);
  assert.is(gib(3 * 2 ** 29), "1.50 GiB");
});

test.run();
