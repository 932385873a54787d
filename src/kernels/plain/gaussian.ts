/**
 * The variational part of MultVAE (docs/method.md §2) and its activation, over elements:
 *
 *   z = μ + ε·exp(logvar/2)          KL(N(μ, exp logvar) ‖ N(0, 1)) = −½·(1 + logvar − μ² − exp logvar)
 */
import type { Floats } from "../../base/floats.js";
import { byElements, byRows, EXPONENTIAL, kernel } from "../family.js";

/** out = tanh(x); out may be x. Owns elements. */
export function tanh(out: Floats, x: Floats, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = Math.tanh(x[i]);
}

/** dx (+)= (1 − y²)·dy with y = tanh(x). Owns elements. */
export function tanhGradient(
  dx: Floats, dy: Floats, y: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) dx[i] = (accumulate ? dx[i] : 0) + (1 - y[i] * y[i]) * dy[i];
}

/** z = mu + noise·exp(logvar/2). Owns elements. */
export function gaussianSample(
  z: Floats, mu: Floats, logvar: Floats, noise: Floats, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) z[i] = mu[i] + noise[i] * Math.exp(logvar[i] / 2);
}

/** dLogvar (+)= dz·noise·½·exp(logvar/2). The gradient with respect to mu is dz itself. Owns elements. */
export function gaussianSampleGradient(
  dLogvar: Floats, dz: Floats, logvar: Floats, noise: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    dLogvar[i] = (accumulate ? dLogvar[i] : 0) + dz[i] * noise[i] * 0.5 * Math.exp(logvar[i] / 2);
  }
}

/** kl[r] = Σ_j −½·(1 + logvar − mu² − exp logvar). mu, logvar: (rows, cols), kl: (rows). Owns rows. */
export function gaussianKl(kl: Floats, mu: Floats, logvar: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let j = r * cols; j < (r + 1) * cols; j++) sum += 1 + logvar[j] - mu[j] * mu[j] - Math.exp(logvar[j]);
    kl[r] = -0.5 * sum;
  }
}

/** dLogvar (+)= weight·½·(exp logvar − 1). The gradient with respect to mu is weight·mu. Owns elements. */
export function gaussianKlGradient(
  dLogvar: Floats, logvar: Floats, weight: number, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) {
    dLogvar[i] = (accumulate ? dLogvar[i] : 0) + weight * 0.5 * (Math.exp(logvar[i]) - 1);
  }
}

export const plainGaussian = {
  tanh: kernel(tanh, ([out]) => byElements(out.length, 8 + EXPONENTIAL)),
  tanhGradient: kernel(tanhGradient, ([dx]) => byElements(dx.length, 12)),
  gaussianSample: kernel(gaussianSample, ([z]) => byElements(z.length, 16 + EXPONENTIAL)),
  gaussianSampleGradient: kernel(gaussianSampleGradient, ([dLogvar]) => byElements(dLogvar.length, 16 + EXPONENTIAL)),
  gaussianKl: kernel(gaussianKl, ([kl, , , cols]) => byRows(kl.length, (8 + EXPONENTIAL) * cols)),
  gaussianKlGradient: kernel(gaussianKlGradient, ([dLogvar]) => byElements(dLogvar.length, 8 + EXPONENTIAL)),
};
