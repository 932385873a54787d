/**
 * An ELSA step in TensorFlow.js: a dense batch, and the gradient written out, because tfjs-core comes without the
 * gradients of its kernels. That makes it a good engineer's version: with dP the gradient before the relu,
 *
 *   dP = (α·y − β·x)⊙[y > 0]     dA = dPᵀ·e + xᵀ·(dP·A)
 *
 * five dense products (encode, scores, three here), where the sparse x leaves ours three. Transposes are made first:
 * tfjs wasm has its fast product (XNNPACK) only for operands that are not transposed.
 */
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Csr } from "../../src/base/csr.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import { demandEqual } from "../demand-equal.js";
import type { PeerContender } from "./peer.js";
import { openTfjs, type Backend } from "./tfjs.js";

type StepResult = { loss: Tensor; A: Tensor2D; m: Tensor2D; v: Tensor2D };

/**
 * @param losses of the first two steps: it refuses to be timed when its own differ. a: (I, D) unit rows, x: (B, I).
 */
export async function elsaStep(
  backend: Backend, a: Float32Array, x: Csr, factors: number, losses: readonly number[],
): Promise<PeerContender> {
  const { tf, contender } = await openTfjs(backend);
  const dense = new Float32Array(x.rows * x.cols);
  for (let r = 0; r < x.rows; r++) {
    for (let q = x.indptr[r]; q < x.indptr[r + 1]; q++) dense[r * x.cols + x.indices[q]] = 1;
  }
  const { learningRate, beta1, beta2, epsilon } = PAPER_ADAM;

  const step = contender("ELSA step", () => {
    const input = tf.tensor2d(dense, [x.rows, x.cols]);
    const inputT = tf.transpose(input);
    let A = tf.tensor2d(a, [x.cols, factors]);
    let m = tf.zerosLike(A);
    let v = tf.zerosLike(A);
    let t = 0;
    return {
      run() {
        t++;
        const { loss, ...next } = tf.tidy<StepResult>(() => {
          const sumRows = (z: typeof A): typeof A => tf.sum(z, 1, true);
          const e = tf.matMul(input, A);
          const y = tf.relu(tf.sub<typeof A>(tf.matMul(e, tf.transpose(A)), input));
          const yNorm = tf.sqrt(sumRows(tf.square(y)));
          const xNorm = tf.sqrt(sumRows(input));
          const dot = sumRows(tf.mul(y, input));
          const cosine = tf.div(dot, tf.mul(xNorm, yNorm));
          const beta = tf.div(2 / x.rows, tf.mul(xNorm, yNorm));
          const alpha = tf.div(tf.mul(beta, dot), tf.square(yNorm));
          const support = tf.cast(tf.greater(y, 0), "float32");
          const dP = tf.mul<typeof A>(tf.sub(tf.mul(y, alpha), tf.mul(input, beta)), support);
          const gradient = tf.add(tf.matMul(tf.transpose(dP), e), tf.matMul(inputT, tf.matMul(dP, A)));
          const P = tf.div<typeof A>(A, tf.sqrt(sumRows(tf.square(A))));
          const g = tf.sub(gradient, tf.mul(P, sumRows(tf.mul(gradient, P))));
          const m1 = tf.add<typeof A>(tf.mul(m, beta1), tf.mul(g, 1 - beta1));
          const v1 = tf.add<typeof A>(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2));
          const down = tf.add(tf.sqrt(tf.div(v1, 1 - beta2 ** t)), epsilon);
          const A1 = tf.sub<typeof A>(P, tf.mul(tf.div(m1, down), learningRate / (1 - beta1 ** t)));
          return { loss: tf.sub(2, tf.mul(2, tf.mean(cosine))), A: A1, m: m1, v: v1 };
        });
        tf.dispose([A, m, v]);
        ({ A, m, v } = next);
        return loss;
      },
      close: () => tf.dispose([input, inputT, A, m, v]),
    };
  });
  demandEqual(`tfjs ${backend} ELSA losses`, step.results(losses.length), losses, 1e-4);
  return step;
}
