/**
 * An ELSA step in jax-js: the formula on a dense batch, its gradient by `valueAndGrad` (five dense products), rows on
 * the unit sphere and Adam, all under one `jit`. Arrays are counted there: each use but the last is a `.ref`.
 */
import type { numpy } from "@jax-js/jax";
import type { Csr } from "../../src/base/csr.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import { demandEqual } from "../demand-equal.js";
import { openJax } from "./jax.js";
import type { PeerContender } from "./peer.js";

type NumArray = numpy.Array;

/**
 * @param losses of the first two steps: it refuses to be timed when its own differ. a: (I, D) unit rows, x: (B, I).
 */
export async function jaxElsaStep(
  a: Float32Array, x: Csr, factors: number, losses: readonly number[],
): Promise<PeerContender> {
  const { jax: { jit, nn, numpy: np, valueAndGrad }, contender } = await openJax();
  const dense = new Float32Array(x.rows * x.cols);
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) dense[r * x.cols + x.indices[q]] = 1;
  }
  const { learningRate, beta1, beta2, epsilon } = PAPER_ADAM;
  const rowSums = (z: NumArray): NumArray => np.sum(z, 1, { keepdims: true });
  const unit = (z: NumArray): NumArray => z.ref.div(np.sqrt(rowSums(np.square(z))));
  const loss = (A: NumArray, input: NumArray): NumArray => {
    const y = nn.relu(np.matmul(np.matmul(input.ref, A.ref), np.transpose(A)).sub(input.ref));
    return np.sum(np.square(unit(y).sub(unit(input)))).mul(1 / x.rows);
  };
  const update = jit((
    A: NumArray, m: NumArray, v: NumArray, input: NumArray, size: NumArray, correction: NumArray,
  ): [NumArray, NumArray, NumArray, NumArray] => {
    const [value, gradient] = valueAndGrad(loss)(A.ref, input);
    const P = unit(A);
    const g = gradient.ref.sub(P.ref.mul(rowSums(gradient.mul(P.ref))));
    const m1 = m.mul(beta1).add(g.ref.mul(1 - beta1));
    const v1 = v.mul(beta2).add(np.square(g).mul(1 - beta2));
    const down = np.sqrt(v1.ref.mul(correction)).add(epsilon);
    return [value, P.sub(size.mul(m1.ref).div(down)), m1, v1];
  });

  const step = contender("ELSA step", () => {
    const input = np.array(dense, { shape: [x.rows, x.cols] });
    let A = np.array(a, { shape: [x.cols, factors] });
    let [m, v] = [np.zeros([x.cols, factors]), np.zeros([x.cols, factors])];
    let t = 0;
    return {
      run() {
        t++;
        const [size, correction] = [learningRate / (1 - beta1 ** t), 1 / (1 - beta2 ** t)].map((z) => np.array(z));
        const [value, ...next] = update(A, m, v, input.ref, size, correction);
        [A, m, v] = next;
        return value.dataSync() as Float32Array;
      },
      close: () => { for (const array of [input, A, m, v]) array.dispose(); },
    };
  });
  demandEqual("jax-js ELSA losses", step.results(losses.length), losses, 1e-4);
  return step;
}
