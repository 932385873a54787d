/**
 * Sparse codes improved at inference. An encoder guesses in one product which k neurons rebuild a row and how strongly;
 * with the dictionary at hand both guesses can be put right. For each row, with residual r = x − b − Σ_a e_a·w_a:
 *
 *   fit    e_a ← max(0, e_a + ⟨w_a, r⟩/‖w_a‖²) for one neuron a after the other until nothing moves: non-negative
 *          least squares on the row's neurons by coordinate descent
 *   swap   the weakest neuron gives its place to the one with the largest ⟨w_h, r⟩ > 0, fit again; kept only if ‖r‖²
 *          falls by at least 0.1 %, else the row is done
 *
 * The choice by the residual is that of matching pursuit (Pati et al., 1993), here with swaps instead of growth, since
 * k is given; for SAEs it is known as inference-time optimisation (Smith, 2024). Inner products are correlations where
 * the rows of w are of unit length, as decoder rows are. Not here: an optimal choice of neurons, which is NP-hard.
 *
 * The fit works on the k × k inner products G of the row's neurons: p_a = ⟨w_a, r⟩ follows each step by
 * p −= Δe_a·G_a. So a row costs k²·D FLOPs at the start, 2·H·D + 4·k·D a swap, and 2·k² a sweep of the fit.
 *
 * Only this face: half of the work is a chain of small steps, each waiting for the one before, and in double precision,
 * of which 128-bit SIMD holds two. The search over all neurons would gain, and is worth a face if this is ever hot.
 */
import type { Floats } from "../floats.js";

/** Sweeps of one fit at most, and the share of a standard deviation below which a step counts as none. */
const SWEEPS = 30;
const STILL = 1e-4;
/** What ‖r‖² must fall to for a swap to be kept. */
const WORTH = 0.999;

/** What one row is worked on with: room for the longest row of a call. All in double precision. */
interface Scratch {
  readonly neurons: Int32Array;
  readonly e: Float64Array;
  /** As they were before a swap. */
  readonly before: Float64Array;
  readonly residual: Float64Array;
  /** ⟨w_a, r⟩ */
  readonly p: Float64Array;
  /** (n, n), of the row's neurons */
  readonly gram: Float64Array;
}

/**
 * Improves row r's entries indices/values[rowStart[r] … rowEnd[r]−1] in place, with at most `swaps` swaps. They come out
 * ascending by neuron and positive; one that the fit sets to 0 is dropped, so rowEnd[r] may fall. ‖r‖² never rises.
 * An empty row stays, and one with a number that is not finite.
 *
 * x: (rows, cols), about one standard deviation an element; b: (cols); w: (neurons, cols). Owns rows.
 */
export function refineCodes(
  indices: Int32Array, values: Floats, rowEnd: Int32Array, rowStart: Int32Array, x: Floats, b: Floats, w: Floats,
  neurons: number, cols: number, swaps: number, begin: number, end: number,
): void {
  let longest = 0;
  for (let r = begin; r < end; r++) longest = Math.max(longest, rowEnd[r] - rowStart[r]);
  const scratch: Scratch = {
    neurons: new Int32Array(longest), e: new Float64Array(longest), before: new Float64Array(longest),
    residual: new Float64Array(cols), p: new Float64Array(longest), gram: new Float64Array(longest * longest),
  };
  for (let r = begin; r < end; r++) {
    const slot = rowStart[r];
    const n = rowEnd[r] - slot;
    if (n === 0) continue;
    for (let a = 0; a < n; a++) {
      scratch.neurons[a] = indices[slot + a];
      scratch.e[a] = values[slot + a];
    }
    if (!refineRow(scratch, n, x, r * cols, b, w, neurons, cols, swaps)) continue;
    rowEnd[r] = slot + writeAscending(indices, values, slot, scratch, n);
  }
}

