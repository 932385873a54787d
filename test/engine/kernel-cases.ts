/**
 * One call of every kernel, large enough that the engine shares it among threads, on seeded numbers. Add a case here
 * for a new kernel: threads.test.ts names those that are missing. Long because kernels are many: one table, few lines
 * each.
 */
import type { Floats } from "../../src/base/floats.js";
import { plain, type KernelArgs, type KernelName } from "../../src/kernels/families.js";
import { transposeLists } from "../../src/kernels/plain/sparse.js";
import { Random } from "../../src/base/random.js";

/** Where arguments live: an engine, or any heap. */
export interface Allocator {
  floatsFrom(values: ArrayLike<number>): Floats;
  intsFrom(values: ArrayLike<number>): Int32Array;
}

interface KernelCase<N extends KernelName> {
  args: KernelArgs<N>;
  /** Positions of the arguments that the kernel writes. */
  outputs: readonly number[];
}

/** Not multiples of tiles, vectors or pieces. */
const [ROWS, COLS, N] = [173, 211, 157];
const BIG = 170_003;
/** Rows of the kernels that keep the largest entries. */
const LISTED_ROWS = 6_007;

const random = new Random(6);
const normals = Float32Array.from({ length: 2 * BIG }, () => random.normal());

/** Makes arguments in ordinary memory. */
class Numbers {
  private at = 0;

  /** Normal numbers, different ones for each argument of a case. */
  floats(length: number): Float32Array {
    this.at += 211;
    return Float32Array.from({ length }, (_, i) => normals[(this.at + i) % normals.length]);
  }

  positive(length: number): Float32Array {
    return this.floats(length).map((x) => Math.abs(x) + 0.01);
  }

  ints(values: ArrayLike<number>): Int32Array {
    return Int32Array.from(values);
  }

  /** Two whole numbers of 16 bits each, from −2,047 to 2,047. */
  words(length: number): Int32Array {
    return new Int32Array(Int16Array.from({ length: 2 * length }, () => random.below(4_095) - 2_047).buffer);
  }

  zeros(length: number): Float32Array {
    return new Float32Array(length);
  }

  /** Lists of about `mean` ascending columns each; every 11th is empty. */
  lists(rows: number, cols: number, mean: number): { start: Int32Array; end: Int32Array; indices: Int32Array } {
    const r = new Random(rows + cols);
    const [start, end, indices]: number[][] = [[], [], []];
    for (let row = 0; row < rows; row++) {
      start.push(indices.length);
      if (row % 11 !== 5) {
        const columns = new Set(Array.from({ length: r.below(2 * mean) }, () => r.below(cols)));
        indices.push(...[...columns].sort((a, b) => a - b));
      }
      end.push(indices.length);
    }
    return { start: this.ints(start), end: this.ints(end), indices: this.ints(indices) };
  }
}

type Cases = { readonly [K in KernelName]?: (n: Numbers) => KernelCase<K> };

