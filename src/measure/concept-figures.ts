/**
 * What the concepts of a model come to (interpret/concepts/concepts.ts): how many have a proven name, how much of what
 * test users activate is on these, and how well the best concept of each tag tells its items from the others. The
 * names' own proofs are taken as they stand; only the F1 is measured anew, on the halves that neurons are measured on.
 */
import type { Csr } from "../base/csr.js";
import { conceptCodes, conceptOfNeurons, type Concept } from "../interpret/concepts/concepts.js";
import { fitTable, scoreBest, type HeldOutOptions } from "../interpret/meaning/held-out-f1.js";
import type { ItemHalves } from "../interpret/meaning/item-halves.js";
import type { ConceptFigures } from "../interpret/meaning/meaning-figures.js";

/** What a best concept is looked for: (I, T), and which items take part. */
export interface ConceptTarget {
  readonly truth: Csr;
  readonly half: ItemHalves;
  readonly options: HeldOutOptions;
}

/** @param codes (I, H) of single items; @param userCodes (n, H) of test users' inputs. */
export function conceptFigures(
  concepts: readonly Concept[], codes: Csr, userCodes: Csr, { truth, half, options }: ConceptTarget,
): ConceptFigures {
  const proven = concepts.filter((concept) => concept.proven);
  const { f1, uniqueness } = scoreBest(fitTable(conceptCodes(concepts, codes), truth, half), truth, half, options);
  return {
    concepts: concepts.length, proven: proven.length, tags: new Set(proven.map(({ tag }) => tag)).size,
    share: shareOn(conceptOfNeurons(proven, codes.cols), userCodes), f1, uniqueness,
  };
}

/** Mean over rows of the share of a row's activation that is on neurons of some concept. @param of (H) −1 for none. */
export function shareOn(of: Int32Array, { rows, indptr, indices, values }: Csr): number {
  let share = 0;
  for (let r = 0; r < rows; r++) {
    let [on, all] = [0, 0];
    for (let q = indptr[r]; q < indptr[r + 1]; q++) {
      const value = values ? values[q] : 1;
      all += value;
      if (of[indices[q]] >= 0) on += value;
    }
    if (all > 0) share += on / all / rows;
  }
  return share;
}
