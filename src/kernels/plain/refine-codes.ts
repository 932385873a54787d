/**
 * Sparse codes improved at inference. An encoder guesses in one product which k neurons rebuild a row and how strongly;
 * with the dictionary at hand both guesses can be put right. For each row, with residual r = x − b − Σ_a e_a·w_a:
 *
 *   fit    e_a ← max(0, e_a + ⟨w_a, r⟩/‖w_a‖²) for one neuron a after the other until nothing moves: non-negative
 *          least squares on the row's neurons by coordinate descent
 *   swap   the weakest neuron gives its place to the one with the largest ⟨w_h, r⟩ > 0, fit again; kept only if ‖r‖²
 *          falls by at least 0.1 %, else the row is done
 *
 * What counts as small is set by an inner product that the caller may weight. A row of a recommender is read through
 * its scores ⟨a_i, x⟩, and of those only the highest are ever shown; with the head of a row's list given,
 *
 *   ‖r‖² is ‖r‖²_M = ⟨r, M·r⟩ = Σ_j r_j² + weight·Σ_{i in head} ⟨a_i, r⟩²      M = 1 + weight·Σ a_i·a_iᵀ
 *
 * and every ⟨·, ·⟩ above is ⟨·, M·⟩: an ellipsoid that is narrow where the list would change.
 *
 * The choice by the residual is that of matching pursuit (Pati et al., 1993), here with swaps instead of growth, since
 * k is given; for SAEs it is known as inference-time optimisation (Smith, 2024). Inner products are correlations where
 * the rows of w are of unit length, as decoder rows are. Not here: an optimal choice of neurons, which is NP-hard.
 *
 * The fit works on the k × k inner products G of the row's neurons: p_a = ⟨w_a, M·r⟩ follows each step by
 * p −= Δe_a·G_a. So a row costs k²·D FLOPs at the start, 2·H·D + 4·k·D a swap, and 2·k² a sweep of the fit; M is never
 * made, and applying it to a vector, k times at the start and twice a swap, costs 4·D FLOPs an item of the head.
 *
 * `improveRow` is the search, in double precision; it asks for everything of length D through `RowProducts`, which are
 * double loops here and SIMD products in simd/refine-codes.ts. It is the one kernel that is a search and not a loop,
 * and so the one with an object and scratch of its own.
 */
import type { Floats } from "../../base/floats.js";
import { kernel } from "../family.js";

/** Sweeps of one fit at most. */
const SWEEPS = 30;
/** Of √D: the step below which a sweep counts as still. */
export const STILL = 1e-4;
/** What ‖r‖² must fall to for a swap to be kept. */
const WORTH = 0.999;

/** One row's code under work. All in double precision, with room for the longest row of a call. */
export interface RowCode {
  /** Entries in use. */
  n: number;
  readonly neurons: Int32Array;
  readonly e: Float64Array;
  /** As they were before a swap. */
  readonly before: Float64Array;
  /** ⟨w_a, M·r⟩ */
  readonly p: Float64Array;
  /** (n, n): ⟨w_a, M·w_c⟩ */
  readonly gram: Float64Array;
}

/** The products behind a row's code, of length D and more. Each reads the neurons and activations that stand there. */
export interface RowProducts {
  /** Works out r, M·r and p anew, so that rounding does not add up over swaps. Returns ‖r‖²_M. */
  rebuild(): number;
  /** The neuron outside the code with the largest positive ⟨w_h, M·r⟩, the lowest among equals; −1 if there is none. */
  search(): number;
  /** ⟨w_h, M·(r + held·w_a)⟩ for a = place, as `search` found r. */
  correlation(h: number, place: number, held: number): number;
  /** Row and column `place` of G for the neuron that stands there now, against the first n. */
  enter(place: number, n: number): void;
}

export function roomFor(longest: number): RowCode {
  return {
    n: 0, neurons: new Int32Array(longest), e: new Float64Array(longest), before: new Float64Array(longest),
    p: new Float64Array(longest), gram: new Float64Array(longest * longest),
  };
}

/** Entries of the longest of some rows. */
export function longestRow(rowStart: Int32Array, rowEnd: Int32Array, begin: number, end: number): number {
  let longest = 0;
  for (let r = begin; r < end; r++) longest = Math.max(longest, rowEnd[r] - rowStart[r]);
  return longest;
}

