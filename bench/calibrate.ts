/**
 * What this machine can do at most, measured in the same run as everything else:
 *
 *   arithmetic  a loop that stays in registers: 12 independent sums, s = s·x + y, four floats each, 128 bits wide
 *   memory      copying 256 MB, read and written bytes both counted, on one thread and on all
 *
 * A kernel's "percent of peak" is its rate over one of these. The best of several runs counts: a peak is a bound.
 */
import { Worker } from "node:worker_threads";
import {
  I32, V128, Func, advance, assemble, doWhile, f32x4, sequence, v128,
} from "../src/kernels/simd/emit/assembler.js";
import { multiplyAdd, relaxedSimdAvailable, type Numerics } from "../src/kernels/simd/emit/numerics.js";

export interface Peaks {
  /** GFLOP/s of one core with fused multiply-add, null where the machine has none. */
  fused: number | null;
  /** GFLOP/s of one core with multiplication and addition apart. */
  portable: number;
  /** GB/s of a large copy on 1 thread and on all: read + written. */
  copy: { threads: number; rate: number }[];
}

const SUMS = 12;
const UNROLL = 4;
const FLOPS_PER_STEP = UNROLL * SUMS * 4 * 2;

/** registers(iterations): x = .5 and y = 1 come from memory, so that nothing can be folded; sums converge to 2. */
function registerLoop(numerics: Numerics): Func {
  const madd = multiplyAdd(numerics);
  const f = new Func("registers");
  const [left] = f.params(I32, 1);
  const sums = f.locals(V128, SUMS);
  const [x, y] = f.locals(V128, 2);
  return f.body(
    x.set(v128.load(0)), y.set(v128.load(16)),
    ...sums.map((sum) => sum.set(0)),
    doWhile(left,
      ...Array.from({ length: UNROLL }, () => sequence(...sums.map((sum) => sum.set(madd(sum, x, y))))),
      advance(left, -1)),
    ...sums.map((sum, i) => v128.store(32 + 16 * i, f32x4.add(sum, y))),
  );
}

/** GFLOP/s of one core, the best of a few runs of some milliseconds. */
export function arithmeticPeak(numerics: Numerics): number {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Float32Array(memory.buffer).set([0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1]);
  const module = new WebAssembly.Module(assemble([registerLoop(numerics)], { shared: false, maximumPages: 1 }));
  const { registers } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    registers: (iterations: number) => void;
  };
  const iterations = 500_000;
  let best = Infinity;
  for (let run = 0; run < 15; run++) {
    const start = performance.now();
    registers(iterations);
    best = Math.min(best, performance.now() - start);
  }
  return (iterations * FLOPS_PER_STEP) / best / 1e6;
}

const COPY_FLOATS = 1 << 25;
const COPIES = 8;

/** Each thread copies its own 128 MB to another 128 MB, all at once, starting on a shared signal. */
async function copyPeak(threads: number): Promise<number> {
  const signal = new Int32Array(new SharedArrayBuffer(8));
  const copyLoop = `
    const { workerData: { signal, floats, copies }, parentPort } = require("node:worker_threads");
    const from = new Float32Array(floats).fill(1), to = new Float32Array(floats).fill(2);
    Atomics.add(signal, 0, 1);
    parentPort.postMessage("ready");
    while (Atomics.load(signal, 1) === 0);
    let best = Infinity;
    for (let i = 0; i < copies; i++) {
      const start = performance.now();
      to.set(from);
      best = Math.min(best, performance.now() - start);
    }
    parentPort.postMessage(best);`;
  const results = Array.from({ length: threads }, () => {
    const worker = new Worker(copyLoop, { eval: true, workerData: { signal, floats: COPY_FLOATS, copies: COPIES } });
    return new Promise<number>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: number | string) => {
        if (typeof message === "number") resolve(message);
        else if (Atomics.load(signal, 0) === threads) Atomics.store(signal, 1, 1);
      });
    });
  });
  const slowest = Math.max(...await Promise.all(results));
  return (threads * 8 * COPY_FLOATS) / slowest / 1e6;
}

export async function measurePeaks(threads: number): Promise<Peaks> {
  const copy = [];
  for (const count of new Set([1, threads])) copy.push({ threads: count, rate: await copyPeak(count) });
  return {
    fused: relaxedSimdAvailable() ? arithmeticPeak("fused") : null,
    portable: arithmeticPeak("portable"),
    copy,
  };
}

export function peaksLine({ fused, portable, copy }: Peaks): string {
  const flops = [fused === null ? null : `${fused.toFixed(1)} fused`, `${portable.toFixed(1)} multiply + add`];
  const rates = copy.map(({ threads, rate }) => `${rate.toFixed(1)} on ${threads}`);
  return `peak of a core, 128 bits: ${flops.filter(Boolean).join(", ")} GFLOP/s · copy: ${rates.join(", ")} GB/s`;
}
