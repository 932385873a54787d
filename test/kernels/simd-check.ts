/**
 * One check for every SIMD kernel: the result against the plain kernel in double precision within a given bound, the
 * same bits when the range is cut into pieces, no write outside the outputs, no read past the end of the memory.
 */
import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import { test } from "uvu";
import { plain, type KernelName, type Kernels } from "../../src/kernels/families.js";
import { Random } from "../../src/base/random.js";
import { WORKSPACE_BYTES, bindSimd, compileSimd } from "../../src/kernels/bind.js";
import { relaxedSimdAvailable, type Numerics } from "../../src/kernels/simd/emit/numerics.js";

// Node 20 hides relaxed SIMD behind a flag, which must be set before the first compile.
if (!relaxedSimdAvailable()) setFlagsFromString("--experimental-wasm-relaxed-simd");
export const NUMERICS: readonly Numerics[] = relaxedSimdAvailable() ? ["fused", "portable"] : ["portable"];

/** Half the distance from 1 to the next single: the relative error of one rounding. */
export const UNIT = 2 ** -24;

export type Arg = Float32Array | Int32Array | number | null;

export interface Case {
  readonly name: KernelName;
  /** The kernel's arguments without its range. Arrays are copied, never touched. */
  readonly args: readonly Arg[];
  /** Length of the full range. */
  readonly total: number;
  /** For each output, by its position in args: the allowed error of every element, 0 for exact. */
  readonly outputs: Readonly<Record<number, number | ArrayLike<number>>>;
}

type Loose = (...args: readonly (Arg | Float64Array)[]) => void;

const PAGES = 160;
const CANARY = 0x7fc0dead;

/** A memory with the workspace in front, arrays from the end downwards, and canaries in all the rest. */
export class Bench {
  readonly kernels: Partial<Kernels>;
  private readonly memory: WebAssembly.Memory;
  private readonly words: Int32Array;
  private readonly from = WORKSPACE_BYTES + 4;
  private top = 0;
  private gaps: [number, number][] = [];

  constructor(readonly numerics: Numerics, shared = false) {
    this.memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared });
    this.words = new Int32Array(this.memory.buffer);
    const module = compileSimd({ shared, numerics });
    this.kernels = bindSimd(module, this.memory, 4);
  }

  /** Copies of the arguments in the memory, in random order, with 1 to 9 canaries between any two. */
  place(args: readonly Arg[], random: Random): Arg[] {
    const placed = [...args];
    this.top = this.memory.buffer.byteLength;
    this.gaps = [];
    const order = random.shuffle(args.map((_, i) => i));
    for (const i of order) {
      const arg = args[i];
      if (typeof arg === "number" || arg === null) continue;
      const end = this.top;
      this.top -= arg.byteLength;
      const copy = arg instanceof Float32Array
        ? new Float32Array(this.memory.buffer, this.top, arg.length)
        : new Int32Array(this.memory.buffer, this.top, arg.length);
      copy.set(arg);
      placed[i] = copy;
      const gap = 4 * (1 + random.below(9));
      this.gaps.push([(this.top - gap) / 4, this.top / 4]);
      this.words.fill(CANARY, (this.top - gap) / 4, this.top / 4);
      this.top -= gap;
      if (this.top < this.from || end < this.top) throw new Error("the test memory is too small");
    }
    return placed;
  }

  checkCanaries(name: string): void {
    for (const [from, to] of this.gaps) {
      for (let i = from; i < to; i++) if (this.words[i] !== CANARY) throw new Error(`${name} wrote outside its arrays`);
    }
  }
}

const benches = NUMERICS.map((numerics) => new Bench(numerics));

/** Runs a case on all numerics; cuts the range at random places. */
export function check(c: Case, random: Random): void {
  const truth = c.args.map((arg) => arg instanceof Float32Array ? Float64Array.from(arg)
    : arg instanceof Int32Array ? arg.slice() : arg);
  (plain[c.name] as unknown as Loose)(...truth, 0, c.total);
  for (const bench of benches) {
    const kernel = bench.kernels[c.name] as unknown as Loose | undefined;
    if (!kernel) throw new Error(`no SIMD kernel ${c.name}`);
    const what = `${c.name} (${bench.numerics})`;
    const whole = bench.place(c.args, random);
    kernel(...whole, 0, c.total);
    bench.checkCanaries(what);
    const got = whole.map((arg) => typeof arg === "number" || arg === null ? arg : arg.slice());
    compare(c, got, truth, what);

    const cuts = [0, random.below(c.total + 1), random.below(c.total + 1), random.below(c.total + 1), c.total];
    cuts.sort((a, b) => a - b);
    const pieces = bench.place(c.args, random);
    for (let i = 1; i < cuts.length; i++) kernel(...pieces, cuts[i - 1], cuts[i]);
    bench.checkCanaries(what);
    pieces.forEach((arg, i) => sameBits(arg, got[i], `${what} in pieces at ${cuts.join(" ")}, argument ${i}`));
  }
}

