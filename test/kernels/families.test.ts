/** The registry of kernel families: files and records agree, and a family from outside needs nothing but its record. */
import { readdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildEngine, type BuildOptions } from "../../src/engine/build.js";
import type { Engine } from "../../src/engine/engine.js";
import { CallBoard } from "../../src/engine/threads/call-board.js";
import type { ThreadPool } from "../../src/engine/threads/thread-pool.js";
import { bindSimd, compileSimd } from "../../src/kernels/bind.js";
import { families, plain, plainOnlyReasons } from "../../src/kernels/families.js";
import type { KernelFamily } from "../../src/kernels/family.js";
import type { TestWorkerData } from "../engine/test-worker.js";
import { toy } from "./toy-family.js";

const registry: readonly KernelFamily[] = families;
const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`../../../src/kernels/${folder}`, import.meta.url))
    .filter((name) => name.endsWith(".ts")).map((name) => name.slice(0, -3)).sort();

test("every plain file is a family, and its SIMD file has the same name", () => {
  assert.equal(registry.map(({ name }) => name).sort(), filesOf("plain"));
  assert.equal(registry.filter(({ simd }) => simd).map(({ name }) => name).sort(), filesOf("simd"));
});

test("every kernel has a SIMD twin in its family or a reason to have none, never both", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  for (const family of registry) {
    const module = compileSimd({ shared: false, numerics: "portable" }, registry);
    const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, () => number>;
    const twins = family.simd ? Object.keys(family.simd.bind(wasm, { at: 64, bytes: 0 })) : [];
    const wanted = Object.entries(family.plain).filter(([, record]) => !("plainOnly" in record)).map(([name]) => name);
    assert.equal(twins.sort(), wanted.sort(), family.name);
  }
  const bound = bindSimd(compileSimd({ shared: false, numerics: "portable" }), memory, 0);
  assert.equal(
    Object.keys(plain).filter((name) => !(name in bound)).sort(), Object.keys(plainOnlyReasons).sort(), "the list",
  );
  for (const [name, why] of Object.entries(plainOnlyReasons)) assert.ok(why.length > 20, `${name}: a reason`);
});

test("no name twice, neither of a kernel nor of an emitted function", () => {
  const kernels = registry.flatMap(({ plain: records }) => Object.keys(records));
  assert.equal(kernels, [...new Set(kernels)]);
  const emitted = registry.flatMap(({ simd }) => simd?.emit("portable").map(({ name }) => name) ?? []);
  assert.equal(emitted, [...new Set(emitted)]);
});

/** Helpers alone compute, so that a result shows that they know the kernel. */
class HelpersOnly implements ThreadPool {
  readonly threads = 2;
  private readonly board = new CallBoard();
  private readonly worker: Worker;

  constructor({ memory, module, workspaceOf }: Parameters<NonNullable<BuildOptions["openPool"]>>[0]) {
    this.worker = new Worker(new URL("../engine/test-worker.js", import.meta.url), {
      workerData: {
        init: { board: this.board.buffer, memory, module, workspace: workspaceOf(1), idleMs: 1000 }, fault: "none",
      } satisfies TestWorkerData,
    });
  }

  run(...[{ index }, args, outputs, piece]: Parameters<ThreadPool["run"]>): void {
    this.board.post(index, args, outputs, piece);
    this.board.finish();
  }

  ready = (): Promise<void> => Promise.resolve();

  close(): void {
    this.board.close();
    void this.worker.terminate();
  }
}

/** The type of `run` knows the families of src alone. */
const run = (engine: Engine, name: string, ...args: unknown[]): void =>
  (engine.run as unknown as (name: string, ...args: unknown[]) => void).call(engine, name, ...args);

const openings: [string, BuildOptions][] = [
  ["plain", { threads: 1, memoryBytes: 2 ** 24, kernels: "plain" }],
  ["SIMD", { threads: 1, memoryBytes: 2 ** 24, kernels: "simd" }],
  ["SIMD on a helper thread", {
    threads: 2, memoryBytes: 2 ** 25, kernels: "simd", openPool: (pool) => new HelpersOnly(pool),
  }],
];
for (const [what, options] of openings) {
  test(`a toy family through the registry alone: ${what}`, () => {
    const engine = buildEngine({ ...options, families: [...families, toy] });
    try {
      const x = engine.floatsFrom(Float32Array.from({ length: 500_003 }, (_, i) => (i % 1009) / 64 - 7));
      const out = engine.floats(x.length);
      run(engine, "square", out, x);
      assert.ok(out.every((value, i) => value === Math.fround(x[i] * x[i])));
      const first = engine.floats(5);
      run(engine, "firstOfRows", first, x, 100_000);
      assert.equal([...first], [0, 1, 2, 3, 4].map((r) => x[r * 100_000]));
      engine.run("relu", out, x);
      assert.ok(out.every((value, i) => value === Math.max(0, x[i])), "and the families of src are there");
    } finally {
      engine.close();
    }
  });
}

test("a kernel that no family has", () => {
  const engine = buildEngine({ threads: 1, memoryBytes: 2 ** 20, kernels: "plain" });
  assert.throws(() => run(engine, "square"), /there is no kernel square/);
});

test.run();
