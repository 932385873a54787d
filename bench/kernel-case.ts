/**
 * The usual bench of a kernel: the same call on the SIMD kernel with one thread and with all, and on the plain kernel,
 * after both SIMD results were compared with the plain one.
 */
import { plain, type KernelArgs, type KernelName } from "../src/kernels/families.js";
import { demandEqual } from "./demand-equal.js";
import { NOT_COMPUTED, type Contender, type Prepared, type Work } from "./harness.js";
import type { Workbench } from "./workbench.js";

export interface KernelCase<N extends KernelName> {
  readonly args: KernelArgs<N>;
  /** Positions of the arguments that the kernel writes. */
  readonly outputs: readonly number[];
  readonly work: Work;
  /** Allowed error, in units of the result's root mean square. Default 1e-5. */
  readonly bound?: number;
  /**
   * For products that take the plain kernel seconds: only these ranges of outputs are computed plainly and compared,
   * and the plain kernel is not timed. The outputs must be overwritten, not updated.
   */
  readonly spans?: readonly (readonly [begin: number, end: number])[];
  /** Others that do the same work. */
  readonly peers?: readonly Contender[];
}

type Numbers = Float32Array | Float64Array | Int32Array;

export function kernelCase<N extends KernelName>(bench: Workbench, name: N, options: KernelCase<N>): Prepared {
  const { args, outputs, work, spans, bound = 1e-5, peers = [] } = options;
  const written = outputs.map((i) => (args as readonly unknown[])[i] as Numbers);
  const contenders: Contender[] = [{ name: "simd", threads: 1, run: () => bench.one.run(name, ...args) }];
  if (bench.threads > 1) {
    contenders.push({ name: "simd", threads: bench.threads, run: () => bench.all.run(name, ...args) });
  }
  if (!spans) contenders.push({ name: "plain", threads: 1, run: () => bench.plain.run(name, ...args) });

  return {
    work,
    contenders: [...contenders, ...peers],
    verify() {
      const before = written.map((array) => array.slice());
      const restore = (): void => written.forEach((array, i) => { array.set(before[i]); });
      bench.one.run(name, ...args);
      const single = written.map((array) => array.slice());
      restore();
      bench.all.run(name, ...args);
      const shared = written.map((array) => array.slice());
      restore();
      if (spans) {
        for (const array of written) array.fill(NOT_COMPUTED);
        const kernel = plain[name] as (...args: unknown[]) => void;
        for (const [begin, end] of spans) kernel(...args, begin, end);
      } else {
        bench.plain.run(name, ...args);
      }
      written.forEach((expected, i) => {
        demandEqual(`${name} on 1 thread`, single[i], expected, bound);
        demandEqual(`${name} on ${bench.threads} threads`, shared[i], expected, bound);
        demandEqual(`${name} on ${bench.threads} threads, compared with 1,`, shared[i], single[i], 0);
      });
      restore();
    },
  };
}
