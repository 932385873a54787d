/**
 * The planted-concept world: a seeded data set whose concepts are known.
 *
 * Items belong to a few concepts, users have a few tastes (concepts), and an interaction is a draw of an item of one of
 * the user's tastes, or, with probability `noise`, of any item. Popularity follows a shifted power law, activity is
 * log-normal, and a share of the interactions leaves a tag, sometimes a wrong one. A recommender sees the interactions
 * and the tags only; `truth` is what it should find again (interpret/meaning/recovery.ts).
 *
 * This is not a model of any real catalogue: concepts are independent of time, age and each other. What it keeps of
 * real data is what makes untangling hard: long tails, items in several concepts, users with several tastes, noise.
 *
 * Memory is that of the result: draws go straight into typed arrays, no object per interaction.
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import { Random } from "../../base/random.js";
import { UserError } from "../../base/user-error.js";
import type { Dataset, TagApplications } from "../dataset.js";
import { itemTitle, maxConcepts, worldConcepts } from "./titles.js";
import { drawFrom, powerWeights, runningSums } from "./weighted-draw.js";

/** The size of a world, and how clear its concepts are. */
export interface WorldOptions {
  /** U. Default 4,000. */
  users?: number;
  /** I. Default 2,000. */
  items?: number;
  /** Planted concepts. Default 60. */
  concepts?: number;
  /** Least and most concepts of an item, uniform between. Default [1, 3]. */
  conceptsPerItem?: readonly [number, number];
  /** Least and most tastes of a user, uniform between. Default [2, 4]. */
  tastesPerUser?: readonly [number, number];
  /** Expected interactions of a user; nobody has fewer than 5 or more than half the items. Default 38. */
  meanInteractions?: number;
  /** Standard deviation of log activity, 0 … 2. Default 0.4, a calm audience; MovieLens has about 1. */
  activitySpread?: number;
  /** Item weight falls as rank^−exponent, 0 … 2. Default 0.6; 0.8 comes near MovieLens. */
  popularityExponent?: number;
  /** Share of interactions that ignore the user's tastes and follow popularity alone, in [0, 1]. Default 0.1. */
  noise?: number;
  /** Share of interactions whose user also tags the item, in [0, 1]. Default 0.25. */
  tagRate?: number;
  /** Share of tags that say nothing true: half a wrong concept, half shelf chatter ("to watch"). Default 0.1. */
  tagNoise?: number;
  /** Any integer; its low 32 bits count. Default 42. */
  seed?: number;
  /** Name of the data set. Default "world". */
  name?: string;
}

/** What a model of the world should find again. */
export interface WorldTruth {
  /** (T) the planted concepts; also the first T tag names of the data set. */
  readonly conceptNames: readonly string[];
  /** (I, T) binary: the concepts of an item. */
  readonly itemConcepts: Csr;
  /** (U, T) binary: the tastes of a user. */
  readonly userConcepts: Csr;
}

/** A generated data set, and the truth behind it. */
export interface World {
  readonly dataset: Dataset;
  readonly truth: WorldTruth;
}

/**
 * Worlds by name. `small` is the default; in `tastes` a user mixes many of many concepts, which few neurons
 * can hardly tell; those named after MovieLens sets have their sizes and, roughly, their tails.
 */
export const worldPresets: Readonly<Record<string, WorldOptions>> = {
  tiny: { users: 500, items: 300, concepts: 12, meanInteractions: 30 },
  small: {},
  "ml-1m": {
    users: 6040, items: 3706, concepts: 100, meanInteractions: 95, activitySpread: 0.8, popularityExponent: 0.8,
  },
  tastes: {
    users: 12_000, items: 2000, concepts: 400, conceptsPerItem: [1, 2], tastesPerUser: [8, 16], meanInteractions: 60,
    activitySpread: 0.8, noise: 0.02,
  },
  "ml-25m": {
    users: 160776, items: 40857, concepts: 300, meanInteractions: 77.1, activitySpread: 0.8, popularityExponent: 0.8,
    tagRate: 0.09,
  },
};

/** Tags that describe the reader, not the item. */
const CHATTER = ["to watch", "seen twice", "borrowed", "on the shelf", "with friends"];

const MIN_INTERACTIONS = 5;
/** Item weight = (rank + I·SHIFT)^−exponent: the shift flattens the head, so that no item is everybody's. */
const POPULARITY_SHIFT = 0.01;
/** Concept weight = (rank + 1)^−EXPONENT: some concepts hold several times as many items and fans as others. */
const CONCEPT_EXPONENT = 0.3;
/** Draws from a taste before the user, who has seen nearly all of it, browses the whole catalogue instead. */
const TASTE_PATIENCE = 12;
const BROWSE_PATIENCE = 100;

