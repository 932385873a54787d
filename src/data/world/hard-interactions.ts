/**
 * Who chose what in the hard world, why, and which tags were left.
 *
 *   activity      5 + log-normal with mean `mean` − 5 and log-spread 1, at most I/2
 *   interaction   with chance 0.85 a taste by strength, then an item of it with weight popularity × grade; else any
 *                 item by popularity. A repeated draw is drawn again; after 12 times, by popularity alone
 *   tag           a share 0.25 of interactions leaves a concept of the item, deeper ones more often; 0.1 of the tags
 *                 are wrong; 0.15 of the items get none, and 0.1 of the concepts have no name at all
 */
import { csrTranspose, type Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import type { TagApplications } from "../dataset.js";
import { drawFrom, runningSums } from "./weighted-draw.js";

const LEAST_ACTIVITY = 5;
const BY_TASTE = 0.85;
const ROUNDS = 12;
/** Draws by popularity before the next free item is taken. */
const PATIENCE = 200;
const TAG_RATE = 0.25;
const WRONG = 0.1;
const UNTAGGED = 0.15;
const NAMELESS = 0.1;

/** (U) interactions of each user. */
export function drawActivity(users: number, items: number, mean: number, random: Random): Int32Array {
  // E[exp(N(μ, 1))] = exp(μ + 1/2).
  const mu = Math.log(mean - LEAST_ACTIVITY) - 0.5;
  return Int32Array.from({ length: users }, () =>
    Math.min(LEAST_ACTIVITY + Math.round(Math.exp(mu + random.normal())), items >> 1));
}

export interface DrawnInteractions {
  /** (U, I) binary. */
  readonly interactions: Csr;
  /** (nnz) the taste behind each interaction, −1 where popularity alone was. */
  readonly because: Int32Array;
}

/** grades: (I, T), tastes: (U, T), popularity: (I). */
export function drawInteractions(
  tastes: Csr, grades: Csr, popularity: Float64Array, activity: Int32Array, random: Random,
): DrawnInteractions {
  const items = popularity.length;
  const T = grades.cols;
  const members = csrTranspose(grades);
  const memberSums = runningSums(Float64Array.from(members.indices, (i, q) => popularity[i] * members.values![q]));
  const allSums = runningSums(popularity);
  const tasteSums = runningSums(Float64Array.from(tastes.values!));
  const indptr = new Int32Array(activity.length + 1);
  activity.forEach((n, u) => { indptr[u + 1] = indptr[u] + n; });
  const indices = new Int32Array(indptr[activity.length]);
  const because = new Int32Array(indices.length);
  const lastUser = new Int32Array(items).fill(-1);
  const packed = new Float64Array(items);
  for (let u = 0; u < activity.length; u++) {
    for (let k = 0; k < activity[u]; k++) {
      let [item, taste] = [-1, -1];
      for (let tries = 0; tries < ROUNDS + PATIENCE && (item < 0 || lastUser[item] === u); tries++) {
        taste = -1;
        if (tries < ROUNDS && random.uniform() < BY_TASTE) {
          taste = tastes.indices[drawFrom(tasteSums, tastes.indptr[u], tastes.indptr[u + 1], random)];
        }
        item = taste < 0 ? drawFrom(allSums, 0, items, random)
          : members.indices[drawFrom(memberSums, members.indptr[taste], members.indptr[taste + 1], random)];
      }
      // At most half of the items are taken, so the next free one is near.
      while (lastUser[item] === u) [item, taste] = [(item + 1) % items, -1];
      lastUser[item] = u;
      packed[k] = item * (T + 1) + taste + 1;
    }
    packed.subarray(0, activity[u]).sort().forEach((key, k) => {
      indices[indptr[u] + k] = Math.floor(key / (T + 1));
      because[indptr[u] + k] = (key % (T + 1)) - 1;
    });
  }
  return { interactions: { rows: activity.length, cols: items, indptr, indices, values: null }, because };
}

/** Which concepts have a tag name. (T) */
export function nameSome(conceptNames: readonly string[], random: Random): (string | null)[] {
  return conceptNames.map((name) => (random.uniform() < NAMELESS ? null : name));
}

/** Tags of the named concepts, in their order. levels: (T), tagNames: (T). */
export function drawHardTags(
  interactions: Csr, grades: Csr, levels: Int32Array, tagNames: readonly (string | null)[], random: Random,
): TagApplications {
  const names: string[] = [];
  const tagOf = Int32Array.from(tagNames, (name) => (name === null ? -1 : names.push(name) - 1));
  const untagged = Uint8Array.from({ length: interactions.cols }, () => (random.uniform() < UNTAGGED ? 1 : 0));
  const capacity = Math.ceil(interactions.indices.length * TAG_RATE * 1.2) + 100;
  const [tag, item, user] = [new Int32Array(capacity), new Int32Array(capacity), new Int32Array(capacity)];
  let n = 0;
  for (let u = 0; u < interactions.rows; u++) {
    for (let q = interactions.indptr[u]; q < interactions.indptr[u + 1] && n < capacity; q++) {
      if (random.uniform() >= TAG_RATE) continue;
      const i = interactions.indices[q];
      const wrong = random.uniform() < WRONG;
      const given = wrong ? random.below(Math.max(1, names.length)) : trueTag(grades, levels, tagOf, i, random);
      if (untagged[i] === 1 || given < 0 || names.length === 0) continue;
      [tag[n], item[n], user[n]] = [given, i, u];
      n++;
    }
  }
  return {
    names, tag: tag.slice(0, n), item: item.slice(0, n), user: user.slice(0, n), count: new Float32Array(n).fill(1),
  };
}

/** A named concept of the item, with weight 1 + its level; −1 when it has none. */
function trueTag(grades: Csr, levels: Int32Array, tagOf: Int32Array, item: number, random: Random): number {
  let total = 0;
  for (let q = grades.indptr[item]; q < grades.indptr[item + 1]; q++) {
    if (tagOf[grades.indices[q]] >= 0) total += 1 + levels[grades.indices[q]];
  }
  let left = random.uniform() * total;
  for (let q = grades.indptr[item]; q < grades.indptr[item + 1]; q++) {
    const c = grades.indices[q];
    if (tagOf[c] < 0) continue;
    left -= 1 + levels[c];
    if (left < 0) return tagOf[c];
  }
  return -1;
}
