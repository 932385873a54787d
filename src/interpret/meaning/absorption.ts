/**
 * Absorption (Chanin et al., 2024): a neuron for a general concept falls silent where a special one holds, because the
 * special one's neuron says both.
 *
 * Over parent and child: their neurons are those with the best F1 on one half of the items; on the other half, among
 * the items that a direct probe of the parent tells rightly,
 *   own      recall of the parent's neuron on its items without any of its children
 *   kid      the same on items of the child
 *   rate     max(0, 1 − kid/own), where own ≥ 0.2
 *   hidden   share of the child's items where the parent's neuron is silent while the child's fires
 */
import type { Csr } from "../../base/csr.js";
import type { FitTable, HeldOutF1 } from "./held-out-f1.js";
import type { ItemHalves } from "./item-halves.js";

/** How much children take over from the neurons of their parents (docs/method.md §15.2). */
export interface Absorption {
  /** Means over pairs, and ways. */
  readonly rate: number;
  readonly hidden: number;
  /** Pairs with a rate: those whose parent's neuron answers to its own items at all. */
  readonly pairs: number;
  readonly allPairs: number;
}

const LEAST_OWN = 0.2;
/** Fewer items on either side say nothing. */
const LEAST_ITEMS = 3;

/**
 * How much children take over from the neurons of their parents (docs/method.md §15.2).
 *
 * @param found of `table`; @param children (T, T); @param right of each way and concept, (I) 1 where a direct probe of
 *   the concept is right about the item (linear-probe.ts gives scores).
 */
export function absorption(
  table: FitTable, found: HeldOutF1, truth: Csr, children: Csr, half: ItemHalves,
  right: (concept: number, way: 0 | 1) => ArrayLike<number>,
): Absorption {
  const { activations } = table;
  const byConcept = new Map(found.concepts.map((c) => [c.concept, c]));
  let [rates, hiddenSum, pairs, allPairs] = [0, 0, 0, 0];
  const fires = (concept: number, way: 0 | 1): Uint8Array => {
    const { neuron, threshold } = byConcept.get(concept)!.ways[way];
    if (neuron < 0) return new Uint8Array(truth.rows);
    const values = activations.column(neuron);
    return Uint8Array.from(values, (v) => (v > threshold && v > activations.floor ? 1 : 0));
  };
  const has = hasConcept(truth);
  for (const parent of byConcept.keys()) {
    const kids = Array.from(children.indices.subarray(children.indptr[parent], children.indptr[parent + 1]));
    if (kids.length === 0) continue;
    for (const way of [0, 1] as const) {
      const parentFires = fires(parent, way);
      const known = right(parent, way);
      const judged = Array.from(half.keys()).filter((i) => half[i] === 1 - way && has(i, parent) && known[i]);
      const alone = judged.filter((i) => !kids.some((kid) => has(i, kid)));
      const own = share(alone, (i) => parentFires[i] === 1);
      for (const kid of kids) {
        if (!byConcept.has(kid)) continue;
        const items = judged.filter((i) => has(i, kid));
        if (items.length < LEAST_ITEMS) continue;
        allPairs++;
        const kidFires = fires(kid, way);
        hiddenSum += share(items, (i) => parentFires[i] === 0 && kidFires[i] === 1);
        if (alone.length < LEAST_ITEMS || own < LEAST_OWN) continue;
        pairs++;
        rates += Math.max(0, 1 - share(items, (i) => parentFires[i] === 1) / own);
      }
    }
  }
  return { rate: rates / pairs, hidden: hiddenSum / allPairs, pairs, allPairs };
}

function share(items: readonly number[], holds: (item: number) => boolean): number {
  return items.length > 0 ? items.filter(holds).length / items.length : 0;
}

/** Whether an item has a concept. */
export function hasConcept(truth: Csr): (item: number, concept: number) => boolean {
  const sets = Array.from({ length: truth.rows }, (_, i) =>
    new Set(truth.indices.subarray(truth.indptr[i], truth.indptr[i + 1])));
  return (item, concept) => sets[item].has(concept);
}
