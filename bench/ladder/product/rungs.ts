/** The ladder of the dense product C = A·B: its arrays, its rungs in order, and what a right result is. */
import { demandEqual } from "../../demand-equal.js";
import { uniforms } from "../../input.js";
import type { Workbench } from "../../workbench.js";
import type { Ladder } from "../climb.js";
import { loadModule } from "../load-module.js";
import { tripleLoop } from "./01-triple-loop.js";
import { rowsInOrder } from "./02-rows-in-order.js";
import { scalarTile } from "./03-scalar-tile.js";
import { fourLanes } from "./04-four-lanes.js";
import { simdTile } from "./05-simd-tile.js";
import { KC, MC, blocked, packed, packers } from "./06-packed.js";
import { unrolled } from "./07-unrolled.js";
import { fenced } from "./08-fenced.js";
import { fused } from "./09-fused.js";
import { threaded } from "./10-threaded.js";

/** The part of a workbench that is used: a page has no more. */
type Bench = Pick<Workbench, "one" | "all" | "threads" | "random"> & {
  readonly machine: Pick<Workbench["machine"], "numerics">;
};

/** What m and n must be multiples of, so that every rung's tile fits; k of 4. */
export const TILES = { m: 12, n: 24, k: 4 } as const;

/** @throws RangeError when a size is no multiple of the tiles'. */
export function productLadder(bench: Bench, m: number, n: number, k: number): Ladder {
  if (m % TILES.m !== 0 || n % TILES.n !== 0 || k % TILES.k !== 0 || m * n * k === 0) {
    throw new RangeError(
      `the ladder's kernels leave out edges: m, n and k must be multiples of ${TILES.m}, ${TILES.n} and ${TILES.k}, ` +
      `got ${m}, ${n} and ${k}`);
  }
  const { one, all, random, machine } = bench;
  const onHeap = (numbers: Float32Array): Float32Array => one.floatsFrom(numbers) as Float32Array;
  const [a, b, c] = [onHeap(uniforms(random, m * k)), onHeap(uniforms(random, k * n)), onHeap(new Float32Array(m * n))];
  const at = {
    c: c.byteOffset, a: a.byteOffset, b: b.byteOffset,
    packedA: one.floats(MC * KC).byteOffset, packedB: one.floats(KC * n).byteOffset,
  };
  const withFused = machine.numerics === "fused";
  const wasm = loadModule(
    one.heap, [fourLanes(), simdTile(), ...packers(), packed(), unrolled(), fenced(), ...(withFused ? [fused()] : [])]);
  const tiles = (name: string): void => {
    c.fill(0);
    blocked(wasm, name, at, m, n, k);
  };
  const expected = expectedProduct(a, b, m, n, k);
  // Rounding errors of k additions in single precision grow like √k.
  const check = (): void => demandEqual("the product", c, expected, 3e-7 * Math.sqrt(k));
  const rung = (file: string, idea: string, run: () => void, threads = 1): Ladder["rungs"][number] => ({
    name: file.replace(/^\d+-/, "").replaceAll("-", " "), file: `product/${file}.ts`, idea, threads, check,
    run,
  });
  return {
    name: "product", title: `Dense product ${m} × ${n} × ${k}`, work: 2 * m * n * k, unit: "GFLOP/s",
    rungs: [
      rung("01-triple-loop", "the formula", () => tripleLoop(c, a, b, m, n, k)),
      rung("02-rows-in-order", "loops exchanged", () => rowsInOrder(c, a, b, m, n, k)),
      rung("03-scalar-tile", "nine sums in registers", () => scalarTile(c, a, b, m, n, k)),
      rung("04-four-lanes", "emitted SIMD", () => {
        c.fill(0);
        wasm.fourLanes(at.c, at.a, at.b, m, 4 * n, k);
      }),
      rung("05-simd-tile", "32 sums in 8 registers", () => { wasm.simdTile(at.c, at.a, at.b, m, 4 * n, 4 * k); }),
      rung("06-packed", "blocks that fit the caches", () => tiles("packed")),
      rung("07-unrolled", "four steps of k: registers spill", () => tiles("unrolled")),
      rung("08-fenced", "a branch never taken: none spills", () => tiles("fenced")),
      ...(withFused ? [rung("09-fused", "one instruction, one rounding", () => tiles("fused"))] : []),
      ...(bench.threads > 1
        ? [rung("10-threaded", `${bench.threads} threads`, () => threaded(all, c, a, b, m, n, k), bench.threads)] : []),
    ],
  };
}

/** In double precision, row by row. */
function expectedProduct(a: Float32Array, b: Float32Array, m: number, n: number, k: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j];
    }
  }
  return c;
}