/**
 * A world of the given size; the same options give the same world.
 * @throws UserError naming every option that is out of range.
 */
export function generateWorld(options: WorldOptions = {}): World {
  const o = {
    users: 4000, items: 2000, concepts: 60, conceptsPerItem: [1, 3] as const, tastesPerUser: [2, 4] as const,
    meanInteractions: 38, activitySpread: 0.4, popularityExponent: 0.6, noise: 0.1, tagRate: 0.25, tagNoise: 0.1,
    seed: 42, name: "world", ...options,
  };
  checkOptions(o);
  const random = new Random(o.seed);
  // One stream per part: more tags, say, do not change who watched what.
  const [itemStream, tasteStream, drawStream, tagStream, titleStream] = Array.from({ length: 5 }, () => random.fork());

  const conceptWeights = powerWeights(o.concepts, 0, CONCEPT_EXPONENT, itemStream);
  const popularity = powerWeights(o.items, o.items * POPULARITY_SHIFT, o.popularityExponent, itemStream);
  const itemConcepts = drawMemberships(o.items, o.conceptsPerItem, conceptWeights, itemStream);
  const userConcepts = drawMemberships(o.users, o.tastesPerUser, conceptWeights, tasteStream);
  const interactions = drawInteractions(userConcepts, itemConcepts, popularity, o, drawStream);

  const concepts = worldConcepts(o.concepts);
  const conceptNames = concepts.map((concept) => concept.name);
  const tags = drawTags(interactions, itemConcepts, conceptNames, o.tagRate, o.tagNoise, tagStream);
  const seen = new Map<string, number>();
  const itemTitles = Array.from({ length: o.items }, (_, i) => {
    const row = itemConcepts.indices.subarray(itemConcepts.indptr[i], itemConcepts.indptr[i + 1]);
    return itemTitle(Array.from(row, (c) => concepts[c]), titleStream, seen);
  });
  const dataset: Dataset = {
    name: o.name,
    interactions,
    userIds: Array.from({ length: o.users }, (_, u) => `u${u + 1}`),
    itemIds: Array.from({ length: o.items }, (_, i) => `i${i + 1}`),
    itemTitles,
    tags,
    notes: [
      `planted-concept world, seed ${o.seed}: ${o.users} users, ${o.items} items, ${o.concepts} concepts, ` +
      `${interactions.indices.length} interactions (${Math.round(100 * o.noise)} % noise), ` +
      `${tags.tag.length} tag applications (${Math.round(100 * o.tagNoise)} % noise)`,
    ],
  };
  return { dataset, truth: { conceptNames, itemConcepts, userConcepts } };
}

function checkOptions(o: Required<WorldOptions>): void {
  const wrong: string[] = [];
  const whole = (name: "users" | "items" | "concepts", least: number, most: number): void => {
    if (Number.isInteger(o[name]) && o[name] >= least && o[name] <= most) return;
    wrong.push(`${name} is ${o[name]}, expected a whole number in ${least} … ${most}`);
  };
  type Amount = "noise" | "tagRate" | "tagNoise" | "activitySpread" | "popularityExponent";
  const within = (name: Amount, most: number): void => {
    if (!(o[name] >= 0 && o[name] <= most)) wrong.push(`${name} is ${o[name]}, expected 0 … ${most}`);
  };
  const span = (name: "conceptsPerItem" | "tastesPerUser"): void => {
    const [least, most] = o[name];
    const whole = Number.isInteger(least) && Number.isInteger(most);
    if (!whole || least < 1 || most < least || most > o.concepts) {
      wrong.push(`${name} is ${least} … ${most}, expected whole numbers within 1 … concepts (${o.concepts})`);
    }
  };
  whole("users", 1, 10_000_000);
  whole("items", 2 * MIN_INTERACTIONS, 10_000_000);
  whole("concepts", 1, maxConcepts);
  span("conceptsPerItem");
  span("tastesPerUser");
  const most = o.items / 4;
  if (!(o.meanInteractions >= MIN_INTERACTIONS && o.meanInteractions <= most)) {
    const range = `${MIN_INTERACTIONS} … ${most} (a quarter of the items)`;
    wrong.push(`meanInteractions is ${o.meanInteractions}, expected ${range}`);
  }
  within("activitySpread", 2);
  within("popularityExponent", 2);
  within("noise", 1);
  within("tagRate", 1);
  within("tagNoise", 1);
  if (!Number.isInteger(o.seed)) wrong.push(`seed is ${o.seed}, expected an integer`);
  if (wrong.length > 0) throw new UserError(`world: ${wrong.join("; ")}`);
}

