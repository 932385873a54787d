/**
 * Profiles to begin with, made up from the model's tags: "film noir" is a handful of items that have the tag before all
 * others. They belong to no person: data of real people stays out of what is published unless it is asked for.
 *
 * An item's weight for a tag is n·n/Σ: how often it was given the tag, times the tag's share of all that it was given.
 * Tags whose best neuron is surest of them come first, and no two samples share more than one item.
 */
import type { TagCounts } from "../data/dataset.js";
import type { NeuronLabel } from "../interpret/labels.js";
import { csrRow } from "../base/csr.js";
import type { SampleProfile } from "../model-folder/precomputed.js";
const ITEMS = 6;
/** Tags on fewer items than this are too narrow to be a taste. */
const MIN_ITEMS = 2 * ITEMS;

/** At most n samples; none without tags. ids: (I). */
export function sampleProfiles(
  tags: TagCounts | null, labels: readonly NeuronLabel[], ids: readonly string[], n: number,
): SampleProfile[] {
  if (!tags) return [];
  const { names, counts } = tags;
  const given = new Float64Array(counts.cols);
  for (let q = 0; q < counts.indices.length; q++) given[counts.indices[q]] += counts.values![q];
  const confidence = new Float64Array(names.length).fill(-1);
  for (const { tag, confidence: found } of labels) if (tag >= 0) confidence[tag] = Math.max(confidence[tag], found);
  const order = Array.from(names.keys())
    .filter((tag) => confidence[tag] > 0 && csrRow(counts, tag).length >= MIN_ITEMS)
    .sort((a, b) => confidence[b] - confidence[a] || a - b);

  const taken = new Set<number>();
  const samples: SampleProfile[] = [];
  for (const tag of order) {
    if (samples.length === n) break;
    const from = counts.indptr[tag];
    const weighted = Array.from(csrRow(counts, tag), (item, i) =>
      ({ item, weight: counts.values![from + i] ** 2 / given[item] }));
    weighted.sort((a, b) => b.weight - a.weight || a.item - b.item);
    const items = weighted.slice(0, ITEMS).map(({ item }) => item);
    if (items.filter((item) => taken.has(item)).length > 1) continue;
    for (const item of items) taken.add(item);
    samples.push({ name: names[tag], items: items.map((item) => ids[item]) });
  }
  return samples;
}
