/**
 * What does not change of a profile, kept for the next question about it: its embedding, its code, and its scores
 * before a knob is turned. Nothing here decodes; profile-scores.ts does.
 */
import { Tape, type Tensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import { Lru } from "../../base/lru.js";
import type { Engine } from "../../engine/engine.js";
import type { Cfae } from "../../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../../models/sae/sparse-autoencoder.js";
import { rowsAsCsr, type ProfileRow } from "../profile.js";

/** Profiles that are kept; the one asked for longest ago goes first. Each takes 4 bytes an item of the catalogue. */
const KEPT = 16;

/** What is kept of a profile, copied out of the heap. Code and scores are worked out when first asked for. */
export interface Encoded {
  /** The profile, (1, I) */
  readonly x: Csr;
  /** u, (D) */
  readonly u: Floats;
  code: Code | null;
  /** (I), kept from the second time on: most profiles are asked for one list and never again. */
  scores: Floats | null;
  listed: boolean;
}

/** A profile's code, copied out of the heap, and what its embedding was standardised by. */
export interface Code {
  readonly neurons: Int32Array;
  readonly activations: Floats;
  readonly mean: number;
  readonly std: number;
}

export class KeptProfiles {
  private readonly kept = new Lru<Encoded>(KEPT);

  constructor(
    private readonly engine: Engine, private readonly cfae: Cfae, private readonly sae: SparseAutoencoder,
  ) {}

  has(row: ProfileRow): boolean {
    return this.kept.has(row.key);
  }

  /** (I), where they are kept. */
  scoresOf(row: ProfileRow): Floats | null {
    return this.kept.get(row.key)?.scores ?? null;
  }

  encoded(row: ProfileRow): Encoded {
    return this.kept.get(row.key) ?? this.set(row, this.embed(row));
  }

  /** As `encoded`, with an embedding that was worked out already. @param u (D), copied */
  keep(row: ProfileRow, u: Floats): Encoded {
    return this.kept.get(row.key) ?? this.set(row, u.slice());
  }

  /** @param u of the profile, on the tape. */
  codeOf(tape: Tape, u: Tensor): Code {
    const { code, input } = this.sae.encode(tape, u);
    const [from, to] = [code.rowStart[0], code.rowEnd[0]];
    return {
      neurons: code.indices.slice(from, to), activations: code.values!.slice(from, to),
      mean: input.mean[0], std: input.std[0],
    };
  }

  private set(row: ProfileRow, u: Floats): Encoded {
    const x = rowsAsCsr([row], this.cfae.items);
    const encoded = { x, u, code: null, scores: null, listed: false };
    this.kept.set(row.key, encoded);
    return encoded;
  }

  private embed(row: ProfileRow): Floats {
    const tape = new Tape(this.engine, false, true);
    try {
      return this.cfae.encode(tape, tape.sparseInput(rowsAsCsr([row], this.cfae.items))).data.slice();
    } finally {
      tape.reset();
    }
  }
}