const cases: Cases = {
  matmul: (n) => ({
    args: [n.floats(ROWS * COLS), n.floats(ROWS * N), n.floats(N * COLS), ROWS, COLS, N, 1], outputs: [0],
  }),
  matmulABt: (n) => ({
    args: [n.zeros(ROWS * COLS), n.floats(ROWS * N), n.floats(COLS * N), ROWS, COLS, N, 0], outputs: [0],
  }),
  matmulAtB: (n) => ({
    args: [n.floats(COLS * ROWS), n.floats(N * COLS), n.floats(N * ROWS), COLS, ROWS, N, 1], outputs: [0],
  }),
  csrMatmul: (n) => {
    const x = n.lists(ROWS, N, 40);
    const values = n.floats(x.indices.length);
    return {
      args: [n.floats(ROWS * COLS), x.start, x.end, x.indices, values, n.floats(N * COLS), COLS, 1], outputs: [0],
    };
  },
  csrDots: (n) => {
    const x = n.lists(ROWS, N, 40);
    const out = n.floats(x.indices.length);
    return { args: [out, x.start, x.end, x.indices, n.floats(ROWS * COLS), n.floats(N * COLS), COLS, 1], outputs: [0] };
  },
  csrRowSums: (n) => {
    const x = n.lists(15_013, 60, 25);
    return { args: [n.floats(15_013), x.start, x.end, n.floats(x.indices.length), 1], outputs: [0] };
  },
  gather: (n) => {
    const positions = n.ints(Array.from({ length: BIG }, (_, i) => (i * 7919) % BIG));
    return { args: [n.zeros(BIG), n.floats(BIG), positions], outputs: [0] };
  },
  transposeLists: (n) => {
    const x = n.lists(ROWS, N, 40);
    const [starts, rows, at] = [N + 1, x.indices.length, x.indices.length].map(
      (length) => n.ints(new Int32Array(length)),
    );
    return { args: [starts, rows, at, x.start, x.end, x.indices, ROWS, N], outputs: [0, 1, 2] };
  },
  topkRelu: (n) => {
    const [rows, k] = [1_009, 13];
    const [indices, ends] = [n.ints(new Int32Array(rows * k)), n.ints(new Int32Array(rows))];
    return { args: [indices, n.zeros(rows * k), ends, n.floats(rows * COLS), COLS, k], outputs: [0, 1, 2] };
  },
  nthLargest: (n) => ({ args: [n.zeros(1), n.floats(BIG), 1_000], outputs: [0] }),
  countAbove: (n) => ({
    args: [n.ints(new Int32Array(2_003)), n.floats(2_003 * COLS), n.floats(COLS), 1, COLS], outputs: [0],
  }),
  compressAbove: (n) => {
    // Room for every entry of every row.
    const starts = n.ints(Array.from({ length: 2_003 }, (_, r) => r * COLS));
    return {
      args: [
        n.ints(new Int32Array(2_003 * COLS)), n.zeros(2_003 * COLS), starts, n.floats(2_003 * COLS), n.floats(COLS),
        1, COLS,
      ],
      outputs: [0, 1],
    };
  },
  maskRows: (n) => {
    const x = n.lists(9_001, 80, 20);
    return { args: [n.floats(9_001 * 80), x.start, x.end, x.indices, 80], outputs: [0] };
  },
  rankRows: (n) => {
    const [rows, k] = [2_003, 7];
    return {
      args: [n.ints(new Int32Array(rows * k)), n.zeros(rows * k), n.floats(rows * COLS), COLS, k], outputs: [0, 1],
    };
  },
  rankListed: (n) => {
    const [rows, k] = [2_003, 7];
    const listed = n.ints(Int32Array.from({ length: COLS >> 1 }, (_, i) => 2 * i));
    return {
      args: [n.ints(new Int32Array(rows * k)), n.zeros(rows * k), n.floats(rows * COLS), listed, COLS, k],
      outputs: [0, 1],
    };
  },
  placesInRow: (n) => {
    const listed = n.ints(Int32Array.from({ length: 2_003 }, (_, i) => (i * 7) % 5_003));
    return { args: [n.ints(new Int32Array(2_003)), n.floats(5_003), listed], outputs: [0] };
  },
  gatherRows: (n) => {
    const listed = n.ints(Int32Array.from({ length: 30_011 }, (_, i) => (i * 7) % 1000));
    return { args: [n.zeros(30_011 * 64), n.floats(1000 * 64), listed, 64], outputs: [0] };
  },
  refineCodes: (n) => {
    const x = n.lists(57, COLS, 12);
    return {
      args: [
        x.indices, n.positive(x.indices.length), x.end, x.start, n.floats(57 * 31), n.floats(31), n.floats(COLS * 31),
        COLS, 31, 6, n.floats(40 * 31), n.ints(Array.from({ length: 57 * 5 }, (_, i) => ((i * 7) % 41) - 1)), 5, 0.5,
      ],
      outputs: [0, 1, 2],
    };
  },
  fillRows: (n) => ({ args: [n.zeros(2_003 * COLS), n.floats(COLS), COLS], outputs: [0] }),
  subtractRow: (n) => ({ args: [n.zeros(1_009 * COLS), n.floats(1_009 * COLS), n.floats(COLS), COLS], outputs: [0] }),
  standardiseRows: (n) => ({
    args: [n.zeros(1_009 * COLS), n.zeros(1_009), n.zeros(1_009), n.floats(1_009 * COLS), COLS], outputs: [0, 1, 2],
  }),
  destandardiseRows: (n) => ({
    args: [n.zeros(1_009 * COLS), n.floats(1_009 * COLS), n.floats(1_009), n.positive(1_009), COLS], outputs: [0],
  }),
  scaleRows: (n) => ({
    args: [n.floats(1_009 * COLS), n.floats(1_009 * COLS), n.floats(1_009), COLS, 1], outputs: [0],
  }),
  columnSums: (n) => ({ args: [n.floats(1_009), n.floats(503 * 1_009), 503, 1_009, 1], outputs: [0] }),
  quantiseRows: (n) => ({
    args: [
      n.ints(new Int32Array(2_003 * 104)), n.zeros(2_003), n.zeros(2_003), n.zeros(2_003), n.floats(2_003 * 208), 208,
    ],
    outputs: [0, 1, 2, 3],
  }),
  int16Product: (n) => ({
    args: [n.ints(new Int32Array(ROWS * N)), n.words(ROWS * 152), n.words(N * 152), ROWS, N, 152], outputs: [0],
  }),
  largestSizes: (n) => ({ args: [n.zeros(2_003), n.floats(2_003 * 257), 257], outputs: [0] }),
  roundRows: (n) => ({
    args: [n.ints(new Int32Array(2_003 * 129)), n.floats(2_003 * 257), n.positive(2_003), 257], outputs: [0],
  }),
  interleaveRows: (n) => ({
    args: [n.ints(new Int32Array(1_002 * 257)), n.words(2_003 * 129), 2_003, 257], outputs: [0],
  }),
  roundedMatmul: (n) => ({
    args: [n.floats(ROWS * COLS), n.words(ROWS * N), n.words(N * COLS), ROWS, COLS, N, 0.001, 1], outputs: [0],
  }),
  roundedMatmulABt: (n) => ({
    args: [n.zeros(ROWS * COLS), n.words(ROWS * N), n.words(COLS * N), ROWS, COLS, N, 0.001, 0], outputs: [0],
  }),
  roundedMatmulAtB: (n) => ({
    args: [n.floats(COLS * ROWS), n.words(N * COLS), n.words(N * ROWS), COLS, ROWS, N, 0.001, 1], outputs: [0],
  }),
  screenedTopk: (n) => {
    const [rows, k, d] = [1_009, 13, 16];
    const [indices, ends] = [n.ints(new Int32Array(rows * k)), n.ints(new Int32Array(rows))];
    const [x, w, b] = [n.floats(rows * d), n.floats(COLS * d), n.floats(COLS)];
    const quantised = (data: Float32Array, many: number): [Int32Array, Float32Array, Float32Array, Float32Array] => {
      const [q, facts] = [new Int32Array((many * d) / 2), [0, 1, 2].map(() => n.zeros(many))];
      plain.quantiseRows(q, facts[0], facts[1], facts[2], data, d, 0, many);
      return [q, facts[0], facts[1], facts[2]];
    };
    const [xq, ...ofRows] = quantised(x, rows);
    const [wq, columnScale, norm, error] = quantised(w, COLS);
    const products = new Int32Array(rows * COLS);
    plain.int16Product(products, xq, wq, rows, COLS, d / 2, 0, rows);
    const most = Float32Array.from([norm, error, b], (one) => Math.max(...one.map(Math.abs)));
    return {
      args: [indices, n.zeros(rows * k), ends, products, ...ofRows, columnScale, x, w, b, most, d, k],
      outputs: [0, 1, 2],
    };
  },
  matvec: (n) => ({
    args: [n.floats(3 * 2_003), n.floats(2_003 * COLS), n.floats(3 * COLS), 3, COLS, 1], outputs: [0],
  }),
  addScaled: (n) => ({ args: [n.floats(BIG), n.floats(BIG), 0.3, 1], outputs: [0] }),
  relu: (n) => ({ args: [n.zeros(2 * BIG), n.floats(2 * BIG)], outputs: [0] }),
  reluGradient: (n) => ({ args: [n.floats(BIG), n.floats(BIG), n.floats(BIG), 1], outputs: [0] }),
  normaliseRows: (n) => ({ args: [n.floats(1_009 * COLS), COLS], outputs: [0] }),
  adam: (n) => ({
    args: [n.floats(BIG), n.floats(BIG), n.positive(BIG), n.floats(BIG), 1e-3, 0.9, 0.99, 1e-8, 1.5],
    outputs: [0, 1, 2],
  }),
  adamUnitRows: (n) => {
    const size = 509 * COLS;
    return {
      args: [n.floats(size), n.floats(size), n.positive(size), n.floats(size), COLS, 1e-3, 0.9, 0.99, 1e-8, 1.5],
      outputs: [0, 1, 2, 3],
    };
  },
  reluResidual: (n) => {
    const x = n.lists(1_009, COLS, 20);
    return {
      args: [n.floats(1_009 * COLS), n.zeros(1_009), n.zeros(1_009), x.start, x.end, x.indices, COLS],
      outputs: [0, 1, 2],
    };
  },
  reluResidualGradient: (n) => {
    const x = n.lists(8_009, 40, 25);
    return {
      args: [
        n.floats(8_009 * 40), n.zeros(8_009), n.positive(8_009), n.floats(8_009), x.start, x.end, x.indices, 40, 0.1,
      ],
      outputs: [0, 1],
    };
  },
  squaredError: (n) => ({ args: [n.zeros(1_009), n.floats(1_009 * COLS), n.floats(1_009 * COLS), COLS], outputs: [0] }),
  squaredErrorGradient: (n) => ({ args: [n.floats(BIG), n.floats(BIG), n.floats(BIG), 0.1, 1], outputs: [0] }),
  cosineDistance: (n) => ({
    args: [n.zeros(1_009), n.floats(1_009 * COLS), n.floats(1_009 * COLS), COLS], outputs: [0],
  }),
  cosineDistanceGradient: (n) => ({
    args: [n.floats(509 * COLS), n.floats(509 * COLS), n.floats(509 * COLS), COLS, 0.1, 1], outputs: [0],
  }),
  softmaxKl: (n) => ({
    args: [n.zeros(509), n.zeros(509 * COLS), n.floats(509 * COLS), n.floats(509 * COLS), COLS, 2], outputs: [0, 1],
  }),
  softmaxRows: (n) => ({ args: [n.zeros(509 * COLS), n.floats(509 * COLS), COLS], outputs: [0] }),
  softmaxRowsGradient: (n) => ({
    args: [n.floats(1_009 * COLS), n.floats(1_009 * COLS), n.positive(1_009 * COLS), COLS, 1], outputs: [0],
  }),
  softmaxNll: (n) => {
    const x = n.lists(2_003, COLS, 20);
    return { args: [n.zeros(2_003), n.positive(2_003 * COLS), x.start, x.end, x.indices, COLS], outputs: [0] };
  },
  softmaxNllGradient: (n) => {
    const x = n.lists(8_009, 40, 25);
    return { args: [n.positive(8_009 * 40), n.zeros(8_009), x.start, x.end, x.indices, 40, 0.1], outputs: [0, 1] };
  },
  tanh: (n) => ({ args: [n.zeros(BIG), n.floats(BIG)], outputs: [0] }),
  tanhGradient: (n) => ({ args: [n.floats(BIG), n.floats(BIG), n.floats(BIG), 1], outputs: [0] }),
  gaussianSample: (n) => ({ args: [n.zeros(BIG), n.floats(BIG), n.floats(BIG), n.floats(BIG)], outputs: [0] }),
  gaussianSampleGradient: (n) => ({
    args: [n.floats(BIG), n.floats(BIG), n.floats(BIG), n.floats(BIG), 1], outputs: [0],
  }),
  gaussianKl: (n) => ({ args: [n.zeros(509), n.floats(509 * COLS), n.floats(509 * COLS), COLS], outputs: [0] }),
  gaussianKlGradient: (n) => ({ args: [n.floats(BIG), n.floats(BIG), 0.1, 1], outputs: [0] }),
  csrGram: (n) => {
    const x = n.lists(503, N, 40);
    const [starts, rows, at] = [N + 1, x.indices.length, x.indices.length].map(
      (length) => n.ints(new Int32Array(length)),
    );
    transposeLists(starts, rows, at, x.start, x.end, x.indices, 503, N, 0, 1);
    return {
      args: [
        n.zeros(N * N), starts.subarray(0, N), starts.subarray(1), rows, x.start, x.end, x.indices, n.floats(503), N,
      ], outputs: [0],
    };
  },
  csrCsrMatmul: (n) => {
    const [x, s] = [n.lists(1_009, N, 20), n.lists(N, COLS, 15)];
    const values = n.floats(s.indices.length);
    return {
      args: [
        n.zeros(1_009 * COLS), x.start, x.end, x.indices, n.floats(x.indices.length), s.start, s.end, s.indices, values,
        COLS,
      ],
      outputs: [0],
    };
  },
  csrCsrGradient: (n) => {
    const [x, s] = [n.lists(1_009, N, 40), n.lists(N, COLS, 15)];
    const [starts, rows, at] = [N + 1, x.indices.length, x.indices.length].map(
      (length) => n.ints(new Int32Array(length)),
    );
    transposeLists(starts, rows, at, x.start, x.end, x.indices, 1_009, N, 0, 1);
    return {
      args: [
        n.zeros(s.indices.length), s.start, s.end, s.indices, starts.subarray(0, N), starts.subarray(1), rows,
        n.floats(1_009 * COLS), COLS, 0,
      ],
      outputs: [0],
    };
  },
  int8Dots: (n) => {
    const [rows, bytes] = [8_009, 208];
    const words = (length: number): Int32Array => n.ints(n.floats(length).map((x) => x * 2 ** 29));
    return { args: [n.ints(new Int32Array(rows)), words((rows * bytes) / 4), words(bytes / 2), bytes], outputs: [0] };
  },
  byteSumsReach: (n) => {
    const [blocks, slots, tables] = [2_003, 12, 2];
    const bits = (length: number): Int32Array => n.ints(n.floats(length).map((x) => Math.floor(x * 2 ** 31)));
    return {
      args: [
        n.ints(new Int32Array(blocks)), bits(blocks * 16 * slots), n.ints(new Int32Array(blocks).fill(0x02040303)),
        n.ints(Int32Array.from({ length: blocks + 1 }, (_, b) => 16 * slots * b)),
        // Small enough that no sum is beyond 16 bits.
        n.ints(bits(16 * tables).map((x) => x & 0x0f0f0f0f)), 2_000,
      ],
      outputs: [0],
    };
  },
  codeSumsReach: (n) => {
    const [rows, words, tailWords, entries] = [80_009, 4, 3, 4_096];
    const codes = (length: number): Int32Array => {
      const half = (): Float32Array => n.floats(length).map((x) => Math.floor(Math.abs(x) * 997) % entries);
      const [low, high] = [half(), half()];
      return n.ints(low.map((code, at) => code | (high[at] << 16)));
    };
    return {
      args: [
        n.ints(new Int32Array(Math.ceil(rows / 32))), codes(rows * words), codes(rows * tailWords),
        n.ints(n.floats(entries).map((x) => Math.floor(x * 2 ** 20))), words, tailWords, 2 ** 21, rows,
      ],
      outputs: [0],
    };
  },
  swish: (n) => ({ args: [n.zeros(BIG), n.floats(BIG)], outputs: [0] }),
  swishGradient: (n) => ({ args: [n.zeros(BIG), n.floats(BIG), n.floats(BIG), 0], outputs: [0] }),
  centreRows: (n) => ({
    args: [n.zeros(1_009 * COLS), n.zeros(1_009), n.floats(1_009 * COLS), COLS, 0.1], outputs: [0, 1],
  }),
  centreRowsGradient: (n) => ({
    args: [
      n.zeros(1_009 * COLS), n.floats(1_009 * COLS), n.floats(1_009 * COLS), n.positive(1_009), COLS, 0,
    ],
    outputs: [0],
  }),
  mixtureKl: (n) => {
    const size = 509 * COLS;
    return {
      args: [
        n.zeros(509), n.zeros(size), n.zeros(size), n.floats(size), n.floats(size), n.floats(size), n.floats(size),
        n.floats(size), COLS,
      ],
      outputs: [0, 1, 2],
    };
  },
  mixtureKlGradient: (n) => {
    const size = 509 * COLS;
    return {
      args: [
        n.zeros(size), n.zeros(size), n.zeros(size), n.floats(509), n.floats(size), n.floats(size), n.floats(size),
        n.floats(size), n.floats(size), n.floats(size), COLS,
      ],
      outputs: [0, 1, 2],
    };
  },
  nadam: (n) => ({
    args: [n.floats(BIG), n.floats(BIG), n.positive(BIG), n.floats(BIG), 0.1, 0.05, 0.9, 0.99, 1e-7, 1.3],
    outputs: [0, 1, 2],
  }),
  cappedResidual: (n) => {
    const x = n.lists(1_009, COLS, 10);
    return {
      args: [
        n.floats(COLS * 1_009), n.zeros(1_009), n.zeros(1_009), x.start, x.end, x.indices, COLS, 1_009, 1,
      ],
      outputs: [0, 1, 2],
    };
  },
  cappedResidualGradient: (n) => {
    const x = n.lists(1_009, COLS, 10);
    const scores = n.floats(COLS * 1_009).map((s) => Math.min(1, Math.max(0, s)));
    return {
      args: [scores, n.floats(1_009), n.floats(1_009), x.start, x.end, x.indices, COLS, 1_009, 1], outputs: [0],
    };
  },
  transpose: (n) => ({ args: [n.zeros(1_009 * COLS), n.floats(1_009 * COLS), 1_009, COLS], outputs: [0] }),
  unitRows: (n) => ({ args: [n.zeros(1_009 * COLS), n.zeros(1_009), n.floats(1_009 * COLS), COLS], outputs: [0, 1] }),
  unitRowsGradient: (n) => ({
    args: [
      n.zeros(1_009 * COLS), n.floats(1_009 * COLS), n.positive(1_009), n.floats(1_009 * COLS), COLS, 0,
    ],
    outputs: [0],
  }),
  csrSubtractRow: (n) => {
    const x = n.lists(8_009, 40, 25);
    return { args: [n.floats(8_009 * 40), n.floats(40), x.start, x.end, x.indices, 40], outputs: [0] };
  },
  rowDots: (n) => ({ args: [n.zeros(1_009), n.floats(1_009 * COLS), n.floats(1_009 * COLS), COLS], outputs: [0] }),
  keepLargest: (n) => ({
    args: [
      n.floats(LISTED_ROWS * COLS), n.ints(new Int32Array(LISTED_ROWS * COLS)), n.ints(new Int32Array(LISTED_ROWS)),
      n.zeros(LISTED_ROWS), n.floats(LISTED_ROWS), COLS,
    ],
    outputs: [0, 1, 2, 3],
  }),
  findKept: (n) => {
    const { columns, rowEnd } = listsInPlace(n);
    const x = n.lists(LISTED_ROWS, COLS, 25);
    return {
      args: [n.ints(new Int32Array(x.indices.length)), columns, rowEnd, x.start, x.end, x.indices, COLS], outputs: [0],
    };
  },
  countColumns: (n) => {
    const { columns, rowEnd } = listsInPlace(n);
    return { args: [n.ints(new Int32Array(COLS)), rowEnd, columns, COLS], outputs: [0] };
  },
  listColumns: (n) => {
    const { columns, rowEnd, colStart, listed } = listsInPlace(n);
    return {
      args: [
        n.ints(new Int32Array(listed)), n.zeros(listed), colStart, rowEnd, columns, n.floats(LISTED_ROWS * COLS), COLS,
      ],
      outputs: [0, 1, 2],
    };
  },
};

