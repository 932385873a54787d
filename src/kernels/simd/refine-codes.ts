/**
 * Refined codes with SIMD products: the search of plain/refine-codes.ts, in double precision as there, on products of
 * length D and more in single precision. Nothing is emitted for it, every product is a kernel that is there already:
 *
 *   search    W·(M·r)             matvec                   r      x − b − Σ e_a·w_a     csrMatmul of one row
 *   p, G      ⟨w_a, ·⟩ of a row    csrDots of one row       M·v    v + Σ ⟨a_i, v⟩·a_i    csrDots, then csrMatmul
 *
 * The search reads all of W once a swap, 4·H·D bytes from cache; what is left then is the fit, a chain of small steps.
 * Codes are not those of the plain kernel bit for bit: where two swaps are nearly even, rounding decides.
 */
import type { Floats } from "../../base/floats.js";
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import {
  improveRow, longestRow, refineCodes as refinePlainly, roomFor, STILL, takeCode, writeAscending, type plainRefineCodes,
  type RowCode, type RowProducts,
} from "../plain/refine-codes.js";

/** A list's first entry and its end, as the sparse kernels want them: two words, each in a slot of its own. */
const ENDS_BYTES = 32;
const roomOf = (words: number): number => 16 * Math.ceil(words / 4);

/** Workspace for rows of up to `longest` neurons. */
function workspaceFor(longest: number, neurons: number, cols: number, headSize: number): number {
  return ENDS_BYTES + (longest + 2) * roomOf(cols) + roomOf(neurons) + roomOf(headSize) + 3 * roomOf(longest) + 16;
}

class SimdProducts implements RowProducts {
  private readonly ends: Int32Array;
  private readonly residual: Float32Array;
  /** M·r */
  private readonly weighted: Float32Array;
  /** (longest, cols), each row padded to whole vectors: M·w_a of the row's neurons. */
  private readonly moved: Float32Array;
  private readonly movedWords: number;
  /** (H): ⟨w_h, M·r⟩ as the last search found them. */
  private readonly correlations: Float32Array;
  /** Of the head's items. */
  private readonly scores: Float32Array;
  /** The code once more, in the precision of the products. */
  private readonly places: Int32Array;
  private readonly activations: Float32Array;
  private readonly dots: Float32Array;
  private readonly one: Float32Array;
  private x: Floats;
  private head: Int32Array | null = null;
  private heads = 0;

  constructor(
    private readonly wasm: Emitted, private readonly code: RowCode, buffer: ArrayBufferLike, workspace: number,
    x: Floats, private readonly b: Floats, private readonly w: Floats, neurons: number, private readonly cols: number,
    private readonly a: Floats | null, private readonly weight: number, headSize: number,
  ) {
    this.x = x;
    const longest = code.neurons.length;
    let at = workspace;
    const room = (bytes: number): number => {
      at += bytes;
      return at - bytes;
    };
    const floats = (words: number): Float32Array => new Float32Array(buffer, room(roomOf(words)), words);
    this.ends = new Int32Array(buffer, room(ENDS_BYTES), ENDS_BYTES / 4);
    this.residual = floats(cols);
    this.weighted = floats(cols);
    this.movedWords = roomOf(cols) / 4;
    this.moved = floats(longest * this.movedWords);
    this.correlations = floats(neurons);
    this.scores = floats(headSize);
    this.places = new Int32Array(buffer, room(roomOf(longest)), longest);
    this.activations = floats(longest);
    this.dots = floats(longest);
    this.one = floats(1);
  }

  /** The row that is worked on. @param x its entries; @param head its items, −1 behind the last. */
  take(x: Floats, head: Int32Array | null): void {
    this.x = x;
    this.head = head;
    const end = head ? head.indexOf(-1) : 0;
    this.heads = head && end < 0 ? head.length : end;
  }

  rebuild(): number {
    const { code: { n, neurons, e, p }, wasm, cols, residual, weighted, x, b, places, activations, dots } = this;
    for (let j = 0; j < cols; j++) residual[j] = x[j] - b[j];
    for (let a = 0; a < n; a++) {
      places[a] = neurons[a];
      activations[a] = -e[a];
    }
    this.addRows(residual.byteOffset, places, activations, this.w, n);
    this.applyMetric(weighted.byteOffset, residual);
    this.dotRows(dots, places, weighted.byteOffset, this.w, n);
    for (let a = 0; a < n; a++) p[a] = dots[a];
    wasm.rowDots(this.one.byteOffset, weighted.byteOffset, residual.byteOffset, 4 * cols, 1);
    return this.one[0];
  }

