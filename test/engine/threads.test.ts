/** Results do not depend on who computes: every kernel, on 1, 2 and 4 threads, gives the same bytes. */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CallBoard } from "../../src/engine/threads/call-board.js";
import { Heap } from "../../src/engine/heap.js";
import { openEngine } from "../../src/engine/open.js";
import { enableRelaxedSimd } from "../../src/engine/relaxed-simd.js";
import type { KernelArgument } from "../../src/engine/threads/thread-pool.js";
import type { KernelName } from "../../src/kernels/families.js";
import { bindKernels, compileSimd, WORKSPACE_BYTES } from "../../src/kernels/bind.js";
import { caseNames, kernelCase, outputBytes } from "./kernel-cases.js";
import type { TestWorkerData } from "./test-worker.js";

enableRelaxedSimd();

const MEMORY = 2 ** 26;
/** Names, places and splits; the same whatever memory the kernels are bound to. */
const table = bindKernels(null, new WebAssembly.Memory({ initial: 0 }), 0);

/** What one thread computes: the expected bytes of every kernel. */
const expected = new Map<string, Uint8Array[]>();
for (const kernels of ["plain", "simd"] as const) {
  const engine = openEngine({ threads: 1, kernels, memoryBytes: MEMORY });
  for (const name of caseNames) {
    const mark = engine.heap.mark();
    const it = kernelCase(name, engine);
    engine.run(name, ...it.args);
    expected.set(`${kernels} ${name}`, outputBytes(it));
    engine.heap.release(mark);
  }
}

function assertSame(got: Uint8Array[], kernels: string, name: KernelName): void {
  got.forEach((bytes, i) => {
    const same = Buffer.compare(bytes, expected.get(`${kernels} ${name}`)![i]) === 0;
    assert.ok(same, `${name} (${kernels}): output ${i} has other bytes`);
  });
}

test("every kernel has a case", () => {
  assert.equal([...table.keys()].filter((name) => !(caseNames as string[]).includes(name)), []);
});

test("the cases are large enough to be shared", () => {
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: MEMORY });
  const mark = engine.heap.mark();
  const tooSmall = caseNames.filter((name) => {
    engine.heap.release(mark);
    const { outputs, cost, multiple } = table.get(name)!.split(kernelCase(name, engine).args);
    return outputs * cost < 150_000 || outputs <= multiple;
  });
  // One piece by design.
  assert.equal(tooSmall, ["transposeLists", "nthLargest"]);
});

for (const kernels of ["plain", "simd"] as const) {
  for (const threads of [2, 4]) {
    test(`an engine with ${threads} threads, ${kernels}`, async () => {
      const engine = openEngine({ threads, kernels, memoryBytes: MEMORY });
      assert.is(engine.threads, threads);
      for (const name of caseNames) {
        const mark = engine.heap.mark();
        const it = kernelCase(name, engine);
        engine.run(name, ...it.args);
        assertSame(outputBytes(it), kernels, name);
        engine.heap.release(mark);
        // Helpers are started by the first shared call and serve after a turn of the event loop.
        await turn();
      }
      engine.close();
    });
  }

  for (const helpers of [1, 3]) {
    test(`${helpers} helpers alone, the main thread only waiting, ${kernels}`, async () => {
      const workspaceOf = (thread: number): number => 65536 + thread * WORKSPACE_BYTES;
      const heap = new Heap({ bytes: MEMORY, shared: true, precision: "f32", reserved: workspaceOf(helpers) });
      const module = kernels === "plain"
        ? null : compileSimd({ shared: true, numerics: "fused" });
      const board = new CallBoard();
      const file = new URL("./test-worker.js", import.meta.url);
      const workers = Array.from({ length: helpers }, (_, i) => new Worker(file, {
        workerData: {
          init: { board: board.buffer, memory: heap.memory, module, workspace: workspaceOf(i), idleMs: 1000 },
          fault: "none",
        } satisfies TestWorkerData,
      }));
      const copied = <T extends Float32Array | Int32Array>(to: T, values: ArrayLike<number>): T => {
        to.set(values);
        return to;
      };
      const home = {
        floatsFrom: (values: ArrayLike<number>) => copied(heap.floats(values.length) as Float32Array, values),
        intsFrom: (values: ArrayLike<number>) => copied(heap.ints(values.length), values),
      };
      try {
        for (const name of caseNames) {
          const mark = heap.mark();
          const it = kernelCase(name, home);
          const { outputs, multiple } = table.get(name)!.split(it.args);
          // Small pieces, so that every helper gets some and seams fall everywhere.
          const piece = multiple * Math.max(1, Math.round(outputs / multiple / 16));
          board.post(table.get(name)!.index, it.args as readonly KernelArgument[], outputs, piece);
          board.finish();
          assertSame(outputBytes(it), kernels, name);
          heap.release(mark);
        }
      } finally {
        board.close();
        await Promise.all(workers.map((worker) => worker.terminate()));
      }
    });
  }
}

test.run();
