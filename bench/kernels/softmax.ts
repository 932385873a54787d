/**
 * Kernels with exponentials, at MultVAE's shapes: softmax over a batch of 1,024 rows of 9,000 items, the variational
 * part over its hidden and latent layers. Bytes are those that must move; the time is mostly arithmetic.
 */
import type { KernelArgs, KernelName } from "../../src/kernels/families.js";
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";

const ROWS = 1024;
const ITEMS = 9000;
const HIDDEN = 1536;
const LATENT = 512;

export const softmax: Suite = {
  name: "softmax",
  cases: (bench) => {
    const { one, random } = bench;
    const numbers = (n: number): Float32Array => one.floatsFrom(uniforms(random, n)) as Float32Array;
    /** `bytes` an element of a (ROWS, cols) matrix; the first argument is the output. */
    const over = <K extends KernelName>(
      name: K, cols: number, bytes: number, outputs: number[], args: (n: number) => KernelArgs<K>,
    ): ReturnType<Suite["cases"]>[number] => ({
      name: `${name} ${ROWS} × ${cols}`,
      prepare: () => kernelCase(bench, name, {
        args: args(ROWS * cols), outputs, work: { bytes: bytes * ROWS * cols }, bound: 1e-6 * Math.sqrt(cols),
      }),
    });
    return [
      over<"softmaxRows">("softmaxRows", ITEMS, 8, [0], (n) => [one.floats(n), numbers(n), ITEMS]),
      over<"softmaxRowsGradient">("softmaxRowsGradient", ITEMS, 12, [0], (n) =>
        [one.floats(n), numbers(n), numbers(n), ITEMS, 0]),
      over<"softmaxKl">("softmaxKl", ITEMS, 12, [0, 1], (n) =>
        [one.floats(ROWS), one.floats(n), numbers(n), numbers(n), ITEMS, 1]),
      over<"tanh">("tanh", HIDDEN, 8, [0], (n) => [one.floats(n), numbers(n)]),
      over<"tanhGradient">("tanhGradient", HIDDEN, 12, [0], (n) => [one.floats(n), numbers(n), numbers(n), 0]),
      over<"gaussianSample">("gaussianSample", LATENT, 16, [0], (n) =>
        [one.floats(n), numbers(n), numbers(n), numbers(n)]),
      over<"gaussianSampleGradient">("gaussianSampleGradient", LATENT, 16, [0], (n) =>
        [one.floats(n), numbers(n), numbers(n), numbers(n), 0]),
      over<"gaussianKl">("gaussianKl", LATENT, 8, [0], (n) => [one.floats(ROWS), numbers(n), numbers(n), LATENT]),
      over<"gaussianKlGradient">("gaussianKlGradient", LATENT, 8, [0], (n) => [one.floats(n), numbers(n), 0.3, 0]),
    ];
  },
};
