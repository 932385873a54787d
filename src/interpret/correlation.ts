/**
 * Point-biserial correlation of tags and neurons over items (docs/method.md §4): the confidence of a label.
 *
 * With presence b_i ∈ {0, 1} (the tag was given to item i at least once) and activation a_i, it is Pearson's r:
 *   r = (mean(a·b) − mean(a)·mean(b)) / (std(a)·std(b)), in [−1, 1].
 * Both are sparse, so only Σa, Σa², the tag's item count and Σ a·b are needed: O(non-zeros), not O(T·H·I).
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";

/**
 * (T, H) row-major correlations; NaN where a tag is on no or on all items, or a neuron's activation is constant (dead).
 * tagCounts: (T, I), of which only presence counts; itemCodes: (I, H).
 */
export function tagNeuronCorrelation(tagCounts: Csr, itemCodes: Csr): Float64Array {
  requireSameItems(tagCounts, itemCodes);
  const tags = tagCounts.rows;
  const items = itemCodes.rows;
  const neurons = itemCodes.cols;
  const sum = new Float64Array(neurons);
  const squares = new Float64Array(neurons);
  for (let q = 0; q < itemCodes.indptr[items]; q++) {
    const a = itemCodes.values ? itemCodes.values[q] : 1;
    sum[itemCodes.indices[q]] += a;
    squares[itemCodes.indices[q]] += a * a;
  }
  const deviation = sum.map((s, h) => {
    const variance = squares[h] / items - (s / items) ** 2;
    // Rounding leaves a constant column a variance of a few ulps of its square; that is no signal.
    return variance > 1e-12 * (squares[h] / items) ? Math.sqrt(variance) : NaN;
  });
  const correlation = new Float64Array(tags * neurons);
  const together = new Float64Array(neurons);
  for (let t = 0; t < tags; t++) {
    together.fill(0);
    let present = 0;
    for (let q = tagCounts.indptr[t]; q < tagCounts.indptr[t + 1]; q++) {
      if (tagCounts.values && tagCounts.values[q] === 0) continue;
      present++;
      const item = tagCounts.indices[q];
      for (let k = itemCodes.indptr[item]; k < itemCodes.indptr[item + 1]; k++) {
        together[itemCodes.indices[k]] += itemCodes.values ? itemCodes.values[k] : 1;
      }
    }
    const p = present / items;
    const spread = present > 0 && present < items ? Math.sqrt(p * (1 - p)) : NaN;
    for (let h = 0; h < neurons; h++) {
      correlation[t * neurons + h] = (together[h] / items - p * (sum[h] / items)) / (spread * deviation[h]);
    }
  }
  return correlation;
}

/**
 * What all of interpret asks first: tags and codes speak of the same items. tagCounts: (T, I), itemCodes: (I, H).
 * @throws UserError when the two disagree on I.
 */
export function requireSameItems(tagCounts: Csr, itemCodes: Csr): void {
  if (tagCounts.cols === itemCodes.rows) return;
  throw new UserError(
    `tag counts have ${tagCounts.cols} columns, the item codes ${itemCodes.rows} rows: ` +
    "both must count the items of the same data set",
  );
}
