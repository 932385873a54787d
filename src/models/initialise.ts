/**
 * Initial weights, as PyTorch's initialisers draw them (the numbers differ: the generator is ours).
 */
import type { Floats } from "../base/floats.js";
import { Random } from "../base/random.js";

/** What a start is drawn with: the training's own generator, or one that is the same for every training. */
export function startRandom(own: Random, { startSeed }: { readonly startSeed: number }): Random {
  return startSeed > 0 ? new Random(startSeed) : own;
}

/** Uniform in ±√(6 / fanIn): Kaiming-uniform for relu (He et al., 2015). */
export function kaimingUniform(random: Random, length: number, fanIn: number): Float32Array {
  return uniform(random, length, Math.sqrt(6 / fanIn));
}

/** Uniform in ±bound. */
export function uniform(random: Random, length: number, bound: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = bound * (2 * random.uniform() - 1);
  return values;
}

/** Divides each row of a (rows, cols) matrix by its norm, in place. */
export function normalisedRows<T extends Floats>(values: T, cols: number): T {
  for (let from = 0; from < values.length; from += cols) {
    let squares = 0;
    for (let j = from; j < from + cols; j++) squares += values[j] * values[j];
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = from; j < from + cols; j++) values[j] *= scale;
  }
  return values;
}

/** Uniform in ±√(6 / (fanIn + fanOut)): Xavier-uniform for tanh and softmax layers (Glorot & Bengio, 2010). */
export function xavierUniform(random: Random, fanIn: number, fanOut: number): Float32Array {
  return uniform(random, fanIn * fanOut, Math.sqrt(6 / (fanIn + fanOut)));
}
