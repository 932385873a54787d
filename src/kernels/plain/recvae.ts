/**
 * Kernels of RecVAE (docs/method.md §9.6): swish, layer normalisation, and the divergence from a mixture prior.
 *
 * They have no SIMD twins: they pass over (B, hidden) numbers beside products with (I, hidden) weights.
 */
import type { Floats } from "../../base/floats.js";
import { byElements, byRows, EXPONENTIAL, plainOnly } from "../family.js";

const SMALL = "passes over some hundred numbers a user, beside products with a layer of all items";

/** out = x·σ(x). Owns elements. */
export function swish(out: Floats, x: Floats, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = x[i] / (1 + Math.exp(-x[i]));
}

/** dx (+)= dy·σ(x)·(1 + x·(1 − σ(x))). Owns elements. */
export function swishGradient(
  dx: Floats, dy: Floats, x: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    const sigma = 1 / (1 + Math.exp(-x[i]));
    dx[i] = (accumulate ? dx[i] : 0) + dy[i] * sigma * (1 + x[i] * (1 - sigma));
  }
}

/**
 * Layer normalisation (Ba et al., 2016) before its scale and shift: out = (x − mean)/√(variance + eps) of each row,
 * with the variance over n, and inverse = 1/√(variance + eps). x, out: (rows, cols), inverse: (rows). Owns rows.
 */
export function centreRows(
  out: Floats, inverse: Floats, x: Floats, cols: number, eps: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const [from, to] = [r * cols, (r + 1) * cols];
    let mean = 0;
    for (let j = from; j < to; j++) mean += x[j];
    mean /= cols;
    let variance = 0;
    for (let j = from; j < to; j++) variance += (x[j] - mean) ** 2;
    inverse[r] = 1 / Math.sqrt(variance / cols + eps);
    for (let j = from; j < to; j++) out[j] = (x[j] - mean) * inverse[r];
  }
}

/** dx (+)= inverse·(dOut − mean dOut − out·mean(dOut·out)), row by row. Owns rows. */
export function centreRowsGradient(
  dx: Floats, dOut: Floats, out: Floats, inverse: Floats, cols: number, accumulate: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const [from, to] = [r * cols, (r + 1) * cols];
    let [mean, along] = [0, 0];
    for (let j = from; j < to; j++) {
      mean += dOut[j];
      along += dOut[j] * out[j];
    }
    mean /= cols;
    along /= cols;
    for (let j = from; j < to; j++) {
      dx[j] = (accumulate ? dx[j] : 0) + inverse[r] * (dOut[j] - mean - out[j] * along);
    }
  }
}

const LOG_2PI = Math.log(2 * Math.PI);
/** The prior: a standard normal, the old posterior, and a normal of variance e^10. */
const LOG_WEIGHTS = [3 / 20, 3 / 4, 1 / 10].map(Math.log);
const WIDE = 10;

const logNormal = (z: number, mean: number, logvar: number): number =>
  -0.5 * (LOG_2PI + logvar + (z - mean) ** 2 / Math.exp(logvar));

/**
 * logQ = ln N(z; mu, e^logvar) and logP, the log density of z under the mixture whose second part is
 * N(oldMu, e^oldLogvar); rows[r] = Σ (logQ − logP). All (B, cols) but rows: (B). Owns rows.
 */
export function mixtureKl(
  rows: Floats, logQ: Floats, logP: Floats, z: Floats, mu: Floats, logvar: Floats, oldMu: Floats, oldLogvar: Floats,
  cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      logQ[j] = logNormal(z[j], mu[j], logvar[j]);
      const a = LOG_WEIGHTS[0] + logNormal(z[j], 0, 0);
      const b = LOG_WEIGHTS[1] + logNormal(z[j], oldMu[j], oldLogvar[j]);
      const c = LOG_WEIGHTS[2] + logNormal(z[j], 0, WIDE);
      const top = Math.max(a, b, c);
      logP[j] = top + Math.log(Math.exp(a - top) + Math.exp(b - top) + Math.exp(c - top));
      sum += logQ[j] - logP[j];
    }
    rows[r] = sum;
  }
}

/** The gradients of Σ_r weight[r]·rows[r] with respect to z, mu and logvar. Owns rows. */
export function mixtureKlGradient(
  dZ: Floats, dMu: Floats, dLogvar: Floats, weight: Floats, logP: Floats, z: Floats, mu: Floats, logvar: Floats,
  oldMu: Floats, oldLogvar: Floats, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    for (let j = r * cols; j < (r + 1) * cols; j++) {
      const own = (z[j] - mu[j]) / Math.exp(logvar[j]);
      const share = (k: number, mean: number, lv: number): number =>
        Math.exp(LOG_WEIGHTS[k] + logNormal(z[j], mean, lv) - logP[j]);
      const ofPrior = share(0, 0, 0) * z[j] +
        share(1, oldMu[j], oldLogvar[j]) * (z[j] - oldMu[j]) / Math.exp(oldLogvar[j]) +
        share(2, 0, WIDE) * z[j] / Math.exp(WIDE);
      dZ[j] = weight[r] * (ofPrior - own);
      dMu[j] = weight[r] * own;
      dLogvar[j] = weight[r] * (own * (z[j] - mu[j]) - 1) / 2;
    }
  }
}

export const plainRecvae = {
  swish: plainOnly(swish, ([out]) => byElements(out.length, 8 + EXPONENTIAL), SMALL),
  swishGradient: plainOnly(swishGradient, ([dx]) => byElements(dx.length, 12 + EXPONENTIAL), SMALL),
  centreRows: plainOnly(centreRows, ([out, , , cols]) => byRows(out.length / cols, 16 * cols), SMALL),
  centreRowsGradient: plainOnly(centreRowsGradient, ([dx, , , , cols]) => byRows(dx.length / cols, 20 * cols), SMALL),
  mixtureKl: plainOnly(mixtureKl, ([rows, , , , , , , , cols]) =>
    byRows(rows.length, (32 + 9 * EXPONENTIAL) * cols), SMALL),
  mixtureKlGradient: plainOnly(mixtureKlGradient, ([, , , weight, , , , , , , cols]) =>
    byRows(weight.length, (48 + 8 * EXPONENTIAL) * cols), SMALL),
};
