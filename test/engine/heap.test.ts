/** The heap: a stack of aligned arrays in one memory, with an error that says what is missing. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gib, Heap } from "../../src/engine/heap.js";
import { openEngine } from "../../src/engine/open.js";
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

test("what is allocated again is the same view, and no other's", () => {
  const heap = new Heap({ ...options, bytes: 2 ** 24 });
  const mark = heap.mark();
  const lengths = Array.from({ length: 3000 }, (_, i) => (i * 37) % 500);
  const taken = (): (Float32Array | Float64Array | Int32Array)[] => {
    heap.release(mark);
    return lengths.map((length, i) => (i % 3 === 0 ? heap.ints(length) : heap.floats(length)));
  };
  const [first, second] = [taken(), taken()];
  second.forEach((view, i) => {
    assert.is(view.constructor, first[i].constructor);
    assert.is(view.byteOffset, first[i].byteOffset);
    assert.is(view.length, lengths[i]);
  });
  heap.release(mark);
  const once = heap.floats(12);
  heap.release(mark);
  assert.is(heap.floats(12), once);
  heap.release(mark);
  assert.instance(heap.ints(12), Int32Array);
});

test("exhaustion is an error that a person can act on, and leaves the heap usable", () => {
  const heap = new Heap(options);
  const mark = heap.mark();
  assert.throws(() => heap.floats(20_000), (error: unknown) =>
    error instanceof UserError && /out of engine memory.*0\.00 GiB there.*smaller batch/.test(error.message));
  assert.is(heap.mark(), mark);
  heap.floats(1000);
});

test("a length that is none is refused and leaves the heap as it was", () => {
  const heap = new Heap(options);
  const mark = heap.mark();
  for (const length of [NaN, -1, 1.5, Infinity, 2 ** 60]) {
    assert.throws(() => heap.floats(length), (error: unknown) =>
      error instanceof RangeError && error.message.includes(`${length} elements`));
    assert.throws(() => heap.ints(length), RangeError);
  }
  assert.is(heap.mark(), mark);
  assert.is(heap.floats(4).length, 4);
});

test("a scope gives everything back: after a result, an error, and when a promise settles", async () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 20 });
  const { heap } = engine;
  const mark = heap.mark();
  const take = (): number => engine.floats(100).byteOffset;
  assert.is(engine.scope(take), engine.scope(take));
  assert.throws(() => engine.scope(() => {
    take();
    throw new Error("inside");
  }), /inside/);
  assert.is(heap.mark(), mark);

  let finish = (): void => undefined;
  const pending = engine.scope(async () => {
    take();
    await new Promise<void>((resolve) => { finish = resolve; });
    return engine.scope(take);
  });
  assert.ok(heap.mark() > mark, "an asynchronous scope is open until its promise settles");
  finish();
  assert.ok(await pending > mark);
  assert.is(heap.mark(), mark);

  const failing = engine.scope(() => {
    take();
    return Promise.reject(new Error("later"));
  });
  assert.ok(heap.mark() > mark);
  await failing.then(() => assert.unreachable(), (error: unknown) => assert.match((error as Error).message, /later/));
  assert.is(heap.mark(), mark);
});

test("memory that cannot be had", () => {
  assert.is(new Heap({ ...options, bytes: 1 }).pages, 1);
  assert.is(gib(3 * 2 ** 29), "1.50 GiB");
});

test.run();