function compare(c: Case, got: readonly Arg[], truth: readonly (Arg | Float64Array)[], what: string): void {
  got.forEach((arg, position) => {
    if (typeof arg === "number" || arg === null) return;
    const bound = c.outputs[position];
    if (bound === undefined) {
      sameBits(arg, c.args[position], `${what}, input ${position}`);
      return;
    }
    const expected = truth[position] as ArrayLike<number>;
    for (let i = 0; i < arg.length; i++) {
      const allowed = typeof bound === "number" ? bound : bound[i];
      const error = Math.abs(arg[i] - expected[i]);
      if (Object.is(arg[i], expected[i]) || error <= allowed) continue;
      throw new Error(`${what}, argument ${position} at [${i}]: got ${arg[i]}, expected ${expected[i]} ± ${allowed}`);
    }
  });
}

export function sameBits(a: Arg | undefined, b: Arg | undefined, what: string): void {
  if (typeof a === "number" || a === null || a === undefined) return;
  if (typeof b === "number" || b === null || b === undefined) throw new Error(`${what}: not an array`);
  const left = new Int32Array(a.slice().buffer);
  const right = new Int32Array(b.slice().buffer);
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) throw new Error(`${what}: bits differ at [${i}]: ${a[i]} and ${b[i]}`);
  }
}

/**
 * A test of one kernel over shapes: few rows, a few to a few hundred columns. `flag` is 0 or 1, for `accumulate` or
 * whatever else comes in two kinds.
 */
export function eachShape(
  name: string, leastCols: 0 | 1, run: (rows: number, cols: number, flag: number, random: Random) => void,
): void {
  const cols = fc.oneof(fc.integer({ min: leastCols, max: 20 }), fc.integer({ min: 21, max: 300 }));
  test(name, () => {
    fc.assert(fc.property(
      fc.integer({ min: 0, max: 9 }), cols, fc.integer({ min: 0, max: 1 }), fc.integer(),
      (rows, cols, flag, seed) => run(rows, cols, flag, new Random(seed)),
    ), { numRuns: 150, seed: 31 });
  });
}

/** n numbers in [−1, 1), a few of them exactly 0. */
export function floats(n: number, random: Random): Float32Array {
  return Float32Array.from({ length: n }, () => random.below(16) === 0 ? 0 : 2 * random.uniform() - 1);
}

/** An output before the call: NaN where it must be overwritten, numbers where it is added to. */
export function before(n: number, accumulate: number, random: Random): Float32Array {
  return accumulate ? floats(n, random) : new Float32Array(n).fill(NaN);
}

/**
 * Error bounds for a kernel that is linear in sums of `terms` products: the same kernel on absolute values gives the
 * size of every sum, and each of its roundings costs at most UNIT of it.
 */
export function linearBound(
  name: KernelName, args: readonly Arg[], total: number, output: number, terms: number,
): Float64Array {
  const sizes = args.map((arg) => arg instanceof Float32Array ? Float64Array.from(arg, Math.abs)
    : typeof arg === "number" ? Math.abs(arg) : arg);
  (plain[name] as unknown as Loose)(...sizes, 0, total);
  // Below the smallest normal number a rounding has an absolute error instead.
  return (sizes[output] as Float64Array).map((size) => (terms + 2) * (UNIT * size + 2 ** -149));
}

/** Row lists over `cols` columns: rows of different lengths with gaps between them, columns ascending. */
export function rowLists(
  rows: number, cols: number, most: number, random: Random,
): { rowStart: Int32Array; rowEnd: Int32Array; indices: Int32Array } {
  const rowStart = new Int32Array(rows);
  const rowEnd = new Int32Array(rows);
  const indices: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let gap = random.below(3); gap > 0; gap--) indices.push(0);
    rowStart[r] = indices.length;
    const chosen = new Set<number>();
    const count = random.below(Math.min(most, cols) + 1);
    while (chosen.size < count) chosen.add(random.below(cols));
    indices.push(...[...chosen].sort((a, b) => a - b));
    rowEnd[r] = indices.length;
  }
  return { rowStart, rowEnd, indices: Int32Array.from(indices) };
}
