/** The dense products at the shapes of the models: SAE encoder, ELSA scores and both of its gradients. */
import { plain } from "../../src/kernels/families.js";
import { splitsColumns } from "../../src/kernels/plain/matmul.js";
import { demandEqual } from "../demand-equal.js";
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import { openJax } from "../peers/jax.js";
import { openTfjs } from "../peers/tfjs.js";
import type { Suite } from "../suite.js";

/** First, middle and last outputs, not aligned to tiles. */
function spans(m: number, n: number): [number, number][] {
  const outputs = splitsColumns(m, n) ? n : m;
  const width = Math.min(outputs, 9);
  const middle = (outputs - width) >> 1;
  return [[0, width], [middle, middle + width], [outputs - width, outputs]];
}

/**
 * Rounding errors of k additions grow like √k. Against a product in double precision the plain kernel errs by a third
 * of this bound or less (k from 512 to 40,857), the SIMD one, which adds in shorter chains, by a third or much less.
 */
const roundingOf = (k: number): number => 3e-7 * Math.sqrt(k);

const SHAPES = [
  ["matmul", 1024, 4096, 512],
  ["matmulABt", 1024, 4096, 512],
  ["matmulAtB", 1024, 4096, 512],
  ["matmulABt", 1024, 8192, 1024],
  ["matmulAtB", 4096, 512, 1024],
  ["matmul", 1024, 512, 9000],
] as const;

/** Small enough for the slow ones. Without a transpose, which costs tfjs its fast path. */
const [M, N, K] = [256, 512, 256];

export const matmul: Suite = {
  name: "matmul",
  cases: (bench) => {
    const { one, random } = bench;
    const large = SHAPES.map(([name, m, n, k]) => ({
      name: `${name} ${m} × ${n} × ${k}`,
      prepare() {
        const [a, b] = [m * k, k * n].map((length) => one.floatsFrom(uniforms(random, length)));
        return kernelCase(bench, name, {
          args: [one.floats(m * n), a, b, m, n, k, 0], outputs: [0], work: { flops: 2 * m * n * k }, spans: spans(m, n),
          bound: roundingOf(k),
        });
      },
    }));
    const withPeers = {
      name: `matmul ${M} × ${N} × ${K}`,
      async prepare() {
        const [a, b] = [M * K, N * K].map((length) => one.floatsFrom(uniforms(random, length)));
        const expected = new Float32Array(M * N);
        plain.matmul(expected, a, b, M, N, K, 0, 0, splitsColumns(M, N) ? N : M);
        const peers = [];
        for (const backend of ["wasm", "cpu"] as const) {
          const { tf, contender } = await openTfjs(backend);
          const product = contender("matmul", () => {
            const [x, y] = [tf.tensor2d(Float32Array.from(a), [M, K]), tf.tensor2d(Float32Array.from(b), [K, N])];
            return { run: () => tf.matMul(x, y), close: () => tf.dispose([x, y]) };
          });
          demandEqual(`tfjs ${backend} matMul`, product.results(), expected, roundingOf(K));
          peers.push(product);
        }
        const { jax: { jit, numpy: np }, contender } = await openJax();
        const product = contender("matmul", () => {
          const times = jit(np.matmul);
          const x = np.array(Float32Array.from(a), { shape: [M, K] });
          const y = np.array(Float32Array.from(b), { shape: [K, N] });
          return {
            run: () => times(x.ref, y.ref).dataSync() as Float32Array,
            close: () => { for (const array of [x, y]) array.dispose(); },
          };
        });
        demandEqual("jax-js matmul", product.results(), expected, roundingOf(K));
        peers.push(product);
        return kernelCase(bench, "matmul", {
          args: [one.floats(M * N), a, b, M, N, K, 0], outputs: [0], work: { flops: 2 * M * N * K },
          bound: roundingOf(K), peers,
        });
      },
    };
    return [...large, withPeers];
  },
};