/** (rows, T): each row gets a uniform number of distinct concepts, drawn in proportion to their weights. */
function drawMemberships(
  rows: number, [least, most]: readonly [number, number], weights: Float64Array, random: Random,
): Csr {
  const sums = runningSums(weights);
  const indptr = new Int32Array(rows + 1);
  for (let r = 0; r < rows; r++) indptr[r + 1] = indptr[r] + least + random.below(most - least + 1);
  const indices = new Int32Array(indptr[rows]);
  for (let r = 0; r < rows; r++) {
    let at = indptr[r];
    while (at < indptr[r + 1]) {
      const concept = drawFrom(sums, 0, sums.length, random);
      if (!indices.subarray(indptr[r], at).includes(concept)) indices[at++] = concept;
    }
    indices.subarray(indptr[r], at).sort();
  }
  return { rows, cols: weights.length, indptr, indices, values: null };
}

/** (U, I): every user draws distinct items, each from one of the user's tastes or, as noise, from all items. */
function drawInteractions(
  userConcepts: Csr, itemConcepts: Csr, popularity: Float64Array,
  { meanInteractions, activitySpread, noise }: Required<WorldOptions>, random: Random,
): Csr {
  const users = userConcepts.rows;
  const items = popularity.length;
  const members = csrTranspose(itemConcepts);
  const memberSums = runningSums(Float64Array.from(members.indices, (i) => popularity[i]));
  const allSums = runningSums(popularity);
  const indptr = new Int32Array(users + 1);
  // E[exp(N(μ, σ²))] = exp(μ + σ²/2), above the five that everybody has.
  const mu = Math.log(Math.max(meanInteractions - MIN_INTERACTIONS, 1e-9)) - (activitySpread * activitySpread) / 2;
  for (let u = 0; u < users; u++) {
    const extra = Math.round(Math.exp(mu + activitySpread * random.normal()));
    indptr[u + 1] = indptr[u] + Math.min(MIN_INTERACTIONS + extra, items >> 1);
  }
  const indices = new Int32Array(indptr[users]);
  const lastUser = new Int32Array(items).fill(-1);
  for (let u = 0; u < users; u++) {
    const tastes = userConcepts.indices.subarray(userConcepts.indptr[u], userConcepts.indptr[u + 1]);
    // A user likes some tastes more than others.
    const tasteSums = runningSums(Float64Array.from(tastes, () => 0.5 + random.uniform()));
    for (let at = indptr[u]; at < indptr[u + 1]; at++) {
      let item = -1;
      if (random.uniform() >= noise) {
        const taste = tastes[drawFrom(tasteSums, 0, tastes.length, random)];
        const from = members.indptr[taste];
        const to = members.indptr[taste + 1];
        for (let tries = 0; tries < TASTE_PATIENCE && to > from; tries++) {
          item = members.indices[drawFrom(memberSums, from, to, random)];
          if (lastUser[item] !== u) break;
        }
      }
      for (let tries = 0; tries < BROWSE_PATIENCE && (item < 0 || lastUser[item] === u); tries++) {
        item = drawFrom(allSums, 0, items, random);
      }
      // At most half of the items are taken, so the next free one is near.
      while (lastUser[item] === u) item = (item + 1) % items;
      lastUser[item] = u;
      indices[at] = item;
    }
    indices.subarray(indptr[u], indptr[u + 1]).sort();
  }
  return { rows: users, cols: items, indptr, indices, values: null };
}

/** Tags that users leave on items they interacted with: mostly one of the item's concepts, sometimes nonsense. */
function drawTags(
  interactions: Csr, itemConcepts: Csr, conceptNames: readonly string[], rate: number, noise: number, random: Random,
): TagApplications {
  const names = [...conceptNames, ...CHATTER];
  const capacity = interactions.indices.length;
  const kept = new Uint8Array(capacity);
  let n = 0;
  for (let q = 0; q < capacity; q++) if (random.uniform() < rate) n += kept[q] = 1;
  const tag = new Int32Array(n);
  const item = new Int32Array(n);
  const user = new Int32Array(n);
  let at = 0;
  for (let u = 0; u < interactions.rows; u++) {
    for (let q = interactions.indptr[u]; q < interactions.indptr[u + 1]; q++) {
      if (kept[q] === 0) continue;
      const i = interactions.indices[q];
      const from = itemConcepts.indptr[i];
      const count = itemConcepts.indptr[i + 1] - from;
      if (random.uniform() >= noise) tag[at] = itemConcepts.indices[from + random.below(count)];
      else if (random.uniform() < 0.5) tag[at] = random.below(conceptNames.length);
      else tag[at] = conceptNames.length + random.below(CHATTER.length);
      item[at] = i;
      user[at++] = u;
    }
  }
  return { names, tag, item, user, count: new Float32Array(n).fill(1) };
}