/** Lists of columns as keepLargest leaves them, each from its row's own place on, and where lists by column start. */
function listsInPlace(n: Numbers): {
  columns: Int32Array; rowEnd: Int32Array; colStart: Int32Array; listed: number;
} {
  const { start, end, indices } = n.lists(LISTED_ROWS, COLS, 40);
  const columns = new Int32Array(LISTED_ROWS * COLS);
  const colStart = new Int32Array(COLS);
  const rowEnd = start.map((from, r) => {
    const row = indices.subarray(from, end[r]);
    columns.set(row, r * COLS);
    for (const c of row) colStart.subarray(c + 1).forEach((at, later, rest) => { rest[later] = at + 1; });
    return r * COLS + row.length;
  });
  return { columns, rowEnd, colStart, listed: indices.length };
}

export const caseNames = Object.keys(cases) as KernelName[];

const made = new Map<KernelName, KernelCase<KernelName>>();

/** The case of a kernel, its arrays copied to where the allocator says. */
export function kernelCase<K extends KernelName>(name: K, home: Allocator): KernelCase<K> {
  const template = made.get(name) ?? (cases[name] as (n: Numbers) => KernelCase<KernelName>)(new Numbers());
  made.set(name, template);
  const args = (template.args as readonly unknown[]).map((arg) =>
    arg instanceof Int32Array ? home.intsFrom(arg) : arg instanceof Float32Array ? home.floatsFrom(arg) : arg);
  return { args: args as unknown as KernelArgs<K>, outputs: template.outputs };
}

/** The bytes of a case's outputs. */
export function outputBytes<K extends KernelName>({ args, outputs }: KernelCase<K>): Uint8Array[] {
  return outputs.map((at) => {
    const array = (args as readonly unknown[])[at] as Floats | Int32Array;
    return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
  });
}
