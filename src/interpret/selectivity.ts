/**
 * Selectivity: how narrowly a tag spreads over neurons, and a neuron over tags (docs/method.md §4; paper table 2,
 * fig. 3).
 *
 * A row of non-negative scores, divided by its sum, is a distribution p. For each row
 *   entropy                    H_r = −Σ p ln p                         (nats; low = selective)
 *   divergence from the mean   KL_r = Σ m ln(m / p′), p′ ∝ row + 1e-9   (nats; high = selective)
 *   relative entropy decrease  (H − H_r) / H
 * where m is the normalised sum of all rows and H its entropy. The 1e-9 keeps KL finite on zeros; so a row that leaves
 * out much of what the others use gets a KL of about ln 1e9 ≈ 20 times that share.
 *
 * Tags→neurons takes the rows of the "most unique" scores, neurons→tags the columns of "best characterises" (tfidf.ts).
 */
export interface Selectivity {
  /** (n) the tag or neuron of each entry below; rows without any mass (dead neurons) are left out. */
  readonly ids: Int32Array;
  /** (n) nats. */
  readonly entropy: Float64Array;
  /** (n) nats. */
  readonly divergence: Float64Array;
  /** (n) share of the mean's entropy, ≤ 1; negative for a row broader than the mean. */
  readonly decrease: Float64Array;
  /** (columns) sum of all rows: the mean up to its scale. */
  readonly mean: Float64Array;
  /** H, nats. */
  readonly entropyOfMean: number;
}

const FLOOR = 1e-9;

/** Tags→neurons. uniqueScores: (T, H) of `mostUnique`. */
export function tagSelectivity(uniqueScores: Float64Array, tags: number, neurons: number): Selectivity {
  return selectivity(tags, neurons, (t, h) => uniqueScores[t * neurons + h]);
}

/** Neurons→tags. characterScores: (T, H) of `bestCharacterises`. Dead neurons have no mass and are left out. */
export function neuronSelectivity(characterScores: Float64Array, tags: number, neurons: number): Selectivity {
  return selectivity(neurons, tags, (h, t) => characterScores[t * neurons + h]);
}

function selectivity(rows: number, cols: number, at: (row: number, col: number) => number): Selectivity {
  const mean = new Float64Array(cols);
  const ids: number[] = [];
  for (let r = 0; r < rows; r++) {
    let mass = 0;
    for (let c = 0; c < cols; c++) mass += at(r, c);
    if (!(mass > 0)) continue;
    ids.push(r);
    for (let c = 0; c < cols; c++) mean[c] += at(r, c);
  }
  const entropyOfMean = entropy(mean);
  const row = new Float64Array(cols);
  const rowEntropy = new Float64Array(ids.length);
  const divergence = new Float64Array(ids.length);
  ids.forEach((r, i) => {
    for (let c = 0; c < cols; c++) row[c] = at(r, c);
    rowEntropy[i] = entropy(row);
    divergence[i] = klDivergence(mean, row.map((v) => v + FLOOR));
  });
  // A mean without entropy (one column only) leaves nothing to decrease.
  const decrease = rowEntropy.map((h) => (entropyOfMean > 0 ? (entropyOfMean - h) / entropyOfMean : 0));
  return { ids: Int32Array.from(ids), entropy: rowEntropy, divergence, decrease, mean, entropyOfMean };
}

/** Entropy in nats of a non-negative vector with a positive sum, normalised first. */
export function entropy(weights: Float64Array): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  let h = 0;
  for (const w of weights) if (w > 0) h -= (w / total) * Math.log(w / total);
  return h;
}

/** KL(p ‖ q) in nats; both are normalised first. Infinite where q is 0 and p is not. */
export function klDivergence(p: Float64Array, q: Float64Array): number {
  const totalP = p.reduce((sum, v) => sum + v, 0);
  const totalQ = q.reduce((sum, v) => sum + v, 0);
  let kl = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i] > 0) kl += (p[i] / totalP) * Math.log(p[i] / totalP / (q[i] / totalQ));
  }
  return kl;
}

/** Selectivity in three figures, as in the paper's table 2. */
export interface SelectivityRow {
  readonly id: number;
  readonly name: string;
  readonly entropy: number;
  readonly divergence: number;
  readonly decrease: number;
}

/** The table of paper table 2: entries by falling divergence, the `n` most and the `n` least selective. */
export function selectivityTable(
  s: Selectivity, names: readonly string[], n: number,
): { most: SelectivityRow[]; least: SelectivityRow[] } {
  const order = Array.from(s.ids.keys()).sort((a, b) => s.divergence[b] - s.divergence[a] || s.ids[a] - s.ids[b]);
  const row = (i: number): SelectivityRow => ({
    id: s.ids[i], name: names[s.ids[i]], entropy: s.entropy[i], divergence: s.divergence[i], decrease: s.decrease[i],
  });
  return { most: order.slice(0, n).map(row), least: order.slice(-n).reverse().map(row) };
}

/** How many tags and neurons found a partner of their own. */
export interface MatchCounts {
  /** Distinct neurons among the tags' first choices: T when no two tags share one. */
  readonly neurons: number;
  /** Distinct tags among the neurons' first choices. */
  readonly tags: number;
  /** Tags whose first neuron names that same tag as its first. */
  readonly mutual: number;
}

/** Unique matches between tags and neurons; −1 stands for no choice. neuronOfTag: (T), tagOfNeuron: (H). */
export function uniqueMatches(neuronOfTag: Int32Array, tagOfNeuron: Int32Array): MatchCounts {
  const distinct = (choices: Int32Array): number => new Set(choices.filter((choice) => choice >= 0)).size;
  let mutual = 0;
  neuronOfTag.forEach((neuron, tag) => {
    if (neuron >= 0 && tagOfNeuron[neuron] === tag) mutual++;
  });
  return { neurons: distinct(neuronOfTag), tags: distinct(tagOfNeuron), mutual };
}
