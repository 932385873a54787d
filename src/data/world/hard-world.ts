/**
 * The hard world: a seeded data set with planted concepts that are hard in the ways real catalogues are. Concepts form
 * a forest, some exclude each other, some go together (concept-forest.ts); sizes follow a power law, membership has
 * grades (compose-concepts.ts); activity is uneven, tags are missing and wrong (hard-interactions.ts).
 *
 * The flat world (world.ts) asks whether untangling works at all; this one how well. Each stage has a random stream of
 * its own, so that more tags, say, do not change who chose what. Cost and memory: O(interactions).
 */
import type { Csr } from "../../base/csr.js";
import { Random } from "../../base/random.js";
import { UserError } from "../../base/user-error.js";
import type { Dataset } from "../dataset.js";
import { composeItems, composeUsers } from "./compose-concepts.js";
import { growForest, type ConceptForest, type ForestShape } from "./concept-forest.js";
import { drawActivity, drawHardTags, drawInteractions, nameSome } from "./hard-interactions.js";
import { itemTitle, maxConcepts, worldConcepts } from "./titles.js";
import { powerWeights } from "./weighted-draw.js";
import type { WorldTruth } from "./world.js";

/** The size of a hard world (docs/method.md §15.1). */
export interface HardWorldOptions extends ForestShape {
  /** U */
  readonly users: number;
  /** I */
  readonly items: number;
  /** Least and most concepts of an item, uniform between; their ancestors come on top. */
  readonly conceptsPerItem: readonly [number, number];
  /** Least and most tastes of a user, likewise. */
  readonly tastesPerUser: readonly [number, number];
  /** Expected interactions of a user. */
  readonly meanInteractions: number;
  /** Any integer; its low 32 bits count. Default 42. */
  readonly seed?: number;
  /** Name of the data set. Default "hard world". */
  readonly name?: string;
}

/** What a model of the hard world should find again; letters as in docs/method.md. */
export interface HardTruth extends WorldTruth {
  readonly forest: ConceptForest;
  /**
   * G, (I, T) with values in [0.3, 1]: how present a concept is in an item; an ancestor at least as its descendants.
   */
  readonly grades: Csr;
  /** V, (U, T) with values that sum to 1 a row: strengths of a user's tastes. */
  readonly tastes: Csr;
  /** V with ancestors, (U, T): a concept has its own strength and those of the tastes below it. */
  readonly tastesWithAncestors: Csr;
  /** (T) the tag of each concept; null where nobody ever names it. */
  readonly tagNames: readonly (string | null)[];
  /** (interactions) the taste behind each interaction, −1 where popularity alone was. */
  readonly because: Int32Array;
}

/** A generated data set, and the truth behind it. */
export interface HardWorld {
  readonly dataset: Dataset;
  readonly truth: HardTruth;
}

/** The hard worlds by name: "hard-small", "hard" and "hard-ml-25m" (docs/method.md §15.1). */
export const hardWorldPresets: Readonly<Record<string, HardWorldOptions>> = {
  "hard-small": {
    users: 4000, items: 2000, concepts: 120, roots: 14, branching: [6], conceptsPerItem: [1, 3], tastesPerUser: [3, 6],
    meanInteractions: 50,
  },
  hard: {
    users: 20_000, items: 10_000, concepts: 1000, roots: 40, branching: [5, 3], conceptsPerItem: [2, 4],
    tastesPerUser: [4, 9], meanInteractions: 70,
  },
  "hard-ml-25m": {
    users: 160_776, items: 40_857, concepts: 2000, roots: 60, branching: [5, 4], conceptsPerItem: [2, 4],
    tastesPerUser: [4, 9], meanInteractions: 77.1,
  },
};

const POPULARITY_EXPONENT = 1.25;
/** Item weight = (rank + I·SHIFT)^−exponent: the shift flattens the head. */
const POPULARITY_SHIFT = 0.01;
/** How often a user's walk goes on from a concept to one of its children. */
const NARROW = 0.6;

