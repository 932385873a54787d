/** The ladder of top-K: the k largest of each row, over uniform numbers. Its arrays, rungs and right result. */
import { uniforms } from "../../input.js";
import type { Workbench } from "../../workbench.js";
import type { Ladder } from "../climb.js";
import { fullSort } from "./1-full-sort.js";
import { heap } from "./2-heap.js";
import { threshold } from "./3-threshold.js";
import { simd } from "./4-simd.js";

/** @throws RangeError when cols is no multiple of k: the third rung deals a row into k groups. */
export function topkLadder({ one, random }: Workbench, rows: number, cols: number, k: number): Ladder {
  if (k < 1 || cols % k !== 0) throw new RangeError(`cols must be a multiple of k, got ${cols} and ${k}`);
  // Positive, since the library's kernel takes only those.
  const x = one.floatsFrom(uniforms(random, rows * cols).map((u) => 1 + u / 2)) as Float32Array;
  const [indices, ends] = [one.ints(rows * k), one.ints(rows)];
  const values = one.floats(rows * k) as Float32Array;
  const [bestIndices, bestValues] = [new Int32Array(rows * k), new Float32Array(rows * k)];
  fullSort(bestIndices, bestValues, x, rows, cols, k);

  /** Rungs differ in the order within a row. */
  const check = (): void => {
    for (let r = 0; r < rows; r++) {
      const found = indices.slice(r * k, (r + 1) * k).sort();
      const wanted = bestIndices.slice(r * k, (r + 1) * k).sort();
      const wrong = found.findIndex((column, i) => column !== wanted[i]);
      if (wrong >= 0) throw new Error(`row ${r} keeps column ${found[wrong]}, expected ${wanted[wrong]}`);
      for (let i = r * k; i < (r + 1) * k; i++) {
        const expected = x[r * cols + indices[i]];
        if (values[i] !== expected) throw new Error(`entry ${i} has value ${values[i]}, expected ${expected}`);
      }
    }
    indices.fill(-1);
  };
  const rung = (file: string, idea: string, run: () => void): Ladder["rungs"][number] => ({
    name: file.replace(/^\d+-/, "").replaceAll("-", " "), file: `topk/${file}.ts`, idea, threads: 1, check, run,
  });
  return {
    name: "topk", title: `Top ${k} of ${cols}, ${rows} rows`, work: 4 * rows * cols, unit: "GB/s",
    rungs: [
      rung("1-full-sort", "order everything", () => fullSort(indices, values, x, rows, cols, k)),
      rung("2-heap", "keep the best so far", () => heap(indices, values, x, rows, cols, k)),
      rung("3-threshold", "a bound, then the few above", () => threshold(indices, values, x, rows, cols, k)),
      rung("4-simd", "four lanes, no sorting", () => simd(one, indices, values, ends, x, cols, k)),
    ],
  };
}
