/** How threads end: with the program, and with an error rather than a hang when one of them breaks. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildEngine } from "../../src/engine/build.js";
import type { Engine } from "../../src/engine/engine.js";
import { CallBoard } from "../../src/engine/threads/call-board.js";
import { Heap } from "../../src/engine/heap.js";
import { openEngine } from "../../src/engine/open.js";
import { PiscinaPool } from "../../src/engine/threads/piscina-pool.js";
import { bindKernels } from "../../src/kernels/bind.js";
import { UserError } from "../../src/base/user-error.js";
import type { TestWorkerData } from "./test-worker.js";

/** Runs the script; resolves to the milliseconds between its "done" and its end. */
function lingering(...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL("./exit-script.js", import.meta.url));
    const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const timer = setTimeout(() => { child.kill("SIGKILL"); }, 20_000);
    let done = NaN;
    child.stdout.on("data", (text: Buffer) => { if (text.includes("done")) done = performance.now(); });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(performance.now() - done);
      else reject(new Error(`the script ended with code ${String(code)}, signal ${String(signal)}`));
    });
  });
}

for (const args of [[], ["close"], ["again"]]) {
  test(`a program that used threads ends by itself${args.length ? `: ${args.join(" ")}` : ""}`, async () => {
    const ms = await lingering(...args);
    // Idle helpers stop after 1 s; the rest is the machine's load.
    assert.ok(ms < 3000, `${ms.toFixed(0)} ms`);
  });
}

/** Posts a call that only a breaking helper works on. */
async function finishWith(fault: "throws" | "exits"): Promise<void> {
  const heap = new Heap({ bytes: 2 ** 20, shared: true, precision: "f32", reserved: 0 });
  const board = new CallBoard();
  const x = heap.floats(1000);
  const worker = new Worker(new URL("./test-worker.js", import.meta.url), {
    workerData: {
      init: { board: board.buffer, memory: heap.memory, module: null, workspace: 0, idleMs: 1000 }, fault,
    } satisfies TestWorkerData,
  });
  try {
    board.post(bindKernels(null, heap.memory, 0).get("relu")!.index, [x, x], 1000, 100);
    board.finish();
  } finally {
    board.close();
    await worker.terminate();
  }
}

async function messageOf(run: Promise<void>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

test("a helper that throws ends the call with its message", async () => {
  assert.match(await messageOf(finishWith("throws")), /a helper thread failed: relu fell over/);
});

test("a helper that dies in the middle of its work ends the call, at once", async () => {
  const began = performance.now();
  assert.match(
    await messageOf(finishWith("exits")), /a helper thread failed: the thread ended in the middle of its work/,
  );
  assert.ok(performance.now() - began < 10_000);
});

/** An engine whose helpers run this program, and the warnings that it led to. */
async function withHelpers(
  program: string, work: (engine: Engine) => Promise<void>,
): Promise<(Error & { code?: string })[]> {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => { warnings.push(warning); };
  process.on("warning", listen);
  const engine = buildEngine({
    threads: 3, kernels: "plain", memoryBytes: 2 ** 25,
    openPool: (options) => new PiscinaPool(options, new URL(program, import.meta.url).href),
  });
  try {
    await work(engine);
    // Warnings are events of a later turn.
    await turn();
  } finally {
    engine.close();
    process.off("warning", listen);
  }
  return warnings;
}

for (const [what, program] of [["is not there", "./no-such-file.js"], ["ends at once", "./failing-worker.js"]]) {
  test(`helpers whose program ${what}: one warning, then one thread, and right results`, async () => {
    const warnings = await withHelpers(program, async (engine) => {
      await engine.ready();
      assert.is(engine.threads, 1);
      const x = engine.floatsFrom(new Float32Array(1_000_000).fill(-2));
      for (let call = 0; call < 3; call++) engine.run("relu", x, x);
      assert.ok(x.every((value) => value === 0));
    });
    assert.equal(warnings.map(({ code }) => code), ["UNKNOT_ONE_THREAD"]);
    assert.match(warnings[0].message, /computes on one thread.*mark unknot as external; threads: 1 asks for none/s);
  });
}

test("after a helper has died in a call, which fails, the engine goes on alone", async () => {
  const warnings = await withHelpers("./dying-worker.js", async (engine) => {
    const x = engine.floatsFrom(new Float32Array(2_000_000).fill(-2));
    await engine.ready();
    assert.is(engine.threads, 3);
    // The calling thread may be the first at every piece of a call, though hardly of many.
    assert.throws(() => {
      for (let call = 0; call < 1000; call++) engine.run("relu", x, x);
    }, /a helper thread failed: the thread ended in the middle of its work; what this call computed is lost/);
    x.fill(-2);
    engine.run("relu", x, x);
    assert.ok(x.every((value) => value === 0));
    assert.is(engine.threads, 1);
  });
  assert.equal(warnings.map(({ code }) => code), ["UNKNOT_ONE_THREAD"]);
});

test("idle helpers end and are started anew, again and again, with the same results", async () => {
  let pool: PiscinaPool | null = null;
  // As in bench/endurance.ts, on a clock that runs a thousand times as fast.
  const engine = buildEngine({
    threads: 2, kernels: "plain", memoryBytes: 2 ** 25,
    openPool: (options) => pool = new PiscinaPool(options, undefined, { servingMs: 5, threadMs: 10 }),
  });
  const x = engine.floatsFrom(new Float32Array(1_000_000).fill(-2));
  for (let round = 0; round < 20; round++) {
    await engine.ready();
    assert.is(pool!.helpers, 1);
    engine.run("relu", x, x);
    assert.ok(x.every((value) => value === 0));
    x.fill(-2);
    while (pool!.helpers > 0) await wait(1);
  }
  engine.close();
});

test("what does not fit the machine or the heap is refused", () => {
  for (const threads of [0, 1.5, 65, NaN]) {
    assert.throws(() => openEngine({ threads }), (e: unknown) => e instanceof UserError && /threads/.test(e.message));
  }
  const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
  assert.throws(
    () => engine.run("relu", new Float32Array(4), new Float32Array(4)), /does not live in this engine's heap/,
  );
});

test("a call of no outputs does nothing", () => {
  const engine = openEngine({ threads: 2, kernels: "plain", memoryBytes: 2 ** 24 });
  engine.run("relu", engine.floats(0), engine.floats(0));
  engine.run("matmul", engine.floats(0), engine.floats(0), engine.floats(12), 0, 3, 4, 0);
});

test.run();