/**
 * A hard world of the given size; the same options give the same world.
 * @throws UserError naming every option that is out of range.
 */
export function generateHardWorld(options: HardWorldOptions): HardWorld {
  const { users, items, concepts: T, conceptsPerItem, tastesPerUser, meanInteractions } = options;
  const { seed = 42, name = "hard world" } = options;
  checkOptions({ ...options, seed });
  const random = new Random(seed);
  const [forestStream, itemStream, popularityStream, tasteStream, activityStream, drawStream, tagStream, titleStream] =
    Array.from({ length: 8 }, () => random.fork());

  const { forest, walk } = growForest(options, forestStream);
  const grades = composeItems(walk, forest, items, conceptsPerItem, itemStream);
  const popularity = powerWeights(items, items * POPULARITY_SHIFT, POPULARITY_EXPONENT, popularityStream);
  const { tastes, withAncestors } = composeUsers(walk, forest, users, tastesPerUser, NARROW, tasteStream);
  const activity = drawActivity(users, items, meanInteractions, activityStream);
  const { interactions, because } = drawInteractions(tastes, grades, popularity, activity, drawStream);

  const words = worldConcepts(T);
  const conceptNames = words.map((concept) => concept.name);
  const tagNames = nameSome(conceptNames, tagStream);
  const tags = drawHardTags(interactions, grades, forest.levels, tagNames, tagStream);
  const seen = new Map<string, number>();
  const itemTitles = Array.from({ length: items }, (_, i) => {
    const row = grades.indices.subarray(grades.indptr[i], grades.indptr[i + 1]);
    return itemTitle(Array.from(row, (c) => words[c]), titleStream, seen);
  });
  const dataset: Dataset = {
    name,
    interactions,
    userIds: Array.from({ length: users }, (_, u) => `u${u + 1}`),
    itemIds: Array.from({ length: items }, (_, i) => `i${i + 1}`),
    itemTitles,
    tags,
    notes: [
      `hard planted-concept world, seed ${seed}: ${users} users, ${items} items, ${T} concepts, ` +
      `${interactions.indices.length} interactions, ${tags.tag.length} tag applications`,
    ],
  };
  return {
    dataset,
    truth: {
      conceptNames, itemConcepts: { ...grades, values: null }, userConcepts: { ...tastes, values: null },
      forest, grades, tastes, tastesWithAncestors: withAncestors, tagNames, because,
    },
  };
}

function checkOptions(o: HardWorldOptions & { readonly seed: number }): void {
  const wrong: string[] = [];
  const whole = (name: string, value: number, least: number, most: number): void => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    wrong.push(`${name} is ${value}, expected a whole number in ${least} … ${most}`);
  };
  const span = (name: string, [least, most]: readonly [number, number]): void => {
    const ok = Number.isInteger(least) && Number.isInteger(most) && least >= 1 && most >= least && most <= o.concepts;
    if (!ok) wrong.push(`${name} is ${least} … ${most}, expected whole numbers within 1 … concepts (${o.concepts})`);
  };
  whole("users", o.users, 1, 10_000_000);
  whole("items", o.items, 20, 10_000_000);
  whole("concepts", o.concepts, 1, maxConcepts);
  whole("roots", o.roots, 1, o.concepts);
  o.branching.forEach((b) => { whole("branching", b, 2, 1000); });
  span("conceptsPerItem", o.conceptsPerItem);
  span("tastesPerUser", o.tastesPerUser);
  if (!(o.meanInteractions > 5 && o.meanInteractions <= o.items / 4)) {
    wrong.push(`meanInteractions is ${o.meanInteractions}, expected above 5 and at most a quarter of the items`);
  }
  if (!Number.isInteger(o.seed)) wrong.push(`seed is ${o.seed}, expected an integer`);
  if (wrong.length > 0) throw new UserError(`hard world: ${wrong.join("; ")}`);
}
