/**
 * Sparse times dense: encoding users (75 items each), its transpose for the gradient, and sparse codes (32 neurons).
 * Bytes are those that must move if no row stays in cache: each entry reads a row of B, each output is written once.
 */
import { csrTranspose, type Csr } from "../../src/base/csr.js";
import { interactions, uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";
import type { Workbench } from "../workbench.js";

const BATCH = 1024;
const ITEMS = 40_857;
const [NEURONS, FACTORS, K] = [4096, 512, 32];

function lists({ one }: Workbench, x: Csr): { start: Int32Array; end: Int32Array; indices: Int32Array } {
  const starts = one.intsFrom(x.indptr);
  return { start: starts.subarray(0, x.rows), end: starts.subarray(1), indices: one.intsFrom(x.indices) };
}

export const csr: Suite = {
  name: "csr",
  cases: (bench) => {
    const { one, random } = bench;
    const batches = [1024, 512, 256].flatMap((cols) => [false, true].map((transposed) => ({
      name: transposed
        ? `csrMatmul (${BATCH} × ${ITEMS})ᵀ · ${cols}, 75 a user`
        : `csrMatmul ${BATCH} × ${ITEMS} · ${cols}, 75 a user`,
      prepare() {
        const users = interactions(random, BATCH, ITEMS, 75);
        const x = transposed ? csrTranspose(users) : users;
        const { start, end, indices } = lists(bench, x);
        const b = one.floatsFrom(uniforms(random, x.cols * cols));
        return kernelCase(bench, "csrMatmul", {
          args: [one.floats(x.rows * cols), start, end, indices, null, b, cols, 0], outputs: [0],
          work: { bytes: 4 * cols * (indices.length + x.rows) },
        });
      },
    })));
    const work = { bytes: 4 * FACTORS * BATCH * (K + 1) };
    return [
      ...batches,
      {
        name: `csrMatmul ${BATCH} × ${NEURONS} · ${FACTORS}, weighted code of ${K}`,
        prepare() {
          const { start, end, indices } = lists(bench, interactions(random, BATCH, NEURONS, K));
          const [values, b] = [indices.length, NEURONS * FACTORS].map((n) => one.floatsFrom(uniforms(random, n)));
          return kernelCase(bench, "csrMatmul", {
            args: [one.floats(BATCH * FACTORS), start, end, indices, values, b, FACTORS, 0], outputs: [0], work,
          });
        },
      },
      {
        name: `csrDots ${BATCH} × ${NEURONS} · ${FACTORS}, code of ${K}`,
        prepare() {
          const { start, end, indices } = lists(bench, interactions(random, BATCH, NEURONS, K));
          const [a, b] = [BATCH * FACTORS, NEURONS * FACTORS].map((n) => one.floatsFrom(uniforms(random, n)));
          return kernelCase(bench, "csrDots", {
            args: [one.floats(indices.length), start, end, indices, a, b, FACTORS, 0], outputs: [0], work,
            bound: 1e-6 * Math.sqrt(FACTORS),
          });
        },
      },
    ];
  },
};
