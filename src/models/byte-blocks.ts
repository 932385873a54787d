/**
 * How sparse rows in 8 bits lie (kernels/plain/byte-sums.ts): blocks of 32 rows, each with as many slots for a group
 * of dimensions as the row of it that has most entries there. Rows are put in order by how many entries they have in
 * each group, so that the rows of a block mostly agree and few slots are empty; stretches of such blocks are then
 * shuffled, so that the first part of them has rows of every kind.
 */
import { Random } from "../base/random.js";
import type { Engine } from "../engine/engine.js";
import { GROUPS, ROWS_OF_BLOCK, TABLE } from "../kernels/plain/byte-sums.js";

export interface ByteBlocks {
  /** (rows) which row stands where. */
  readonly order: Int32Array;
  readonly codes: Int32Array;
  /** (blocks) */
  readonly shapes: Int32Array;
  /** (blocks + 1) */
  readonly starts: Int32Array;
  /** Tables of a group. */
  readonly tables: number;
}

/** Rows that are shuffled together: blocks of one shape after the other are quicker. */
const STRETCH = 64 * ROWS_OF_BLOCK;
const WORDS_OF_SLOT = (2 * ROWS_OF_BLOCK) / 4;

/** @param columns (rows, n) below 256 = GROUPS·64. @param q (rows, n). Arrays are in the engine's heap. */
export function layOut(
  engine: Engine, columns: Int32Array, q: Int8Array, entries: number, factors: number,
): ByteBlocks {
  const rows = columns.length / entries;
  const tables = Math.ceil(factors / TABLE / GROUPS);
  const groupOf = (column: number): number => Math.floor(column / (tables * TABLE));
  const counts = new Uint8Array(rows * GROUPS);
  for (let at = 0; at < columns.length; at++) counts[Math.floor(at / entries) * GROUPS + groupOf(columns[at])]++;
  const order = orderOf(counts, rows);
  const blocks = Math.ceil(rows / ROWS_OF_BLOCK);
  const [shapes, starts] = [engine.ints(blocks), engine.ints(blocks + 1)];
  starts[0] = 0;
  for (let b = 0; b < blocks; b++) {
    const most = new Uint8Array(GROUPS);
    for (let at = b * ROWS_OF_BLOCK; at < Math.min(rows, (b + 1) * ROWS_OF_BLOCK); at++) {
      for (let g = 0; g < GROUPS; g++) most[g] = Math.max(most[g], counts[order[at] * GROUPS + g]);
    }
    shapes[b] = most.reduce((shape, many, g) => shape | (many << (8 * g)), 0);
    starts[b + 1] = starts[b] + WORDS_OF_SLOT * most.reduce((sum, many) => sum + many, 0);
  }
  const codes = engine.ints(starts[blocks]).fill(0);
  const bytes = new Int8Array(codes.buffer, codes.byteOffset, 4 * codes.length);
  const next = new Int32Array(GROUPS);
  for (let at = 0; at < rows; at++) {
    const [b, lane] = [Math.floor(at / ROWS_OF_BLOCK), at % ROWS_OF_BLOCK];
    for (let g = 0, slot = 0; g < GROUPS; slot += (shapes[b] >>> (8 * g++)) & 255) next[g] = slot;
    for (let from = order[at] * entries, k = from; k < from + entries; k++) {
      const group = groupOf(columns[k]);
      const to = 4 * starts[b] + next[group]++ * 2 * ROWS_OF_BLOCK + lane;
      bytes[to] = columns[k] - group * tables * TABLE;
      bytes[to + ROWS_OF_BLOCK] = q[k];
    }
  }
  return { order, codes, shapes, starts, tables };
}

/** Rows by their counts, in shuffled stretches; what is left over stays at the end. */
function orderOf(counts: Uint8Array, rows: number): Int32Array {
  const sorted = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let key = 0;
    // The last group's count follows from the others.
    for (let g = 0; g < GROUPS - 1; g++) key = 256 * key + counts[row * GROUPS + g];
    sorted[row] = key * 2 ** 28 + row;
  }
  sorted.sort();
  const whole = Math.floor(rows / STRETCH);
  const stretches = new Random(1).shuffle(Int32Array.from({ length: whole }, (_, s) => s));
  return Int32Array.from({ length: rows }, (_, at) => {
    const stretch = Math.floor(at / STRETCH);
    const from = stretch < whole ? stretches[stretch] * STRETCH + (at % STRETCH) : at;
    return sorted[from] % 2 ** 28;
  });
}
