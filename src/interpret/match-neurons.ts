/**
 * Whether neurons of one training mean the same in another, number by number: neuron n keeps its meaning when, of all
 * neurons of the later training, none answers more like the earlier n than the later n does. How alike two are is the
 * cosine of their activations over the items that both trainings know, each item alone.
 */
import type { Csr } from "../base/csr.js";

/** What became of an earlier training's neurons. */
export interface NeuronMatch {
  /** (H) the later neuron that is most like each earlier one; −1 for one that no item makes fire. */
  readonly nearest: Int32Array;
  /** (H) cosine of each neuron with its own later self; NaN for one that no item made fire. */
  readonly cosine: Float64Array;
  /** Neurons that some item made fire, and those of them that keep their meaning. */
  readonly alive: number;
  readonly kept: number;
}

/**
 * Ties go to the neuron itself, then to the lower one.
 * @param before (I, H) codes of single items. @param after (I, H′) of the same items.
 */
export function matchNeurons(before: Csr, after: Csr): NeuronMatch {
  const [H, later] = [before.cols, after.cols];
  const product = new Float64Array(H * later);
  const [squares, laterSquares] = [new Float64Array(H), new Float64Array(later)];
  for (let i = 0; i < before.rows; i++) {
    for (let p = before.indptr[i]; p < before.indptr[i + 1]; p++) {
      const [row, value] = [before.indices[p] * later, before.values![p]];
      squares[before.indices[p]] += value * value;
      for (let q = after.indptr[i]; q < after.indptr[i + 1]; q++) {
        product[row + after.indices[q]] += value * after.values![q];
      }
    }
    for (let q = after.indptr[i]; q < after.indptr[i + 1]; q++) laterSquares[after.indices[q]] += after.values![q] ** 2;
  }
  const cosineOf = (n: number, m: number): number =>
    (squares[n] > 0 && laterSquares[m] > 0 ? product[n * later + m] / Math.sqrt(squares[n] * laterSquares[m]) : 0);
  const nearest = new Int32Array(H).fill(-1);
  let [alive, kept] = [0, 0];
  for (let n = 0; n < H; n++) {
    if (squares[n] === 0) continue;
    alive++;
    let best = n < later ? n : 0;
    for (let m = 0; m < later; m++) if (cosineOf(n, m) > cosineOf(n, best)) best = m;
    nearest[n] = cosineOf(n, best) > 0 ? best : -1;
    if (nearest[n] === n) kept++;
  }
  const cosine = Float64Array.from({ length: H }, (_, n) => (squares[n] > 0 && n < later ? cosineOf(n, n) : NaN));
  return { nearest, cosine, alive, kept };
}
