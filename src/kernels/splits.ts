/**
 * How each kernel may be divided among threads: how many independent outputs a call has, the rough cost of one output
 * in nanoseconds on one SIMD core, and the multiple that a share of outputs should be rounded up to.
 *
 * The cost only decides whether a call is worth sharing and how coarsely; it never changes a result. Compute-bound
 * kernels count FLOPs at 50 per ns, memory-bound ones bytes at 10 per ns.
 */
import type { KernelArgs, KernelName } from "./plain/index.js";

export interface Split {
  /** Number of independent outputs: the full range is 0 … outputs. */
  readonly outputs: number;
  /** Nanoseconds one output takes, roughly. */
  readonly cost: number;
  /** Shares are rounded up to this multiple (register tiles, vectors, cache lines). */
  readonly multiple: number;
}

const FLOPS = 1 / 50;
const BYTES = 1 / 10;
/** The bytes that pass in the time of one exponential (or tanh): both take about 1 ns. */
const EXPONENTIAL = 10;

const product = (m: number, n: number, k: number): Split => ({
  outputs: Math.max(m, n), cost: 2 * Math.min(m, n) * k * FLOPS, multiple: 48,
});
const rows = (outputs: number, bytes: number): Split => ({ outputs, cost: bytes * BYTES, multiple: 4 });
const elements = (outputs: number, bytes: number): Split => ({ outputs, cost: bytes * BYTES, multiple: 1024 });

/** The average entries of a row, from the sizes of the lists. */
const perRow = (rowEnd: Int32Array, indices: Int32Array): number => indices.length / Math.max(1, rowEnd.length);

type Splits = { readonly [N in KernelName]: (args: KernelArgs<N>) => Split };

export const splits: Splits = {
  matmul: ([, , , m, n, k]) => product(m, n, k),
  matmulABt: ([, , , m, n, k]) => product(m, n, k),
  matmulAtB: ([, , , m, n, k]) => product(m, n, k),
  csrMatmul: ([out, , rowEnd, indices, , , cols]) => rows(out.length / cols, 4 * cols * (1 + perRow(rowEnd, indices))),
  csrDots: ([, , rowEnd, indices, , , cols]) => rows(rowEnd.length, 4 * cols * (1 + perRow(rowEnd, indices))),
  csrRowSums: ([out, , rowEnd, values]) => rows(out.length, 8 * (1 + values.length / Math.max(1, rowEnd.length))),
  gather: ([out]) => elements(out.length, 12),
  transposeLists: () => ({ outputs: 1, cost: 1, multiple: 1 }),
  topkRelu: ([, , rowEnd, , cols]) => rows(rowEnd.length, 8 * cols),
  nthLargest: () => ({ outputs: 1, cost: 1, multiple: 1 }),
  countAbove: ([counts, , , , cols]) => rows(counts.length, 4 * cols),
  compressAbove: ([, , rowStart, , , , cols]) => rows(rowStart.length, 6 * cols),
  maskRows: ([, , rowEnd, indices]) => rows(rowEnd.length, 16 * perRow(rowEnd, indices)),
  rankRows: ([indices, , , cols, n]) => rows(indices.length / Math.max(1, n), 5 * cols),
  // About one multiplication and addition a ns if every swap is made; most rows are done after a third of them.
  refineCodes: ([, , rowEnd, , , , , neurons, cols, swaps, , , headSize]) =>
    ({ outputs: rowEnd.length, cost: (1 + swaps) * (neurons + 4 * headSize) * cols, multiple: 1 }),
  fillRows: ([out, , cols]) => rows(out.length / cols, 4 * cols),
  subtractRow: ([out, , , cols]) => rows(out.length / cols, 8 * cols),
  standardiseRows: ([out, , , , cols]) => rows(out.length / cols, 16 * cols),
  destandardiseRows: ([out, , , , cols]) => rows(out.length / cols, 8 * cols),
  scaleRows: ([out, , , cols]) => rows(out.length / cols, 8 * cols),
  columnSums: ([out, , count]) => ({ outputs: out.length, cost: 4 * count * BYTES, multiple: 64 }),
  matvec: ([y, , , cols]) => rows(y.length, 4 * cols),
  addScaled: ([out]) => elements(out.length, 12),
  relu: ([out]) => elements(out.length, 8),
  reluGradient: ([dx]) => elements(dx.length, 12),
  normaliseRows: ([w, cols]) => rows(w.length / cols, 12 * cols),
  adam: ([p]) => elements(p.length, 28),
  adamUnitRows: ([p, , , , cols]) => rows(p.length / cols, 40 * cols),
  reluResidual: ([s, , , , , , cols]) => rows(s.length / cols, 8 * cols),
  reluResidualGradient: ([, alpha, , , , rowEnd, indices]) => rows(alpha.length, 16 * perRow(rowEnd, indices)),
  squaredError: ([, x, , cols]) => rows(x.length / cols, 8 * cols),
  squaredErrorGradient: ([dx]) => elements(dx.length, 12),
  cosineDistance: ([, x, , cols]) => rows(x.length / cols, 8 * cols),
  cosineDistanceGradient: ([dx, , , cols]) => rows(dx.length / cols, 20 * cols),
  softmaxKl: ([loss, , , , cols]) => rows(loss.length, (20 + 3 * EXPONENTIAL) * cols),
  softmaxRows: ([out, , cols]) => rows(out.length / cols, (8 + EXPONENTIAL) * cols),
  softmaxRowsGradient: ([dx, , , cols]) => rows(dx.length / cols, 12 * cols),
  softmaxNll: ([nll, , , rowEnd, indices]) => rows(nll.length, 80 * perRow(rowEnd, indices)),
  softmaxNllGradient: ([, alpha, , rowEnd, indices]) => rows(alpha.length, 16 * perRow(rowEnd, indices)),
  tanh: ([out]) => elements(out.length, 8 + EXPONENTIAL),
  tanhGradient: ([dx]) => elements(dx.length, 12),
  gaussianSample: ([z]) => elements(z.length, 16 + EXPONENTIAL),
  gaussianSampleGradient: ([dLogvar]) => elements(dLogvar.length, 16 + EXPONENTIAL),
  gaussianKl: ([kl, , , cols]) => rows(kl.length, (8 + EXPONENTIAL) * cols),
  gaussianKlGradient: ([dLogvar]) => elements(dLogvar.length, 8 + EXPONENTIAL),
  csrGram: ([out, , , , , rowEnd, indices, cols]) =>
    rows(out.length / cols, 4 * cols + (4 * indices.length * perRow(rowEnd, indices)) / cols),
  csrCsrMatmul: ([out, , rowEnd, indices, start, , to, , cols]) =>
    rows(out.length / cols, 4 * cols + 8 * perRow(rowEnd, indices) * (to.length / Math.max(1, start.length))),
  csrSubtractRow: ([, , , rowEnd, indices]) => rows(rowEnd.length, 16 * perRow(rowEnd, indices)),
  rowDots: ([out, , , cols]) => rows(out.length, 8 * cols),
};
