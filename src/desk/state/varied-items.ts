/**
 * What a first-time visitor is shown to choose from: popular titles, of which none is among the nearest of another, so
 * that every choice tells something that the others do not.
 */

/** How many are shown. */
const TILES = 16;

/**
 * The most popular first; one that is near to an earlier choice is passed over. Where too few are left, those passed
 * over fill up in their order.
 * @param nearestOf ids of the items most like one
 */
export async function variedItems<T extends { readonly id: string }>(
  popular: readonly T[], nearestOf: (id: string) => Promise<readonly string[]>, n = TILES,
): Promise<T[]> {
  const chosen: T[] = [];
  const passed: T[] = [];
  const near = new Set<string>();
  for (const item of popular) {
    if (chosen.length === n) break;
    if (near.has(item.id)) {
      passed.push(item);
      continue;
    }
    chosen.push(item);
    for (const id of await nearestOf(item.id)) near.add(id);
  }
  return [...chosen, ...passed].slice(0, n);
}
