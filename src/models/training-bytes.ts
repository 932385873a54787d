/**
 * What trainings take of the engine's heap that are not loaded where only inference is done: their records
 * (recommenders/record.ts) say it beforehand.
 */
import type { ElsaConfig } from "../config/elsa.js";
import type { ElsaSparseConfig } from "../config/elsa-sparse.js";

/** Users a product of truncated-svd.ts. */
export const SVD_USERS = 2048;

/** Of ELSA: of its start or of a step over so many columns, whichever takes more. */
export function elsaTrainingBytes(columns: number, items: number, settings: ElsaConfig): number {
  return Math.max(stepBytes(columns, settings), startBytes(items, settings));
}

/** Rows of A with their gradients and averages, scores, embeddings. */
function stepBytes(columns: number, { factors, batchSize, cutoff, arithmetic }: ElsaConfig): number {
  // With a cutoff, at worst all scores once more with their columns, and their rows.
  const scores = (cutoff > 0 ? 4 : 1) * batchSize * columns;
  // Rounded rows, and the same interleaved: of scores, of A and of embeddings.
  const rounded = arithmetic === "int16"
    ? batchSize * (columns + 1) + columns * (factors + 1) + 3 * batchSize * (factors + 1) : 0;
  return 4 * (4 * columns * factors + scores + rounded + 6 * batchSize * factors) + 2 ** 24;
}

/** The lists of a block's interactions aside. */
function startBytes(items: number, { start, factors }: ElsaConfig): number {
  return start === "svd" ? 4 * (2 * items * factors + SVD_USERS * factors + 2 * factors * factors) : 0;
}

/**
 * Of a step over so many columns at sparse ELSA's first level, whose rows are whole: those of A, N, N written out,
 * their gradients and averages; scores both ways; embeddings.
 */
export function sampledSparseElsaBytes(
  columns: number, { factors, batchSize }: Pick<ElsaSparseConfig, "factors" | "batchSize">,
): number {
  return 4 * (10 * columns * factors + 2 * batchSize * columns + 6 * batchSize * factors) + 2 ** 24;
}
