/**
 * The concepts of the hard world: a forest whose trees have uneven families, some of them exclusive, with companions
 * across trees. It says which concepts exist and how likely each is; who has them is compose-concepts.ts.
 *
 *   family    an inner concept of a level with branching b has b − b/2 … b + b/2 children, at least 2
 *   weights   k^−0.7 in random order, among roots and among siblings
 *   walk      a root by weight, then down to a child by weight, each step with chance `descend`; mixed with a flat
 *             draw (share 0.4), so that small concepts exist
 */
import { csrFromLists, type Csr } from "../../base/csr.js";
import type { Random } from "../../base/random.js";
import { drawFrom, powerWeights, runningSums } from "./weighted-draw.js";

/** Concepts are numbered level by level; trees of one come last. */
export interface ConceptForest {
  /** (T) −1 for roots. */
  readonly parents: Int32Array;
  /** (T) 0 for roots. */
  readonly levels: Int32Array;
  /** (T) 1 where an item or a user has at most one of the concept's children. */
  readonly exclusive: Uint8Array;
  /** (T) the root above a concept. */
  readonly trees: Int32Array;
  /** (T, T) children of each concept. */
  readonly children: Csr;
  /** (T, T) symmetric: concepts of other trees that go together with this one. */
  readonly companions: Csr;
}

/** The shape of a forest of concepts. */
export interface ForestShape {
  /** T */
  readonly concepts: number;
  /** Trees that grow; what is left over of T are trees of one. */
  readonly roots: number;
  /** Mean children of a root, of its children, …. */
  readonly branching: readonly number[];
}

const SIBLING_EXPONENT = 0.7;
const EXCLUSIVE = 0.5;
const COMPANIONS = 2;
const FLAT = 0.4;
/** How often a walk goes on from a concept to one of its children, for items; users are given their own. */
export const DESCEND = 0.7;

/** Draws concepts of one forest. */
export class ConceptWalk {
  private readonly roots: Int32Array;
  private readonly rootSums: Float64Array;
  /** Along `children.indices`. */
  private readonly childSums: Float64Array;

  constructor(readonly forest: Omit<ConceptForest, "companions">, random: Random) {
    const { parents, children } = forest;
    this.roots = Int32Array.from(parents.keys()).filter((c) => parents[c] < 0);
    this.rootSums = runningSums(powerWeights(this.roots.length, 0, SIBLING_EXPONENT, random));
    const weights = new Float64Array(children.indices.length);
    for (let c = 0; c < children.rows; c++) {
      const from = children.indptr[c];
      weights.set(powerWeights(children.indptr[c + 1] - from, 0, SIBLING_EXPONENT, random), from);
    }
    this.childSums = runningSums(weights);
  }

  draw(descend: number, random: Random): number {
    const { children, parents } = this.forest;
    if (random.uniform() < FLAT) return random.below(parents.length);
    let at = this.roots[drawFrom(this.rootSums, 0, this.roots.length, random)];
    while (children.indptr[at + 1] > children.indptr[at] && random.uniform() < descend) {
      at = children.indices[drawFrom(this.childSums, children.indptr[at], children.indptr[at + 1], random)];
    }
    return at;
  }
}

export function growForest(shape: ForestShape, random: Random): { forest: ConceptForest; walk: ConceptWalk } {
  const { parents, levels } = families(shape, random);
  const T = shape.concepts;
  const kin: number[][] = Array.from({ length: T }, () => []);
  const trees = Int32Array.from(parents.keys());
  for (let c = 0; c < T; c++) {
    if (parents[c] < 0) continue;
    kin[parents[c]].push(c);
    trees[c] = trees[parents[c]];
  }
  const exclusive = Uint8Array.from(kin, (family) => (family.length > 0 && random.uniform() < EXCLUSIVE ? 1 : 0));
  const bare = { parents, levels, exclusive, trees, children: csrFromLists(kin, T) };
  const walk = new ConceptWalk(bare, random);
  return { forest: { ...bare, companions: drawCompanions(walk, random) }, walk };
}

function families({ concepts, roots, branching }: ForestShape, random: Random): {
  parents: Int32Array; levels: Int32Array;
} {
  const parents = new Int32Array(concepts).fill(-1);
  const levels = new Int32Array(concepts);
  let [from, to] = [0, Math.min(roots, concepts)];
  branching.forEach((mean, level) => {
    let born = to;
    const [least, most] = [Math.max(2, mean - Math.floor(mean / 2)), Math.max(2, mean + Math.floor(mean / 2))];
    for (let parent = from; parent < to; parent++) {
      const family = least + random.below(most - least + 1);
      for (let child = 0; child < family && born < concepts; child++, born++) {
        parents[born] = parent;
        levels[born] = level + 1;
      }
    }
    [from, to] = [to, born];
  });
  return { parents, levels };
}

/** Two for each concept, made symmetric. A forest of one tree has none. */
function drawCompanions(walk: ConceptWalk, random: Random): Csr {
  const { trees } = walk.forest;
  const lists: number[][] = Array.from(trees, () => []);
  if (trees.every((tree) => tree === trees[0])) return csrFromLists(lists, trees.length);
  for (let c = 0; c < trees.length; c++) {
    for (let n = 0; n < COMPANIONS;) {
      const other = walk.draw(DESCEND, random);
      if (trees[other] === trees[c]) continue;
      lists[c].push(other);
      lists[other].push(c);
      n++;
    }
  }
  return csrFromLists(lists, trees.length);
}

/** The concept, its parent, and so on up to the root. */
export function pathToRoot(parents: Int32Array, concept: number): number[] {
  const path: number[] = [];
  for (let c = concept; c >= 0; c = parents[c]) path.push(c);
  return path;
}
