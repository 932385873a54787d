/** The ops of RecVAE (docs/method.md §9.6): swish, layer normalisation, and the divergence from a mixture prior. */
import type { Tape } from "../tape.js";
import type { Floats } from "../../base/floats.js";
import type { Tensor } from "../tensor.js";
import { accumulate } from "./dense.js";

/** x·σ(x) (Ramachandran et al., 2017). x: (B, d). */
export function swish(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape;
  const out = tape.output(x.rows, x.cols, x);
  engine.run("swish", out.data, x.data);
  tape.record("swish", out, () => {
    const [dX, accumulate] = tape.contribution(x);
    engine.run("swishGradient", dX, out.grad!, x.data, accumulate);
  });
  return out;
}

/**
 * (x − mean)/√(variance + eps)·scale + shift, row by row (Ba et al., 2016). x: (B, d), scale, shift: (1, d).
 */
export function layerNorm(tape: Tape, x: Tensor, scale: Tensor, shift: Tensor, eps: number): Tensor {
  const { engine } = tape;
  const [B, d] = [x.rows, x.cols];
  const out = tape.output(B, d, x, scale, shift);
  const centred = engine.floats(B * d);
  const inverse = engine.floats(B);
  engine.run("centreRows", centred, inverse, x.data, d, eps);
  for (let at = 0; at < B * d; at++) out.data[at] = centred[at] * scale.data[at % d] + shift.data[at % d];
  tape.record("layerNorm", out, () => {
    const dOut = out.grad!;
    const product = engine.floats(B * d);
    if (scale.requiresGrad) {
      for (let at = 0; at < B * d; at++) product[at] = dOut[at] * centred[at];
      const [dScale, accumulate] = tape.contribution(scale);
      engine.run("columnSums", dScale, product, B, d, accumulate);
    }
    if (shift.requiresGrad) {
      const [dShift, accumulate] = tape.contribution(shift);
      engine.run("columnSums", dShift, dOut, B, d, accumulate);
    }
    if (x.requiresGrad) {
      for (let at = 0; at < B * d; at++) product[at] = dOut[at] * scale.data[at % d];
      const [dX, accumulate] = tape.contribution(x);
      engine.run("centreRowsGradient", dX, product, centred, inverse, d, accumulate);
    }
  });
  return out;
}

/**
 * Mean over rows of weight·Σ_d [ln N(z; mu, e^logvar) − ln p(z)] at the one sample z; p is 3/20·N(0, 1) +
 * 3/4·N(oldMu, e^oldLogvar) + 1/10·N(0, e^10) in each dimension. z, mu, logvar, oldMu, oldLogvar: (B, D), the old ones
 * fixed; weight: (B). out: (1, 1). Also returns both log densities, (B, D).
 */
export function mixtureKl(
  tape: Tape, z: Tensor, mu: Tensor, logvar: Tensor, oldMu: Tensor, oldLogvar: Tensor, weight: ArrayLike<number>,
): { loss: Tensor; logQ: Floats; logP: Floats } {
  const { engine } = tape;
  const [B, D] = [z.rows, z.cols];
  const loss = tape.output(1, 1, z, mu, logvar);
  const [rows, logQ, logP] = [engine.floats(B), engine.floats(B * D), engine.floats(B * D)];
  engine.run(
    "mixtureKl", rows, logQ, logP, z.data, mu.data, logvar.data, oldMu.data, oldLogvar.data, D,
  );
  let total = 0;
  for (let r = 0; r < B; r++) total += weight[r] * rows[r];
  loss.data[0] = total / B;
  tape.record("mixtureKl", loss, () => {
    const weights = engine.floats(B);
    for (let r = 0; r < B; r++) weights[r] = (loss.grad![0] * weight[r]) / B;
    const [dZ, dMu, dLogvar] = [z, mu, logvar].map(() => engine.floats(B * D));
    engine.run(
      "mixtureKlGradient", dZ, dMu, dLogvar, weights, logP, z.data, mu.data, logvar.data, oldMu.data, oldLogvar.data, D,
    );
    if (z.requiresGrad) accumulate(tape, z, dZ, 1);
    if (mu.requiresGrad) accumulate(tape, mu, dMu, 1);
    if (logvar.requiresGrad) accumulate(tape, logvar, dLogvar, 1);
  });
  return { loss, logQ, logP };
}
