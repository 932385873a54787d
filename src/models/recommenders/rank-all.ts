/**
 * The best items of every row of a matrix of interactions, batch by batch: evaluation's and `recommend`'s one loop.
 *
 * Scores of all items for a whole batch, B × I, are never held where the catalogue is large: recommenders that can
 * (`Recommender.tiled`) score some items at a time, and the best of each tile are merged; the others get fewer rows at
 * once. Lists are the same either way, bit for bit: an item's score does not depend on the items beside it.
 */
import { columnRange, Tape, type SparseTensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Engine } from "../../engine/engine.js";
import { range } from "../encode-all.js";
import type { Recommender, TiledScores } from "./recommender.js";

/** How users are ranked. */
export interface RankOptions {
  /** Length of the list, default 20. */
  n?: number;
  /** Rows at once, default 512; only memory depends on it. */
  batchSize?: number;
  /** Items at once, default 8,192, where the recommender can score some at a time; only memory depends on it. */
  tileSize?: number;
}

/** Scores held at once, for recommenders that score all items or none: 256 MiB. */
export const MOST_SCORES = 2 ** 26;
/** Fewer rows at once are worth nothing; and sparse ELSA scores a handful of rows in another order of summation. */
const LEAST_ROWS = 8;

/** Calls back with each row's best items (−1 for empty places) and their scores; input items are masked with −∞. */
export function rankAll(
  engine: Engine, recommender: Recommender, input: Csr,
  each: (row: number, list: Int32Array, scores: ArrayLike<number>) => void, options: RankOptions = {},
): void {
  const { n = 20, batchSize = 512, tileSize = 8192 } = options;
  const { items } = recommender;
  const cut = recommender.tiled !== undefined && items > tileSize;
  const rowsAtOnce = cut ? batchSize : Math.min(batchSize, Math.max(LEAST_ROWS, Math.floor(MOST_SCORES / items)));
  const tape = new Tape(engine, false);
  for (let from = 0; from < input.rows; from += rowsAtOnce) {
    tape.reset();
    const x = tape.sparseInput(input, range(from, Math.min(input.rows, from + rowsAtOnce)));
    const tiles = cut ? recommender.tiled!(tape, x) : null;
    const { lists, scores } = tiles
      ? bestOfTiles(tape, tiles, x, items, n, tileSize)
      : bestOf(engine, recommender.scores(tape, x).data, x, items, n);
    for (let r = 0; r < x.rows; r++) {
      each(from + r, lists.slice(r * n, (r + 1) * n), scores.slice(r * n, (r + 1) * n));
    }
  }
  tape.reset();
}

/** Best items of each row, (B, n), and their scores. */
interface Best {
  readonly lists: Int32Array;
  readonly scores: Float32Array | Float64Array;
}

/** Of scores (B, items), which it masks. */
function bestOf(engine: Engine, data: Float32Array | Float64Array, x: SparseTensor, items: number, n: number): Best {
  engine.run("maskRows", data, x.rowStart, x.rowEnd, x.indices, items);
  const lists = engine.ints(x.rows * n);
  const scores = engine.floats(x.rows * n);
  engine.run("rankRows", lists, scores, data, items, n);
  return { lists, scores };
}

function bestOfTiles(
  tape: Tape, tiles: TiledScores, x: SparseTensor, items: number, n: number, tileSize: number,
): Best {
  const { engine } = tape;
  let best: Best = { lists: new Int32Array(x.rows * n).fill(-1), scores: new Float64Array(x.rows * n) };
  for (let from = 0; from < items; from += tileSize) {
    const to = Math.min(items, from + tileSize);
    engine.scope(() => {
      const part = columnRange(tape, x, from, to);
      const found = bestOf(engine, tiles(from, to, part).data, part, to - from, n);
      best = merged(best, found, from, x.rows, n);
    });
  }
  return best;
}

/** The n best of both, equal scores to those of `before`, whose items have lower numbers. In ordinary memory. */
function merged(before: Best, tile: Best, from: number, rows: number, n: number): Best {
  const lists = new Int32Array(rows * n).fill(-1);
  const scores = new Float64Array(rows * n).fill(-Infinity);
  for (let r = 0; r < rows; r++) {
    const end = (r + 1) * n;
    for (let at = r * n, a = at, b = at; at < end; at++) {
      const [hasA, hasB] = [before.lists[a] >= 0, tile.lists[b] >= 0];
      if (!hasA && !hasB) break;
      const first = hasA && (!hasB || before.scores[a] >= tile.scores[b]);
      lists[at] = first ? before.lists[a] : from + tile.lists[b];
      scores[at] = first ? before.scores[a++] : tile.scores[b++];
    }
  }
  return { lists, scores };
}
