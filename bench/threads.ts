/**
 * What sharing a call among threads costs, from which size it pays, and what it brings there: the numbers behind
 * WORTH_SHARING and the pieces of src/engine/engine.ts.
 *
 * The round trip is a call whose pieces do next to nothing; on a busy machine the calling thread takes all of them, and
 * the time is that of posting alone. The pool's sizes run a kernel on the calling thread alone and cut into one piece a
 * thread, however small: sharing pays where its speed passes 1×. The engine's sizes are calls as a model makes them.
 */
import { PiscinaPool } from "../src/engine/threads/piscina-pool.js";
import type { KernelArgument } from "../src/engine/threads/thread-pool.js";
import { bindKernels, compileSimd, WORKSPACE_BYTES } from "../src/kernels/bind.js";
import type { KernelArgs, KernelName } from "../src/kernels/families.js";
import { demandEqual } from "./demand-equal.js";
import type { Case, Prepared } from "./harness.js";
import { uniforms } from "./input.js";
import { kernelCase } from "./kernel-case.js";
import type { Suite } from "./suite.js";
import type { Workbench } from "./workbench.js";

const WORKSPACE = 65536;

/** A pool of its own over the bench's heap: the engine would not share small calls. */
function openPool({ all, threads, machine }: Workbench): PiscinaPool {
  const { heap } = all;
  const module = compileSimd({ shared: true, numerics: machine.numerics });
  return new PiscinaPool({
    threads, memory: heap.memory, module, workspaceOf: (thread) => WORKSPACE + thread * WORKSPACE_BYTES,
  });
}

/** The same call alone and shared; the first argument is the output. */
function aloneAndShared<N extends KernelName>(bench: Workbench, name: N, args: KernelArgs<N>, multiple = 1): Prepared {
  const { one, threads } = bench;
  const pool = openPool(bench);
  const kernel = bindKernels(null, one.heap.memory, 0).get(name)!;
  const { outputs } = kernel.split(args);
  const piece = Math.ceil(outputs / threads / multiple) * multiple;
  const alone = (): void => one.run(name, ...args);
  const shared = (): void => pool.run(kernel, args as readonly KernelArgument[], outputs, piece);
  return {
    work: null,
    contenders: [
      { name: "alone", threads: 1, run: alone },
      { name: "shared", threads, run: shared, close: () => pool.close() },
    ],
    verify() {
      const out = args[0] as Float32Array;
      alone();
      const expected = out.slice();
      out.fill(0);
      shared();
      demandEqual(`${name} shared`, out, expected, 0);
    },
  };
}

export const threads: Suite = {
  name: "threads",
  cases(bench) {
    if (bench.threads < 2) return [];
    const { one, random } = bench;
    const floats = (n: number): ReturnType<typeof one.floatsFrom> => one.floatsFrom(uniforms(random, n));
    const square = (n: number): KernelArgs<"matmul"> =>
      [one.floats(n * n), floats(n * n), floats(n * n), n, n, n, 0];
    const relu = (name: string, n: number, multiple: number): Case => ({
      name, prepare: () => aloneAndShared(bench, "relu", [one.floats(n), floats(n)], multiple),
    });
    return [
      relu(`pool round trip: ${bench.threads} pieces of 64 numbers`, 64 * bench.threads, 64),
      // Memory-bound and in cache: the hardest to gain from.
      ...[16_384, 65_536, 131_072, 262_144, 1_048_576].map((n) => relu(`pool relu of ${n}`, n, 1024)),
      ...[96, 144].map((n) => ({
        name: `pool matmul ${n} × ${n} × ${n}`, prepare: () => aloneAndShared(bench, "matmul", square(n), 8),
      })),
      ...[192, 240, 288, 320, 384, 512].map((n) => ({
        name: `engine matmul ${n} × ${n} × ${n}`,
        prepare: () => kernelCase(bench, "matmul", { args: square(n), outputs: [0], work: { flops: 2 * n ** 3 } }),
      })),
    ];
  },
};
