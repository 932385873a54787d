/**
 * Monosemanticity of a neuron: how alike are the items that it fires for?
 *
 * The monosemanticity score of M. Pach, S. Karthik, Q. Bouniot, S. Belongie, Z. Akata, "Sparse Autoencoders Learn
 * Monosemantic Features in Vision-Language Models" (NeurIPS 2025, arXiv 2504.02821), with items for images: the
 * activation-weighted mean cosine similarity over all pairs of items,
 *   MS_n = Σ_{i<j} ã_i ã_j ⟨v_i, v_j⟩ / Σ_{i<j} ã_i ã_j,
 * ã the neuron's activation scaled to [0, 1] over items and v_i a unit description of item i that the model has not
 * seen. The paper takes an independent image encoder for v; here it is the item's tag counts, each times
 * ln(I / items with the tag), so that a tag everything has says nothing. Items without tags are unlike all.
 * Scores depend on how the items are tagged: compare neurons and models on one data set, not across data sets.
 *
 * Pairs need not be visited: 2·Σ_{i<j} ã_i ã_j ⟨v_i, v_j⟩ = ‖Σ ã_i v_i‖² − Σ ã_i² ‖v_i‖², so the cost is one pass.
 */
import { csrTranspose, type Csr } from "../base/csr.js";
import { requireSameItems } from "./correlation.js";

/**
 * (H) scores in [0, 1]; NaN for neurons that fire for fewer than two items, where there is no pair to compare.
 * itemCodes: (I, H), non-negative; tagCounts: (T, I), non-negative.
 */
export function monosemanticity(itemCodes: Csr, tagCounts: Csr): Float64Array {
  requireSameItems(tagCounts, itemCodes);
  const profiles = unitProfiles(tagCounts);
  const columns = csrTranspose(itemCodes);
  const scores = new Float64Array(columns.rows);
  const pooled = new Float64Array(tagCounts.rows);
  for (let n = 0; n < columns.rows; n++) {
    const from = columns.indptr[n];
    const to = columns.indptr[n + 1];
    const { low, span } = range(columns, n, itemCodes.rows);
    pooled.fill(0);
    let total = 0;
    let squares = 0;
    let selfSimilarity = 0;
    for (let q = from; q < to; q++) {
      const a = ((columns.values ? columns.values[q] : 1) - low) / span;
      const item = columns.indices[q];
      total += a;
      squares += a * a;
      if (profiles.indptr[item + 1] > profiles.indptr[item]) selfSimilarity += a * a;
      for (let k = profiles.indptr[item]; k < profiles.indptr[item + 1]; k++) {
        pooled[profiles.indices[k]] += a * profiles.values![k];
      }
    }
    let similarity = -selfSimilarity;
    for (const p of pooled) similarity += p * p;
    const pairs = total * total - squares;
    // A lone item leaves only the rounding of total² − squares.
    scores[n] = pairs > 1e-9 * squares ? Math.min(1, Math.max(0, similarity / pairs)) : NaN;
  }
  return scores;
}

/** Smallest activation over all items (0 unless the neuron fires for every item) and the distance to the largest. */
function range(columns: Csr, n: number, items: number): { low: number; span: number } {
  let low = columns.indptr[n + 1] - columns.indptr[n] < items ? 0 : Infinity;
  let high = 0;
  for (let q = columns.indptr[n]; q < columns.indptr[n + 1]; q++) {
    const a = columns.values ? columns.values[q] : 1;
    if (a < low) low = a;
    if (a > high) high = a;
  }
  // A constant activation prefers no item: every pair weighs the same.
  return high > low ? { low, span: high - low } : { low: 0, span: high || 1 };
}

/** (I, T) unit rows: counts times ln(I / items with the tag). An item with no telling tag has an empty row. */
function unitProfiles(tagCounts: Csr): Csr {
  const items = tagCounts.cols;
  const weights = new Float32Array(tagCounts.indices.length);
  for (let t = 0; t < tagCounts.rows; t++) {
    const from = tagCounts.indptr[t];
    const to = tagCounts.indptr[t + 1];
    const idf = Math.log(items / Math.max(1, to - from));
    for (let q = from; q < to; q++) weights[q] = idf * (tagCounts.values ? tagCounts.values[q] : 1);
  }
  const rows = csrTranspose({ ...tagCounts, values: weights });
  const indptr = new Int32Array(items + 1);
  const indices = new Int32Array(rows.indices.length);
  const values = new Float32Array(rows.indices.length);
  let at = 0;
  for (let i = 0; i < items; i++) {
    let squared = 0;
    for (let q = rows.indptr[i]; q < rows.indptr[i + 1]; q++) squared += rows.values![q] ** 2;
    for (let q = rows.indptr[i]; q < rows.indptr[i + 1] && squared > 0; q++) {
      indices[at] = rows.indices[q];
      values[at++] = rows.values![q] / Math.sqrt(squared);
    }
    indptr[i + 1] = at;
  }
  return { rows: items, cols: tagCounts.rows, indptr, indices: indices.slice(0, at), values: values.slice(0, at) };
}
