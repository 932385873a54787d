/**
 * What sharing a call among threads costs, and from which size it pays: the numbers behind WORTH_SHARING in
 * src/engine/engine.ts.
 *
 * The round trip is a call whose pieces do next to nothing; whoever comes first takes them, so on a busy machine it is
 * the calling thread, and the time is that of posting alone. The ladders run a kernel in growing sizes on the calling
 * thread alone and cut into one piece a thread, however small: sharing pays where its speed passes 1×.
 */
import type { KernelArgument } from "../src/engine/threads/thread-pool.js";
import { PiscinaPool } from "../src/engine/threads/piscina-pool.js";
import type { KernelArgs, KernelName } from "../src/kernels/families.js";
import { bindKernels, compileSimd, WORKSPACE_BYTES } from "../src/kernels/bind.js";
import { demandEqual, type Case, type Prepared } from "./harness.js";
import { uniforms } from "./input.js";
import type { Suite } from "./suite.js";
import type { Workbench } from "./workbench.js";

const WORKSPACE = 65536;

/** A pool of its own over the bench's heap: the engine would not share small calls. */
function openPool({ all, threads, machine }: Workbench): PiscinaPool {
  const { heap } = all;
  // There are as many workers as one pool needs.
  all.close();
  const module = compileSimd({ shared: true, maximumPages: heap.pages, numerics: machine.numerics });
  return new PiscinaPool({
    threads, memory: heap.memory, module, workspaceOf: (thread) => WORKSPACE + thread * WORKSPACE_BYTES,
  });
}

/** The same call alone and shared; the first argument is the output. */
function aloneAndShared<N extends KernelName>(
  bench: Workbench, name: N, outputs: number, multiple: number, args: KernelArgs<N>,
): Prepared {
  const { one, threads } = bench;
  const pool = openPool(bench);
  const kernel = bindKernels(null, one.heap.memory, 0).get(name)!;
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
    const relu = (name: string, n: number, multiple: number): Case => ({
      name, prepare: () => aloneAndShared(bench, "relu", n, multiple, [one.floats(n), floats(n)]),
    });
    return [
      relu(`pool round trip: ${bench.threads} pieces of 64 numbers`, 64 * bench.threads, 64),
      // Memory-bound and in cache: the hardest to gain from.
      ...[16_384, 65_536, 131_072, 262_144, 1_048_576].map((n) => relu(`pool relu of ${n}`, n, 1024)),
      ...[96, 144, 192, 288].map((n) => ({
        name: `pool matmul ${n} × ${n} × ${n}`,
        prepare: () => aloneAndShared(
          bench, "matmul", n, 48, [one.floats(n * n), floats(n * n), floats(n * n), n, n, n, 0],
        ),
      })),
    ];
  },
};
