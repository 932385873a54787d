/**
 * Neurons that mean the same, put together: average-linkage clustering (Sokal & Michener, 1958) on a similarity of
 * neurons, cut where groups stop being alike. By nearest-neighbour chains (Murtagh, 1983): average linkage is
 * reducible, so two groups that are each other's nearest may be merged at once whatever the rest does, and pairs below
 * the cut never rise above it again. O(H²) time and memory.
 *
 * Two neurons are alike by what they fire on and by what they do:
 *
 *   sim = (cos of their activations over items + cos of their effects on the scores) / 2  (+ a bonus for the same name)
 */
import type { Csr } from "../../base/csr.js";

/** (H, H) cosines of the columns of S, (I, H): which neurons fire on the same items. Silent neurons have 0. */
export function coActivation(codes: Csr): Float32Array {
  const { rows, cols: H, indptr, indices, values } = codes;
  const out = new Float32Array(H * H);
  for (let i = 0; i < rows; i++) {
    for (let p = indptr[i]; p < indptr[i + 1]; p++) {
      const [row, value] = [indices[p] * H, values ? values[p] : 1];
      for (let q = indptr[i]; q < indptr[i + 1]; q++) out[row + indices[q]] += value * (values ? values[q] : 1);
    }
  }
  return cosines(out, H);
}

/** Turns a Gram matrix, (n, n), into cosines in place. */
export function cosines(gram: Float32Array, n: number): Float32Array {
  const length = Float64Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, gram[i * n + i])));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      gram[i * n + k] = length[i] > 0 && length[k] > 0 ? gram[i * n + k] / (length[i] * length[k]) : 0;
    }
  }
  return gram;
}

/**
 * Groups of the members, each ascending, the groups by their first.
 * @param similarity (n, n) symmetric; @param members which of the n take part; @param cut groups less alike stay apart.
 */
export function groupBySimilarity(
  similarity: Float32Array, n: number, members: readonly number[], cut: number,
): number[][] {
  const size = new Float64Array(n);
  const groups = new Map<number, number[]>();
  for (const member of members) {
    size[member] = 1;
    groups.set(member, [member]);
  }
  const sim = Float32Array.from(similarity);
  const open = new Set(members);
  const done: number[][] = [];
  const chain: number[] = [];
  while (open.size > 0) {
    if (chain.length === 0) chain.push(open.values().next().value!);
    const tip = chain[chain.length - 1];
    const before = chain.length > 1 ? chain[chain.length - 2] : -1;
    const near = nearest(sim, n, tip, open, before);
    if (near < 0 || sim[tip * n + near] < cut) {
      // Nothing is alike enough, nor ever will be: the group is final. What led to it has to look again.
      done.push(groups.get(tip)!);
      open.delete(tip);
      chain.length = 0;
    } else if (near === before) {
      merge(sim, n, size, open, before, tip);
      groups.get(before)!.push(...groups.get(tip)!);
      chain.length -= 2;
    } else {
      chain.push(near);
    }
  }
  return done.map((group) => group.sort((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
}

/** The open group most like `tip`; among equals the one before in the chain, which ends it, then the lowest. */
function nearest(sim: Float32Array, n: number, tip: number, open: ReadonlySet<number>, before: number): number {
  let best = before;
  for (const other of open) {
    if (other === tip || other === best) continue;
    const [mine, theirs] = [sim[tip * n + other], best < 0 ? -Infinity : sim[tip * n + best]];
    if (mine > theirs || (mine === theirs && best !== before && other < best)) best = other;
  }
  return best;
}

/** `from` joins `into`: similarities become means over pairs (Lance & Williams, 1967). */
function merge(
  sim: Float32Array, n: number, size: Float64Array, open: Set<number>, into: number, from: number,
): void {
  open.delete(from);
  const [a, b] = [size[into], size[from]];
  size[into] += size[from];
  for (const other of open) {
    if (other === into) continue;
    const mean = (a * sim[into * n + other] + b * sim[from * n + other]) / (a + b);
    sim[into * n + other] = mean;
    sim[other * n + into] = mean;
  }
}