/**
 * Improves row r's entries indices/values[rowStart[r] … rowEnd[r]−1] in place, with at most `swaps` swaps. They come
 * out ascending by neuron and positive; one that the fit sets to 0 is dropped, so rowEnd[r] may fall. ‖r‖² never rises.
 * An empty row stays, and one with a number that is not finite.
 *
 * x: (rows, cols), about one standard deviation an element; b: (cols); w: (neurons, cols). a: (items, cols) and head:
 * (rows, headSize), rows of a, −1 behind the last; null and 0 where all directions count alike. Owns rows.
 */
export function refineCodes(
  indices: Int32Array, values: Floats, rowEnd: Int32Array, rowStart: Int32Array, x: Floats, b: Floats, w: Floats,
  neurons: number, cols: number, swaps: number, a: Floats | null, head: Int32Array | null, headSize: number,
  weight: number, begin: number, end: number,
): void {
  const code = roomFor(longestRow(rowStart, rowEnd, begin, end));
  const products = new PlainProducts(code, x, b, w, neurons, cols, headSize);
  for (let r = begin; r < end; r++) {
    const slot = rowStart[r];
    takeCode(code, indices, values, slot, rowEnd[r]);
    products.at = r * cols;
    if (a && head) products.takeHead(a, head, r * headSize, headSize, Math.sqrt(weight));
    if (improveRow(code, products, swaps, STILL * Math.sqrt(cols))) {
      rowEnd[r] = slot + writeAscending(indices, values, slot, code);
    }
  }
}

class PlainProducts implements RowProducts {
  /** Where the row begins in x. */
  at = 0;
  private readonly residual: Float64Array;
  /** M·r */
  private readonly weighted: Float64Array;
  /** (n, cols): M·w_a of the row's neurons */
  private readonly moved: Float64Array;
  /** (headSize, cols): the vectors of the items at the head of the row's list, √weight times. */
  private readonly head: Float64Array;
  private heads = 0;

  constructor(
    private readonly code: RowCode, private readonly x: Floats, private readonly b: Floats, private readonly w: Floats,
    private readonly neurons: number, private readonly cols: number, headSize: number,
  ) {
    this.residual = new Float64Array(cols);
    this.weighted = new Float64Array(cols);
    this.moved = new Float64Array(code.neurons.length * cols);
    this.head = new Float64Array(headSize * cols);
  }

  takeHead(a: Floats, head: Int32Array, from: number, headSize: number, scale: number): void {
    const { cols } = this;
    this.heads = 0;
    for (let q = from; q < from + headSize && head[q] >= 0; q++) {
      const to = this.heads++ * cols;
      for (let j = 0; j < cols; j++) this.head[to + j] = scale * a[head[q] * cols + j];
    }
  }

  rebuild(): number {
    const { code: { n, neurons, e, p }, residual, weighted, x, at, b, w, cols } = this;
    for (let j = 0; j < cols; j++) residual[j] = x[at + j] - b[j];
    for (let a = 0; a < n; a++) {
      const [from, value] = [neurons[a] * cols, e[a]];
      if (value !== 0) for (let j = 0; j < cols; j++) residual[j] -= value * w[from + j];
    }
    this.applyMetric(weighted, 0, residual, 0);
    for (let a = 0; a < n; a++) p[a] = dot(weighted, 0, w, neurons[a] * cols, cols);
    return dot(weighted, 0, residual, 0, cols);
  }

  search(): number {
    const { code, weighted, w, neurons, cols } = this;
    let best = -1;
    let most = 0;
    for (let h = 0; h < neurons; h++) {
      const product = dot(weighted, 0, w, h * cols, cols);
      if (product > most && !holds(code, h)) {
        best = h;
        most = product;
      }
    }
    return best;
  }

  correlation(h: number, place: number, held: number): number {
    const { weighted, moved, w, cols } = this;
    return dot(weighted, 0, w, h * cols, cols) + held * dot(moved, place * cols, w, h * cols, cols);
  }