/** False, and nothing of use in the scratch, where the row is not finite. */
function refineRow(
  scratch: Scratch, n: number, x: Floats, at: number, b: Floats, w: Floats, neurons: number, cols: number,
  swaps: number,
): boolean {
  const { neurons: support, e, before, residual, p, gram } = scratch;
  const still = STILL * Math.sqrt(cols);
  for (let a = 0; a < n; a++) {
    for (let c = 0; c <= a; c++) {
      gram[a * n + c] = gram[c * n + a] = dot(w, support[a] * cols, w, support[c] * cols, cols);
    }
  }
  let error = rebuild(scratch, n, x, at, b, w, cols);
  if (!(error < Infinity)) return false;
  fit(e, p, gram, n, still);
  error = rebuild(scratch, n, x, at, b, w, cols);
  for (let swap = 0; swap < swaps; swap++) {
    const fresh = mostCorrelated(residual, w, neurons, cols, support, n);
    if (fresh < 0) break;
    let weakest = 0;
    for (let a = 1; a < n; a++) if (e[a] < e[weakest]) weakest = a;
    const replaced = support[weakest];
    before.set(e);
    // The place is empty before it changes hands: r and p grow by what the old neuron held.
    const held = e[weakest];
    for (let a = 0; a < n; a++) p[a] += held * gram[weakest * n + a];
    p[weakest] = dot(residual, 0, w, fresh * cols, cols) + held * dot(w, replaced * cols, w, fresh * cols, cols);
    support[weakest] = fresh;
    e[weakest] = 0;
    for (let a = 0; a < n; a++) {
      gram[weakest * n + a] = gram[a * n + weakest] = dot(w, fresh * cols, w, support[a] * cols, cols);
    }
    fit(e, p, gram, n, still);
    const now = rebuild(scratch, n, x, at, b, w, cols);
    if (!(now < error * WORTH)) {
      support[weakest] = replaced;
      e.set(before);
      break;
    }
    error = now;
  }
  return true;
}

/** Coordinate descent: e and p = ⟨w, r⟩ are carried along. */
function fit(e: Float64Array, p: Float64Array, gram: Float64Array, n: number, still: number): void {
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

/** r = x − b − Σ e_a·w_a and p, anew, so that rounding does not add up over swaps. Returns ‖r‖². */
function rebuild(
  { neurons: support, e, residual, p }: Scratch, n: number, x: Floats, at: number, b: Floats, w: Floats, cols: number,
): number {
  for (let j = 0; j < cols; j++) residual[j] = x[at + j] - b[j];
  for (let a = 0; a < n; a++) {
    const [from, value] = [support[a] * cols, e[a]];
    if (value !== 0) for (let j = 0; j < cols; j++) residual[j] -= value * w[from + j];
  }
  for (let a = 0; a < n; a++) p[a] = dot(residual, 0, w, support[a] * cols, cols);
  return dot(residual, 0, residual, 0, cols);
}

/** The neuron outside the support with the largest positive ⟨w_h, r⟩, the lowest among equals; −1 if there is none. */
function mostCorrelated(
  residual: Float64Array, w: Floats, neurons: number, cols: number, support: Int32Array, n: number,
): number {
  let best = -1;
  let most = 0;
  for (let h = 0; h < neurons; h++) {
    const product = dot(residual, 0, w, h * cols, cols);
    if (product > most && !holds(support, n, h)) {
      best = h;
      most = product;
    }
  }
  return best;
}

function holds(support: Int32Array, n: number, neuron: number): boolean {
  for (let a = 0; a < n; a++) if (support[a] === neuron) return true;
  return false;
}

function dot(x: Floats, from: number, y: Floats, at: number, cols: number): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += x[from + j] * y[at + j];
  return sum;
}

/** Insertion by neuron, without the zeros. Returns how many entries there are. */
function writeAscending(
  indices: Int32Array, values: Floats, slot: number, { neurons: support, e }: Scratch, n: number,
): number {
  let count = 0;
  for (let a = 0; a < n; a++) {
    let q = slot + count;
    values[q] = e[a];
    // After rounding to the array's precision.
    if (!(values[q] > 0)) continue;
    for (; q > slot && indices[q - 1] > support[a]; q--) {
      indices[q] = indices[q - 1];
      values[q] = values[q - 1];
    }
    indices[q] = support[a];
    values[q] = e[a];
    count++;
  }
  return count;
}
