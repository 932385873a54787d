/**
 * The embedding after knobs were turned. SAE(e) = b + s·W·e, where b = m·1 + s·b_dec, the base, is what every user of
 * this mean m and deviation s gets. Beside it stands what the SAE does not rebuild, the residual u − SAE(e). Dropping
 * it is the paper's nested model; everything the SAE misses is then lost, knobs or none. Otherwise nothing turned
 * leaves the recommender itself, to the bit:
 *
 *   u′ = SAE(e′) + ρ·(u − SAE(e)) − (1 − β)·b
 *
 *   drop    ρ = 0, β = 1     keep    ρ = 1, β = 1     fade    ρ = σ, β = 1     blend    ρ = σ, β = σ
 *
 * σ is the share of the activation that stays: when a knob moves the share α to its neurons, σ = 1 − α. "fade" treats
 * the residual as what it is, the part of a taste that no neuron speaks for: without that the old taste stays at full
 * size beside a shrunken code, and the knob has to shout it down. "blend" treats the base alike; then all that was
 * there shrinks by one factor, which changes no list, and the knob is added to it:
 *
 *   u′ = (1 − α)·u + α·s·(Σe)·W·w        the list of u + α/(1 − α)·s·(Σe)·W·w
 *
 * docs/steering.md has all of them measured.
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

/** What stays beside the turned code. */
export interface KeptShares {
  /** ρ, of the residual. */
  readonly residual: number;
  /** β, of the base. */
  readonly base: number;
}

/** ρ and β beside a code turned by these knobs. */
export function keptShares(knobs: readonly Knob[], residual: Residual): KeptShares {
  if (residual === "drop") return { residual: 0, base: 1 };
  if (residual === "keep") return { residual: 1, base: 1 };
  let [moved, spared] = [0, 1];
  for (const { strength, only } of knobs) {
    if (only) spared *= 1 - strength;
    else moved += Math.max(0, strength);
  }
  const stays = spared * Math.max(0, 1 - moved);
  return { residual: stays, base: residual === "blend" ? stays : 1 };
}

/** Users' embeddings after turning their codes. */
export interface TurnedUsers {
  /** u′, (B, D) */
  readonly embedding: Tensor;
  /** ρ·(u − SAE(e)), (B, D): what no neuron explains of u′; null when nothing of it is kept. */
  readonly rest: Tensor | null;
}

/**
 * Users' embeddings after their codes were turned, with what stays of the residual and of the base.
 *
 * @param turned e′, (B, H); @param kept ρ and β of each row.
 */
export function turnedEmbedding(
  tape: Tape, sae: SparseAutoencoder, { u, code, input }: EncodedUsers, turned: SparseTensor,
  kept: (row: number) => KeptShares,
): TurnedUsers {
  const shown = sae.decode(tape, turned, input);
  const shares = Array.from({ length: u.rows }, (_, r) => kept(r));
  if (shares.every(({ residual, base }) => residual === 0 && base === 1)) return { embedding: shown, rest: null };
  const rebuilt = sae.decode(tape, code, input);
  const D = u.cols;
  const bias = sae.decoderB.data;
  const [embedding, rest] = [0, 1].map(() => new Tensor(tape.engine.floats(u.rows * D), u.rows, D, false));
  for (let r = 0; r < u.rows; r++) {
    const { residual: share, base } = shares[r];
    const [mean, std] = [input.mean[r], input.std[r]];
    for (let d = 0, i = r * D; d < D; d++, i++) {
      rest.data[i] = share * (u.data[i] - rebuilt.data[i]);
      // In this order e′ = e and ρ = 1 give u to the bit.
      embedding.data[i] = share * u.data[i] + (shown.data[i] - share * rebuilt.data[i]);
      if (base !== 1) embedding.data[i] -= (1 - base) * (mean + std * bias[d]);
    }
  }
  return { embedding, rest };
}
