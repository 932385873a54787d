/**
 * The embedding after knobs were turned, with what the SAE does not rebuild of it: u − SAE(e), the residual. Dropping
 * it is the paper's nested model; everything the SAE misses is then lost, knobs or none. Kept, nothing turned leaves
 * the recommender itself, to the bit:
 *
 *   u′ = SAE(e′) + ρ·(u − SAE(e))        drop: ρ = 0     keep: ρ = 1     fade: ρ = share of the activation that stays
 *
 * "fade" treats the residual as what it is, the part of a taste that no neuron speaks for: when a knob moves the share
 * α of the activation to its neurons, the same share of the residual goes. Without that the old taste stays at full
 * size beside a shrunken code, and the knob has to shout it down (docs/steering.md has both measured).
 */
import { Tensor, type SparseTensor, type Tape } from "../autograd/index.js";
import type { Residual } from "../config/sae.js";
import type { SparseAutoencoder, Standardised } from "../models/sae/sparse-autoencoder.js";
import type { Knob } from "./steer.js";

/** An embedding and what the SAE makes of it. */
export interface EncodedUsers {
  /** (B, D) */
  readonly u: Tensor;
  /** e, (B, H) */
  readonly code: SparseTensor;
  readonly input: Pick<Standardised, "mean" | "std">;
}

/** ρ: the share of the residual that stays beside a code turned by these knobs. */
export function residualKept(knobs: readonly Knob[], residual: Residual): number {
  if (residual === "drop") return 0;
  if (residual === "keep") return 1;
  let [moved, spared] = [0, 1];
  for (const { strength, only } of knobs) {
    if (only) spared *= 1 - strength;
    else moved += Math.max(0, strength);
  }
  return spared * Math.max(0, 1 - moved);
}

/** Users' embeddings after turning their codes. */
export interface TurnedUsers {
  /** u′, (B, D) */
  readonly embedding: Tensor;
  /** ρ·(u − SAE(e)), (B, D): what no neuron explains of u′; null when nothing of it is kept. */
  readonly rest: Tensor | null;
}

/**
 * Users' embeddings after their codes were turned, with the share of the residual that stays.
 *
 * @param turned e′, (B, H); @param kept ρ of each row.
 */
export function turnedEmbedding(
  tape: Tape, sae: SparseAutoencoder, { u, code, input }: EncodedUsers, turned: SparseTensor,
  kept: (row: number) => number,
): TurnedUsers {
  const shown = sae.decode(tape, turned, input);
  const shares = Array.from({ length: u.rows }, (_, r) => kept(r));
  if (shares.every((share) => share === 0)) return { embedding: shown, rest: null };
  const rebuilt = sae.decode(tape, code, input);
  const D = u.cols;
  const [embedding, rest] = [0, 1].map(() => new Tensor(tape.engine.floats(u.rows * D), u.rows, D, false));
  for (let r = 0; r < u.rows; r++) {
    const share = shares[r];
    for (let i = r * D; i < (r + 1) * D; i++) {
      rest.data[i] = share * (u.data[i] - rebuilt.data[i]);
      // In this order e′ = e and ρ = 1 give u to the bit.
      embedding.data[i] = share * u.data[i] + (shown.data[i] - share * rebuilt.data[i]);
    }
  }
  return { embedding, rest };
}
