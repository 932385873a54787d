/**
 * What a strength is a share of (config/sae.ts, `push`). In the paper α is a share of this profile's own activation,
 * x = s·Σe in units of the embedding: what a knob puts beside the share that stays is α/(1 − α)·x. A long history has a
 * large x, since embeddings are sums over items, and a knob then speaks as loudly as all of them together; to a short
 * one it whispers. With "root" it is, of the geometric mean of x and a typical person's x̄,
 *
 *   α/(1 − α)·√(x·x̄)        so as a share of the own activation        α′ = α·√x̄ / ((1 − α)·√x + α·√x̄)
 *
 * A typical profile is turned as before, a short one more, a long one less. 0 and 1 stay what they are, and several
 * knobs keep their proportions: with M the sum of their strengths, α′_k = α_k·√x̄ / ((1 − M)·√x + M·√x̄). Whatever
 * follows, the code, explanations and what stays of the residual, is exact as before (docs/steering.md).
 */
import { Tape, type SparseTensor } from "../autograd/index.js";
import type { Csr } from "../base/csr.js";
import type { Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { range } from "../models/encode-all.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import type { Knob } from "./steer.js";

/** How turned knobs act. */
export interface KnobAction {
  /** What becomes of the part of the embedding that the SAE does not rebuild (turned-embedding.ts). */
  readonly residual: Residual;
  /** x̄; null, the default: strengths are shares of the own activation. */
  readonly typical?: number | null;
}

/**
 * The same knobs with strengths that are shares of this profile's own activation.
 *
 * @param own x, the profile's; @param typical x̄; null: strengths are such shares already.
 */
export function ownShares(knobs: readonly Knob[], own: number, typical: number | null): readonly Knob[] {
  if (typical === null || !(own > 0)) return knobs;
  const moved = knobs.reduce((sum, { strength, only }) => sum + (only ? 0 : Math.max(0, strength)), 0);
  if (moved === 0) return knobs;
  const louder = Math.sqrt(typical / own);
  const share = louder / (Math.max(0, 1 - moved) + Math.min(1, moved) * louder);
  return knobs.map((knob) => (knob.only || knob.strength <= 0 ? knob : { ...knob, strength: knob.strength * share }));
}

/** x = s·Σe of a row of a code, in units of the embedding. @param std s, the deviation it was standardised by. */
export function activationOf({ rowStart, rowEnd, values }: SparseTensor, row: number, std: number): number {
  let total = 0;
  for (let q = rowStart[row]; q < rowEnd[row]; q++) total += values![q];
  return std * total;
}

/** Rows that the middle is taken over, at most. */
const ROWS = 1000;

/** x̄: the middle of x over the first rows of a matrix of histories, (U, I); null where none has any. */
export function typicalActivation(engine: Engine, cfae: Cfae, sae: SparseAutoencoder, histories: Csr): number | null {
  const rows = range(0, Math.min(histories.rows, ROWS));
  const tape = new Tape(engine, false);
  const { code, input } = sae.encode(tape, cfae.encode(tape, tape.sparseInput(histories, rows)));
  const all = Array.from(rows, (row) => activationOf(code, row, input.std[row])).filter((own) => own > 0);
  tape.reset();
  return all.length > 0 ? all.sort((a, b) => a - b)[all.length >> 1] : null;
}
