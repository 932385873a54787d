/**
 * What every bench works with: three engines over one heap (one thread, all threads, plain), so that all of them run on
 * the same arrays, and a seeded generator.
 */
import { availableParallelism } from "node:os";
import { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { Random } from "../src/base/random.js";
import { bindKernels, compileSimd } from "../src/kernels/bind.js";
import type { Numerics } from "../src/kernels/simd/emit/numerics.js";
import { describeMachine, type Machine } from "./machine.js";

export interface Workbench {
  /** SIMD kernels on this thread alone. */
  readonly one: Engine;
  /** SIMD kernels on `threads` threads; the same engine as `one` when threads is 1. */
  readonly all: Engine;
  /** The plain kernels on one thread. */
  readonly plain: Engine;
  readonly threads: number;
  readonly random: Random;
  readonly machine: Machine;
  readonly quick: boolean;
}

export interface WorkbenchOptions {
  quick: boolean;
  /** Default: all cores. */
  threads?: number;
  numerics?: Numerics;
}

/** The calling thread's scratch, behind the first page as in openEngine. `one` and `all` never run at once. */
const WORKSPACE = 65536;

export function openWorkbench(
  { quick, threads = availableParallelism(), numerics = "fused" }: WorkbenchOptions,
): Workbench {
  if (numerics === "fused") enableRelaxedSimd();
  const machine = describeMachine(numerics);
  const all = openEngine({ threads, kernels: "simd", numerics: machine.numerics });
  const { heap } = all;
  const module = compileSimd({ shared: threads > 1, numerics: machine.numerics });
  return {
    one: threads > 1 ? new Engine(heap, bindKernels(module, heap.memory, WORKSPACE), null) : all,
    all,
    plain: new Engine(heap, bindKernels(null, heap.memory, WORKSPACE), null),
    threads,
    random: new Random(3),
    machine,
    quick,
  };
}
