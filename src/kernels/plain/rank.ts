/**
 * From scores to lists: mask what a user has seen, then the n best of each row in order.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, entriesPerRow, kernel, plainOnly } from "../family.js";

/** Entries from which on a list is a heap while it is made. */
const LONG = 256;

/** x[r, indices[q]] = −∞ for the row's entries. x: (rows, cols). Owns rows. */
export function maskRows(
  x: Floats, rowStart: Int32Array, rowEnd: Int32Array, indices: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) for (let q = rowStart[r]; q < rowEnd[r]; q++) x[r * cols + indices[q]] = -Infinity;
}

/**
 * The n highest scores of each row, best first, ties to the lowest column. Entries of −∞ or NaN are never listed: the
 * rest of the row's slots then hold column −1. indices, scores: (rows, n), x: (rows, cols). Owns rows.
 *
 * Insertion into a sorted list: after the first few columns almost every entry fails one comparison. A long list is a
 * heap instead (rankLong): insertion moves half of the list for every entry that it takes in.
 */
export function rankRows(
  indices: Int32Array, scores: Floats, x: Floats, cols: number, n: number, begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const slot = r * n;
    if (n > LONG) {
      rankLong(indices, scores, slot, x, r * cols, null, cols, n);
      continue;
    }
    let count = 0;
    let bar = -Infinity;
    for (let j = 0; j < cols; j++) {
      const score = x[r * cols + j];
      if (!(score > bar)) continue;
      let at = count < n ? count++ : n - 1;
      for (; at > 0 && scores[slot + at - 1] < score; at--) {
        scores[slot + at] = scores[slot + at - 1];
        indices[slot + at] = indices[slot + at - 1];
      }
      scores[slot + at] = score;
      indices[slot + at] = j;
      if (count === n) bar = scores[slot + n - 1];
    }
    for (let at = count; at < n; at++) {
      indices[slot + at] = -1;
      scores[slot + at] = -Infinity;
    }
  }
}

/**
 * As rankRows, of the listed columns only: the others are not looked at. listed: ascending columns. Owns rows.
 */
export function rankListed(
  indices: Int32Array, scores: Floats, x: Floats, listed: Int32Array, cols: number, n: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const slot = r * n;
    if (n > LONG) {
      rankLong(indices, scores, slot, x, r * cols, listed, listed.length, n);
      continue;
    }
    let count = 0;
    for (let i = 0; i < listed.length; i++) {
      const score = x[r * cols + listed[i]];
      if (!(score > (count < n ? -Infinity : scores[slot + n - 1]))) continue;
      let at = count < n ? count++ : n - 1;
      for (; at > 0 && scores[slot + at - 1] < score; at--) {
        scores[slot + at] = scores[slot + at - 1];
        indices[slot + at] = indices[slot + at - 1];
      }
      scores[slot + at] = score;
      indices[slot + at] = listed[i];
    }
    for (let at = count; at < n; at++) {
      indices[slot + at] = -1;
      scores[slot + at] = -Infinity;
    }
  }
}

/**
 * One row of rankRows, or of rankListed. The list is a heap whose root is its worst entry, the lowest score and among
 * equals the highest column; in the end the roots are taken off one by one and laid down from the back.
 */
function rankLong(
  indices: Int32Array, scores: Floats, slot: number, x: Floats, from: number, listed: Int32Array | null,
  columns: number, n: number,
): void {
  let count = 0;
  for (let i = 0; i < columns; i++) {
    const column = listed ? listed[i] : i;
    const score = x[from + column];
    // Columns ascend: one that comes later is worse than an equal one.
    if (!(score > (count < n ? -Infinity : scores[slot]))) continue;
    if (count < n) {
      rise(indices, scores, slot, count++, score, column);
    } else {
      sink(indices, scores, slot, n, score, column);
    }
  }
  for (let at = count; at < n; at++) {
    indices[slot + at] = -1;
    scores[slot + at] = -Infinity;
  }
  for (let last = count - 1; last > 0; last--) {
    const [score, column] = [scores[slot + last], indices[slot + last]];
    scores[slot + last] = scores[slot];
    indices[slot + last] = indices[slot];
    sink(indices, scores, slot, last, score, column);
  }
}

/** Puts an entry in at the heap's end and lets it rise past better ones. */
function rise(
  indices: Int32Array, scores: Floats, slot: number, end: number, score: number, column: number,
): void {
  let at = end;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!worse(score, column, scores[slot + above], indices[slot + above])) break;
    scores[slot + at] = scores[slot + above];
    indices[slot + at] = indices[slot + above];
    at = above;
  }
  scores[slot + at] = score;
  indices[slot + at] = column;
}

/** Puts an entry in place of the root of a heap of `count` and lets it sink below worse ones. */
function sink(
  indices: Int32Array, scores: Floats, slot: number, count: number, score: number, column: number,
): void {
  let at = 0;
  for (let below = 1; below < count; below = 2 * at + 1) {
    const other = below + 1;
    if (other < count &&
      worse(scores[slot + other], indices[slot + other], scores[slot + below], indices[slot + below])) below = other;
    if (!worse(scores[slot + below], indices[slot + below], score, column)) break;
    scores[slot + at] = scores[slot + below];
    indices[slot + at] = indices[slot + below];
    at = below;
  }
  scores[slot + at] = score;
  indices[slot + at] = column;
}

function worse(score: number, column: number, than: number, thanColumn: number): boolean {
  return score < than || (score === than && column > thanColumn);
}

/** out[i] = x[listed[i]], whole rows: the operand of a product with some rows only. x: (any, cols). Owns rows. */
export function gatherRows(
  out: Floats, x: Floats, listed: Int32Array, cols: number, begin: number, end: number,
): void {
  for (let i = begin; i < end; i++) out.set(x.subarray(listed[i] * cols, (listed[i] + 1) * cols), i * cols);
}

/**
 * out[i] = the place of column listed[i] when the row is ranked as rankRows does, from 1: one more than the columns
 * with a higher score and those before it with an equal one. x: (cols), no NaN at the listed. Owns listed.
 */
export function placesInRow(out: Int32Array, x: Floats, listed: Int32Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) {
    const column = listed[i];
    let place = 1;
    for (let j = 0; j < column; j++) if (x[j] >= x[column]) place++;
    for (let j = column + 1; j < x.length; j++) if (x[j] > x[column]) place++;
    out[i] = place;
  }
}

export const plainRank = {
  rankListed: plainOnly(
    rankListed, ([indices, , , listed, , n]) => byRows(indices.length / Math.max(1, n), 10 * listed.length),
    "reads single words at scattered places, which four lanes cannot load at once"),
  placesInRow: kernel(placesInRow, ([, x, listed]) => byRows(listed.length, 4 * x.length)),
  gatherRows: kernel(gatherRows, ([, , listed, cols]) => byRows(listed.length, 8 * cols)),
  maskRows: plainOnly(maskRows, ([, , rowEnd, indices]) => byRows(rowEnd.length, 16 * entriesPerRow(rowEnd, indices)),
    "writes single words at scattered places, some hundred a row"),
  rankRows: kernel(rankRows, ([indices, , , cols, n]) => byRows(indices.length / Math.max(1, n), 5 * cols)),
};
