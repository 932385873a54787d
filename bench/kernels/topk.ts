/** The K largest positive entries of each row, over seeded uniform numbers of both signs. Bytes: the rows read once. */
import type { numpy } from "@jax-js/jax";
import { demandEqual } from "../demand-equal.js";
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import { openJax } from "../peers/jax.js";
import type { PeerContender } from "../peers/peer.js";
import { openTfjs } from "../peers/tfjs.js";
import type { Suite } from "../suite.js";

const ROWS = 1024;

export const topk: Suite = {
  name: "topk",
  cases: (bench) => [[8192, 32], [4096, 32], [2048, 32], [8192, 64]].map(([cols, k]) => ({
    name: `topkRelu ${ROWS} rows, ${k} of ${cols}`,
    async prepare() {
      const { one, random } = bench;
      const x = one.floatsFrom(uniforms(random, ROWS * cols));
      const [indices, values, ends] = [one.ints(ROWS * k), one.floats(ROWS * k), one.ints(ROWS)];
      return kernelCase(bench, "topkRelu", {
        args: [indices, values, ends, x, cols, k], outputs: [0, 1, 2], work: { bytes: 4 * ROWS * cols }, bound: 0,
        peers: cols === 8192 && k === 32
          ? [await tfjsTopk(Float32Array.from(x), cols, k), await jaxTopk(Float32Array.from(x), cols, k)] : [],
      });
    },
  })),
};

async function jaxTopk(x: Float32Array, cols: number, k: number): Promise<PeerContender> {
  const { jax: { jit, lax, numpy: np }, contender } = await openJax();
  const best = contender("topk", () => {
    const top = jit((rows: numpy.Array) => lax.topK(rows, k));
    const t = np.array(x, { shape: [ROWS, cols] });
    return {
      run: () => {
        const [values, indices] = top(t.ref);
        indices.dispose();
        return values.dataSync() as Float32Array;
      },
      close: () => t.dispose(),
    };
  });
  demandEqual("jax-js topK", best.results(), descending(x, cols, k), 0);
  return best;
}

async function tfjsTopk(x: Float32Array, cols: number, k: number): Promise<PeerContender> {
  const { tf, contender } = await openTfjs("wasm");
  const best = contender("topk", () => {
    const t = tf.tensor2d(x, [ROWS, cols]);
    return {
      run: () => {
        const found = tf.topk(t, k);
        found.indices.dispose();
        return found.values;
      },
      close: () => t.dispose(),
    };
  });
  demandEqual("tfjs wasm topk", best.results(), descending(x, cols, k), 0);
  return best;
}

/** Best first; each of these rows has far more than k positive entries. */
function descending(x: Float32Array, cols: number, k: number): Float32Array {
  const best = new Float32Array(ROWS * k);
  for (let r = 0; r < ROWS; r++) best.set(x.slice(r * cols, (r + 1) * cols).sort().reverse().subarray(0, k), r * k);
  return best;
}
