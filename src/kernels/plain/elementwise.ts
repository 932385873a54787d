/**
 * Elementwise passes over arrays of any shape: bound by memory. A call owns elements begin … end−1.
 */
import type { Floats } from "../../base/floats.js";
import { byElements, kernel } from "../family.js";

/** out (+)= scale·x over elements. */
export function addScaled(
  out: Floats, x: Floats, scale: number, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) out[i] = (accumulate ? out[i] : 0) + scale * x[i];
}

/** out = max(x, 0) over elements; out may be x. */
export function relu(out: Floats, x: Floats, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = x[i] > 0 ? x[i] : 0;
}

/** dx (+)= dy where y > 0: the gradient of relu. */
export function reluGradient(
  dx: Floats, dy: Floats, y: Floats, accumulate: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) dx[i] = (accumulate ? dx[i] : 0) + (y[i] > 0 ? dy[i] : 0);
}

export const plainElementwise = {
  addScaled: kernel(addScaled, ([out]) => byElements(out.length, 12)),
  relu: kernel(relu, ([out]) => byElements(out.length, 8)),
  reluGradient: kernel(reluGradient, ([dx]) => byElements(dx.length, 12)),
};
