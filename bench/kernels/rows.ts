/** Row-wise and elementwise passes, bound by memory, with ndarray-ops beside the ones that it has. */
import ndarray from "ndarray";
import ops from "ndarray-ops";
import type { KernelArgs, KernelName } from "../../src/kernels/families.js";
import { demandEqual } from "../demand-equal.js";
import type { Case, Contender } from "../harness.js";
import { interactions, uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";

const ROWS = 2048;
const COLS = 4096;
const N = ROWS * COLS;

export const rows: Suite = {
  name: "rows",
  cases: (bench) => {
    const { one, random } = bench;
    const matrix = (): Float32Array => one.floatsFrom(uniforms(random, N)) as Float32Array;

    /** A case over (2048, 4096) matrices; `bytes` an element. */
    const over = <K extends KernelName>(
      name: K, bytes: number, outputs: number[], args: () => KernelArgs<K>,
      peers?: (args: KernelArgs<K>) => Contender[],
    ): Case => ({
      name: `${name} ${ROWS} × ${COLS}`,
      prepare() {
        const made = args();
        return kernelCase(bench, name, {
          args: made, outputs, work: { bytes: bytes * N }, bound: 1e-6 * Math.sqrt(COLS), peers: peers?.(made) ?? [],
        });
      },
    });

    /** ndarray-ops on views of the same arrays, compared with the formula first. */
    const byOps = (
      out: ArrayLike<number>, x: ArrayLike<number>, formula: (x: number) => number,
      op: (out: ndarray.NdArray, x: ndarray.NdArray) => void,
    ): Contender[] => {
      const [outs, xs] = [out, x].map((data) => ndarray(data as Float32Array, [ROWS, COLS]));
      op(outs, xs);
      demandEqual("ndarray-ops", out, Float32Array.from(x, formula), 1e-6);
      return [{ name: "ndarray-ops", threads: 1, run: () => op(outs, xs) }];
    };

    return [
      over<"relu">("relu", 8, [0], () => [one.floats(N), matrix()], ([out, x]) =>
        byOps(out, x, (value) => Math.max(value, 0), (o, i) => { ops.maxs(o, i, 0); })),
      over<"addScaled">("addScaled", 8, [0], () => [one.floats(N), matrix(), 0.5, 0], ([out, x]) =>
        byOps(out, x, (value) => 0.5 * value, (o, i) => { ops.muls(o, i, 0.5); })),
      over<"subtractRow">("subtractRow", 8, [0], () => [
        one.floats(N), matrix(), one.floatsFrom(uniforms(random, COLS)), COLS,
      ]),
      over<"columnSums">("columnSums", 4, [0], () => [one.floats(COLS), matrix(), ROWS, COLS, 0]),
      over<"standardiseRows">("standardiseRows", 8, [0, 1, 2], () => [
        one.floats(N), one.floats(ROWS), one.floats(ROWS), matrix(), COLS,
      ]),
      over<"normaliseRows">("normaliseRows", 8, [0], () => [matrix(), COLS]),
      over<"rowDots">("rowDots", 8, [0], () => [one.floats(ROWS), matrix(), matrix(), COLS]),
      over<"cosineDistance">("cosineDistance", 8, [0], () => [one.floats(ROWS), matrix(), matrix(), COLS]),
      over<"reluResidual">("reluResidual", 8, [0, 1, 2], () => {
        const users = interactions(random, ROWS, COLS, 75);
        const starts = one.intsFrom(users.indptr);
        return [
          matrix(), one.floats(ROWS), one.floats(ROWS), starts.subarray(0, ROWS), starts.subarray(1),
          one.intsFrom(users.indices), COLS,
        ];
      }),
    ];
  },
};
