/**
 * The three products of a step on scores (score-products.ts) of numbers that were rounded to 16 bits: an approximation
 * for training, in which an instruction multiplies and adds twice as many numbers (kernels/plain/rounded.ts).
 *
 *   A ≈ s_A·Q_A     e ≈ diag(s_e)·Q_e     ŝ ≈ diag(s_ŝ)·Q_ŝ     diag(α·s_ŝ)·e ≈ s·Q
 *
 * Each scale is the largest size of what it stands for by 1,448, so an entry is off by a 2,896th of that at most. A
 * row's scale can be taken out of a sum along the row, so rows of e and ŝ have their own; where the sum runs over rows
 * (ŝ·A over items, ŝᵀ·e over users) one stands for the matrix, and ŝ's row scales go into what ŝᵀ meets. Rounding is
 * to the nearest, so the error of a gradient is small and has no direction of its own. docs/kernels.md has its price.
 */
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import { QUANTUM } from "../../kernels/plain/rounded.js";
import type { ScoreProducts } from "./score-products.js";

/** Of numbers rounded to 16 bits: about a third faster, a gradient off by half a percent. */
export const roundedProducts: ScoreProducts = (tape, e, a) => {
  const { engine } = tape;
  const [B, d, I] = [e.rows, e.cols, a.rows];
  const [aq, aScale] = roundedAlike(engine, a.data, d);
  const eScale = rowScales(engine, e.data, d);
  const eq = rounded(engine, e.data, eScale, d);
  const scores = engine.floats(B * I);
  engine.run("roundedMatmulABt", scores, eq, aq, B, I, Math.ceil(d / 2), aScale, 0);
  engine.run("scaleRows", scores, scores, eScale, I, 0);

  const backward = (s: Floats, alpha: Floats): void => {
    const sScale = rowScales(engine, s, I);
    const sq = rounded(engine, s, sScale, I);
    const both = engine.floats(B);
    for (let r = 0; r < B; r++) both[r] = alpha[r] * sScale[r];
    if (a.requiresGrad) {
      const scaled = engine.floats(B * d);
      engine.run("scaleRows", scaled, e.data, both, d, 0);
      const [scaledQ, scale] = roundedAlike(engine, scaled, d);
      const [dA, accumulate] = tape.contribution(a);
      const [users, vectors] = [interleaved(engine, sq, B, I), interleaved(engine, scaledQ, B, d)];
      engine.run("roundedMatmulAtB", dA, users, vectors, I, d, Math.ceil(B / 2), scale, accumulate);
    }
    if (e.requiresGrad) {
      const product = engine.floats(B * d);
      const items = interleaved(engine, aq, I, d);
      engine.run("roundedMatmul", product, sq, items, B, d, Math.ceil(I / 2), aScale, 0);
      const [dE, accumulate] = tape.contribution(e);
      engine.run("scaleRows", dE, product, both, d, accumulate);
    }
  };
  return { scores, backward };
};

function rowScales(engine: Engine, x: Floats, cols: number): Floats {
  const scale = engine.floats(x.length / cols);
  engine.run("largestSizes", scale, x, cols);
  for (let r = 0; r < scale.length; r++) scale[r] /= QUANTUM;
  return scale;
}

function rounded(engine: Engine, x: Floats, scale: Floats, cols: number): Int32Array {
  const q = engine.ints(scale.length * Math.ceil(cols / 2));
  engine.run("roundRows", q, x, scale, cols);
  return q;
}

/** All rows by one scale. */
function roundedAlike(engine: Engine, x: Floats, cols: number): [q: Int32Array, scale: number] {
  const scales = rowScales(engine, x, cols);
  let scale = 0;
  for (let r = 0; r < scales.length; r++) if (!(scales[r] <= scale)) scale = scales[r];
  return [rounded(engine, x, scales.fill(scale), cols), scale];
}

function interleaved(engine: Engine, q: Int32Array, rows: number, cols: number): Int32Array {
  const out = engine.ints(Math.ceil(rows / 2) * cols);
  engine.run("interleaveRows", out, q, rows, cols);
  return out;
}