  enter(place: number, n: number): void {
    const { code: { n: stride, neurons, gram }, moved, w, cols } = this;
    this.applyMetric(moved, place * cols, w, neurons[place] * cols);
    for (let c = 0; c < n; c++) {
      gram[place * stride + c] = gram[c * stride + place] = dot(moved, place * cols, w, neurons[c] * cols, cols);
    }
  }

  /** out = M·v */
  private applyMetric(out: Float64Array, to: number, v: Floats, from: number): void {
    const { head, heads, cols } = this;
    for (let j = 0; j < cols; j++) out[to + j] = v[from + j];
    for (let i = 0; i < heads; i++) {
      const product = dot(head, i * cols, v, from, cols);
      for (let j = 0; j < cols; j++) out[to + j] += product * head[i * cols + j];
    }
  }
}

/** False, and nothing of use in the code, where the row is empty or not finite. */
export function improveRow(code: RowCode, products: RowProducts, swaps: number, still: number): boolean {
  const { n, neurons, e, before, p, gram } = code;
  if (n === 0) return false;
  for (let a = 0; a < n; a++) products.enter(a, a + 1);
  let error = products.rebuild();
  if (!(error < Infinity)) return false;
  fit(code, still);
  error = products.rebuild();
  for (let swap = 0; swap < swaps; swap++) {
    const fresh = products.search();
    if (fresh < 0) break;
    let weakest = 0;
    for (let a = 1; a < n; a++) if (e[a] < e[weakest]) weakest = a;
    const replaced = neurons[weakest];
    before.set(e);
    // The place is empty before it changes hands: r and p grow by what the old neuron held.
    const held = e[weakest];
    for (let a = 0; a < n; a++) p[a] += held * gram[weakest * n + a];
    p[weakest] = products.correlation(fresh, weakest, held);
    neurons[weakest] = fresh;
    e[weakest] = 0;
    products.enter(weakest, n);
    fit(code, still);
    const now = products.rebuild();
    if (!(now < error * WORTH)) {
      neurons[weakest] = replaced;
      e.set(before);
      break;
    }
    error = now;
  }
  return true;
}

/** Coordinate descent: e and p = ⟨w, M·r⟩ are carried along. */
function fit({ n, e, p, gram }: RowCode, still: number): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (let a = 0; a < n; a++) {
      const square = gram[a * n + a];
      if (!(square > 0)) continue;
      const wanted = Math.max(0, e[a] + p[a] / square);
      const step = wanted - e[a];
      if (step === 0) continue;
      e[a] = wanted;
      for (let c = 0; c < n; c++) p[c] -= step * gram[a * n + c];
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved < still) return;
  }
}

function holds({ n, neurons }: RowCode, neuron: number): boolean {
  for (let a = 0; a < n; a++) if (neurons[a] === neuron) return true;
  return false;
}

function dot(x: Floats, from: number, y: Floats, at: number, cols: number): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += x[from + j] * y[at + j];
  return sum;
}

export function takeCode(code: RowCode, indices: Int32Array, values: Floats, from: number, to: number): void {
  code.n = to - from;
  for (let a = 0; a < code.n; a++) {
    code.neurons[a] = indices[from + a];
    code.e[a] = values[from + a];
  }
}

/** Insertion by neuron, without the zeros. Returns how many entries there are. */
export function writeAscending(
  indices: Int32Array, values: Floats, slot: number, { n, neurons, e }: RowCode,
): number {
  let count = 0;
  for (let a = 0; a < n; a++) {
    let q = slot + count;
    values[q] = e[a];
    // After rounding to the array's precision.
    if (!(values[q] > 0)) continue;
    for (; q > slot && indices[q - 1] > neurons[a]; q--) {
      indices[q] = indices[q - 1];
      values[q] = values[q - 1];
    }
    indices[q] = neurons[a];
    values[q] = e[a];
    count++;
  }
  return count;
}

export const plainRefineCodes = {
  // About one multiplication and addition a ns if every swap is made; most rows are done after a third of them.
  refineCodes: kernel(refineCodes, ([, , rowEnd, , , , , neurons, cols, swaps, , , headSize]) =>
    ({ outputs: rowEnd.length, cost: (1 + swaps) * (neurons + 4 * headSize) * cols, multiple: 1 })),
};
