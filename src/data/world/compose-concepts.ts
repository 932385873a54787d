/**
 * Who has which concepts in the hard world: grades of items, G, and strengths of users' tastes, V.
 *
 * Concepts are composed one after the other: the next one is a companion of one already chosen with some chance, else
 * a walk through the forest; what is there already, or clashes with an exclusive parent, is drawn again.
 *
 *   items   grade uniform in [0.3, 1]; an ancestor gets g + (1 − g)·uniform, and keeps the larger value, so a parent is
 *           at least as present as its child. Concepts with fewer than 20 items are topped up, deepest first, with
 *           items of their parent.
 *   users   strengths exp(0.5·normal), normalised to sum 1; with ancestors, a concept has the strengths below it too
 */
import type { Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import { DESCEND, pathToRoot, type ConceptForest, type ConceptWalk } from "./concept-forest.js";

/** Items that every concept has at least, as far as exclusive parents and the size of the world allow. */
export const LEAST_ITEMS = 20;
const ITEM_COMPANION = 0.3;
const USER_COMPANION = 0.4;
const LEAST_GRADE = 0.3;
const STRENGTH_SPREAD = 0.5;
/** Draws for one more concept before it is given up: a full house of exclusive families can leave no room. */
const PATIENCE = 60;

interface Habit {
  readonly descend: number;
  readonly companion: number;
}

/** (I, T) with values: the grade of each item's concepts, ancestors included. */
export function composeItems(
  walk: ConceptWalk, forest: ConceptForest, items: number, range: readonly [number, number], random: Random,
): Csr {
  const rows: Map<number, number>[] = [];
  const members: number[][] = Array.from(forest.parents, () => []);
  const give = (item: number, concept: number): void => {
    let grade = LEAST_GRADE + (1 - LEAST_GRADE) * random.uniform();
    for (let c = concept; c >= 0; c = forest.parents[c]) {
      const before = rows[item].get(c);
      if (before === undefined) members[c].push(item);
      rows[item].set(c, Math.max(before ?? 0, grade));
      grade += (1 - grade) * random.uniform();
    }
  };
  for (let i = 0; i < items; i++) {
    rows.push(new Map());
    const habit = { descend: DESCEND, companion: ITEM_COMPANION };
    for (const concept of compose(walk, forest, between(range, random), habit, random)) give(i, concept);
  }
  const fits = (item: number, concept: number): boolean =>
    !rows[item].has(concept) && !clashes(forest, [...rows[item].keys()], concept);
  const deepestFirst = Array.from(forest.levels.keys()).sort((a, b) => forest.levels[b] - forest.levels[a] || a - b);
  for (const concept of deepestFirst) {
    const parent = forest.parents[concept];
    const near = parent < 0 ? [] : random.shuffle([...members[parent]]);
    for (let k = 0; k < near.length && members[concept].length < LEAST_ITEMS; k++) {
      if (fits(near[k], concept)) give(near[k], concept);
    }
    for (let tries = 0; tries < PATIENCE * LEAST_ITEMS && members[concept].length < LEAST_ITEMS; tries++) {
      const item = random.below(items);
      if (fits(item, concept)) give(item, concept);
    }
  }
  return csrFromMaps(rows, forest.parents.length);
}

/** Tastes of users: (U, T) with values that sum to 1 in each row, without and with ancestors. */
export function composeUsers(
  walk: ConceptWalk, forest: ConceptForest, users: number, range: readonly [number, number], narrow: number,
  random: Random,
): { tastes: Csr; withAncestors: Csr } {
  const own: Map<number, number>[] = [];
  const all: Map<number, number>[] = [];
  const habit = { descend: narrow, companion: USER_COMPANION };
  for (let u = 0; u < users; u++) {
    const chosen = compose(walk, forest, between(range, random), habit, random);
    const weights = chosen.map(() => Math.exp(STRENGTH_SPREAD * random.normal()));
    const total = weights.reduce((sum, w) => sum + w, 0);
    own.push(new Map(chosen.map((concept, k) => [concept, weights[k] / total])));
    const above = new Map<number, number>();
    own[u].forEach((strength, concept) => {
      for (const c of pathToRoot(forest.parents, concept)) above.set(c, (above.get(c) ?? 0) + strength);
    });
    all.push(above);
  }
  const T = forest.parents.length;
  return { tastes: csrFromMaps(own, T), withAncestors: csrFromMaps(all, T) };
}

/** So many distinct concepts, none of them an ancestor of one chosen before it; fewer where nothing else fits. */
function compose(
  walk: ConceptWalk, forest: ConceptForest, count: number, { descend, companion }: Habit, random: Random,
): number[] {
  const { companions, parents } = forest;
  const chosen: number[] = [];
  const held: number[] = [];
  for (let tries = 0; chosen.length < count && tries < PATIENCE * count; tries++) {
    let concept = -1;
    if (chosen.length > 0 && random.uniform() < companion) {
      const of = chosen[random.below(chosen.length)];
      const [from, to] = [companions.indptr[of], companions.indptr[of + 1]];
      if (to > from) concept = companions.indices[from + random.below(to - from)];
    }
    if (concept < 0) concept = walk.draw(descend, random);
    if (held.includes(concept) || clashes(forest, held, concept)) continue;
    chosen.push(concept);
    for (const c of pathToRoot(parents, concept)) if (!held.includes(c)) held.push(c);
  }
  return chosen;
}

/** Whether the concept, or one above it, is a second child of an exclusive parent. */
function clashes({ parents, exclusive }: ConceptForest, held: readonly number[], concept: number): boolean {
  for (let c = concept; c >= 0; c = parents[c]) {
    const parent = parents[c];
    if (parent >= 0 && exclusive[parent] === 1 && held.some((h) => parents[h] === parent && h !== c)) return true;
  }
  return false;
}

function between([least, most]: readonly [number, number], random: Random): number {
  return least + random.below(most - least + 1);
}

function csrFromMaps(rows: readonly ReadonlyMap<number, number>[], cols: number): Csr {
  const indptr = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => { indptr[r + 1] = indptr[r] + row.size; });
  const indices = new Int32Array(indptr[rows.length]);
  const values = new Float32Array(indices.length);
  rows.forEach((row, r) => {
    const columns = Int32Array.from(row.keys()).sort();
    indices.set(columns, indptr[r]);
    columns.forEach((c, k) => { values[indptr[r] + k] = row.get(c)!; });
  });
  return { rows: rows.length, cols, indptr, indices, values };
}
