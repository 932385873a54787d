/**
 * The ops of MultVAE and MultDAE (docs/method.md §2): tanh, the reparametrised sample, its divergence from the standard
 * normal, and the multinomial likelihood.
 */
import type { Tape } from "../tape.js";
import { Tensor, type SparseTensor } from "../tensor.js";
import { accumulate } from "./dense.js";
import { sum } from "./losses.js";
import { scaledRowsBackward } from "./score-products.js";

/** tanh(x), made in x's place: x must not be used afterwards. */
export function tanh(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape;
  const out = new Tensor(x.data, x.rows, x.cols, tape.tracks([x]));
  engine.run("tanh", out.data, x.data);
  tape.record("tanh", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("tanhGradient", dX, out.grad!, out.data, accumulate);
  });
  return out;
}

/** z = mu + noise·exp(logvar/2) (Kingma & Welling, 2014). mu, logvar, noise: (B, D), the noise standard normal. */
export function sampleGaussian(tape: Tape, mu: Tensor, logvar: Tensor, noise: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(mu.rows, mu.cols, mu, logvar);
  engine.run("gaussianSample", out.data, mu.data, logvar.data, noise.data);
  tape.record("sampleGaussian", out, () => {
    if (mu.requiresGrad) accumulate(tape, mu, out.grad!, 1);
    if (logvar.requiresGrad) {
      const [dLogvar, accumulate] = tape.contribution(logvar);
      engine.run("gaussianSampleGradient", dLogvar, out.grad!, logvar.data, noise.data, accumulate);
    }
  });
  return out;
}

/** Mean over rows and dimensions of −½·(1 + logvar − mu² − exp logvar). mu, logvar: (B, D), out: (1, 1). */
export function gaussianKl(tape: Tape, mu: Tensor, logvar: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(1, 1, mu, logvar);
  const rows = engine.floats(mu.rows);
  const elements = mu.rows * mu.cols;
  engine.run("gaussianKl", rows, mu.data, logvar.data, mu.cols);
  out.data[0] = sum(rows) / elements;
  tape.record("gaussianKl", out, () => {
    const weight = out.grad![0] / elements;
    if (mu.requiresGrad) accumulate(tape, mu, mu.data, weight);
    if (logvar.requiresGrad) {
      const [dLogvar, accumulate] = tape.contribution(logvar);
      engine.run("gaussianKlGradient", dLogvar, logvar.data, weight, accumulate);
    }
  });
  return out;
}

/** softmax of each row, made in x's place: x must not be used afterwards. */
export function softmax(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape;
  const out = new Tensor(x.data, x.rows, x.cols, tape.tracks([x]));
  engine.run("softmaxRows", out.data, x.data, x.cols);
  tape.record("softmax", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("softmaxRowsGradient", dX, out.grad!, out.data, x.cols, accumulate);
  });
  return out;
}

/**
 * MultVAE's output layer and likelihood in one op: p = softmax(g·Wᵀ + b), loss = mean over rows **and** items of
 * −x·log(max(p, 1e-7)). g: (B, h), w: (I, h), b: (1, I), x: (B, I) binary sparse, out: (1, 1). Also returns p, valid
 * until backward.
 *
 * The gradient with respect to the logits is diag(α)·p̂, p̂ being p but for x's few entries (softmaxNllGradient).
 * It is never formed: p̂ stands in p's place, and α scales g, the column sums and dG instead. So the op passes over B×I
 * once for the softmax and three times as an operand of a product.
 */
export function softmaxNllLoss(
  tape: Tape, g: Tensor, w: Tensor, b: Tensor, x: SparseTensor,
): { loss: Tensor; probabilities: Tensor } {
  const { engine } = tape;
  const [B, h, I] = [g.rows, g.cols, w.rows];
  const loss = tape.output(1, 1, g, w, b);
  const p = engine.floats(B * I);
  engine.run("fillRows", p, b.data, I);
  engine.run("matmulABt", p, g.data, w.data, B, I, h, 1);
  engine.run("softmaxRows", p, p, I);
  const rows = engine.floats(B);
  engine.run("softmaxNll", rows, p, x.rowStart, x.rowEnd, x.indices, I);
  loss.data[0] = sum(rows) / (B * I);

  tape.record("softmaxNllLoss", loss, () => {
    const alpha = engine.floats(B);
    engine.run("softmaxNllGradient", p, alpha, x.rowStart, x.rowEnd, x.indices, I, loss.grad![0] / (B * I));
    if (b.requiresGrad) {
      const [dB, accumulate] = tape.contribution(b);
      engine.run("matmul", dB, alpha, p, 1, I, B, accumulate);
    }
    scaledRowsBackward(tape, g, w, p, alpha);
  });
  return { loss, probabilities: new Tensor(p, B, I, false) };
}