  search(): number {
    const { code: { n, neurons }, wasm, correlations, weighted, w, cols } = this;
    wasm.matvec(correlations.byteOffset, w.byteOffset, weighted.byteOffset, 4 * cols, correlations.length, 0);
    for (let a = 0; a < n; a++) correlations[neurons[a]] = 0;
    let best = -1;
    let most = 0;
    for (let h = 0; h < correlations.length; h++) {
      if (correlations[h] > most) {
        best = h;
        most = correlations[h];
      }
    }
    return best;
  }

  correlation(h: number, place: number, held: number): number {
    const { wasm, one, moved, w, cols } = this;
    const from = moved.byteOffset + 4 * place * this.movedWords;
    wasm.rowDots(one.byteOffset, from, w.byteOffset + 4 * h * cols, 4 * cols, 1);
    return this.correlations[h] + held * one[0];
  }

  enter(place: number, n: number): void {
    const { code: { n: stride, neurons, gram }, moved, w, cols, places, dots } = this;
    const to = moved.byteOffset + 4 * place * this.movedWords;
    this.applyMetric(to, w.subarray(neurons[place] * cols, (neurons[place] + 1) * cols) as Float32Array);
    for (let a = 0; a < n; a++) places[a] = neurons[a];
    this.dotRows(dots, places, to, w, n);
    for (let a = 0; a < n; a++) gram[place * stride + a] = gram[a * stride + place] = dots[a];
  }

  /** out = M·v */
  private applyMetric(out: number, v: Float32Array): void {
    const { a, head, heads, scores, weight, cols } = this;
    new Float32Array(v.buffer, out, cols).set(v);
    if (!a || !head || heads === 0) return;
    this.dotRows(scores, head, v.byteOffset, a, heads);
    for (let i = 0; i < heads; i++) scores[i] *= weight;
    this.addRows(out, head, scores, a, heads);
  }

  /** out[i] = ⟨v, rows[indices[i]]⟩ */
  private dotRows(out: Float32Array, indices: Int32Array, v: number, rows: Floats, count: number): void {
    const { ends, wasm, cols } = this;
    ends[0] = 0;
    ends[4] = count;
    wasm.csrDots(
      out.byteOffset, ends.byteOffset, ends.byteOffset + 16, indices.byteOffset, v, rows.byteOffset, 4 * cols, 0, 0, 1,
    );
  }

  /** out += Σ values[i]·rows[indices[i]] */
  private addRows(out: number, indices: Int32Array, values: Float32Array, rows: Floats, count: number): void {
    const { ends, wasm, cols } = this;
    ends[0] = 0;
    ends[4] = count;
    wasm.csrMatmulWeighted(
      out, ends.byteOffset, ends.byteOffset + 16, indices.byteOffset, values.byteOffset, rows.byteOffset, 4 * cols, 1,
      0, 1,
    );
  }
}

function bind(wasm: Emitted, workspace: Workspace): SimdKernels<typeof plainRefineCodes> {
  return {
    refineCodes(
      indices, values, rowEnd, rowStart, x, b, w, neurons, cols, swaps, a, head, headSize, weight, begin, end,
    ) {
      const longest = longestRow(rowStart, rowEnd, begin, end);
      if (longest === 0) return;
      if (workspaceFor(longest, neurons, cols, headSize) > workspace.bytes) {
        refinePlainly(
          indices, values, rowEnd, rowStart, x, b, w, neurons, cols, swaps, a, head, headSize, weight, begin, end,
        );
        return;
      }
      const code = roomFor(longest);
      const products = new SimdProducts(
        wasm, code, x.buffer, workspace.at, x, b, w, neurons, cols, a, weight, headSize,
      );
      for (let r = begin; r < end; r++) {
        takeCode(code, indices, values, rowStart[r], rowEnd[r]);
        products.take(
          x.subarray(r * cols, (r + 1) * cols), a && head && head.subarray(r * headSize, (r + 1) * headSize),
        );
        if (improveRow(code, products, swaps, STILL * Math.sqrt(cols))) {
          rowEnd[r] = rowStart[r] + writeAscending(indices, values, rowStart[r], code);
        }
      }
    },
  };
}

export const simdRefineCodes: SimdFamily<typeof plainRefineCodes> = { emit: () => [], bind };
