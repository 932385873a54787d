/**
 * BatchTopK's activation, 32 of 8,192 on average over a batch: the threshold, then what reaches it. Bytes: the
 * pre-activations, three times for nthLargest and once for the others.
 */
import { plain } from "../../src/kernels/families.js";
import type { Case } from "../harness.js";
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";
import type { Workbench } from "../workbench.js";

const ROWS = 1024;
const COLS = 8192;
const KEPT = 32 * ROWS;
const bytes = 4 * ROWS * COLS;

export const threshold: Suite = {
  name: "threshold",
  cases: (bench): Case[] => [
    {
      name: `nthLargest, ${KEPT} of ${ROWS * COLS}`,
      prepare: () => kernelCase(bench, "nthLargest", {
        args: [bench.one.floats(1), bench.one.floatsFrom(uniforms(bench.random, ROWS * COLS)), KEPT], outputs: [0],
        work: { bytes: 3 * bytes }, bound: 0,
      }),
    },
    {
      name: `countAbove ${ROWS} × ${COLS}`,
      prepare() {
        const { x, bar, counts } = selection(bench);
        return kernelCase(bench, "countAbove", {
          args: [counts, x, bar, 0, COLS], outputs: [0], work: { bytes }, bound: 0,
        });
      },
    },
    {
      name: `compressAbove ${ROWS} × ${COLS}`,
      prepare() {
        const { one } = bench;
        const { x, bar, counts } = selection(bench);
        plain.countAbove(counts, x, bar, 0, COLS, 0, ROWS);
        const starts = one.ints(ROWS);
        for (let r = 1; r < ROWS; r++) starts[r] = starts[r - 1] + counts[r - 1];
        return kernelCase(bench, "compressAbove", {
          args: [one.ints(KEPT), one.floats(KEPT), starts, x, bar, 0, COLS], outputs: [0, 1], work: { bytes }, bound: 0,
        });
      },
    },
  ],
};

/** Pre-activations and the threshold that keeps KEPT of them. */
function selection({ one, random }: Workbench): { x: Float32Array; bar: Float32Array; counts: Int32Array } {
  const x = one.floatsFrom(uniforms(random, ROWS * COLS)) as Float32Array;
  const bar = one.floats(1) as Float32Array;
  plain.nthLargest(bar, x, KEPT, 0, 1);
  return { x, bar, counts: one.ints(ROWS) };
}
