/**
 * From a profile to scores, with what does not change kept: its embedding, its code, and its scores before a knob is
 * turned. Moving a knob then costs a sparse decode, one matrix–vector product and a ranking, which is what lets a list
 * follow a slider. A first list is ranked where its scores were computed, and several profiles that are asked for at
 * once share the reads of the weights (scores/score-together.ts, scores/steer-together.ts).
 *
 * Scores are those of the recommender at the embedding that the turned code stands for (steer/turned-embedding.ts),
 * the profile's own items among them: what a list leaves out, `best` is told.
 */
import { SparseTensor, Tape, Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Floats } from "../base/floats.js";
import { plainRow, rowsAsCsr, type ProfileRow } from "./profile.js";
import type { Cfae, RankedItems, Shortlist } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sae/sparse-autoencoder.js";
import { steerRows, type Knob } from "../steer/steer.js";
import { activationOf, ownShares, type KnobAction } from "../steer/own-shares.js";
import { holdBack, type HeldBack } from "../steer/suppression.js";
import { KeptProfiles, type Code, type Encoded } from "./scores/kept-profiles.js";
import { rankAmong, rankScores, type RankedScores } from "./scores/rank-scores.js";
import {
  keptShares, turnedEmbedding, type EncodedUsers, type KeptShares, type TurnedUsers,
} from "../steer/turned-embedding.js";

/** Of more than this share of the items, all are scored. */
const MOST = 1 / 4;

/** A profile after turning knobs, in the engine's heap while `withCode` runs. */
export interface TurnedProfile extends TurnedUsers {
  /** e′, (1, H) */
  readonly code: SparseTensor;
  readonly input: Pick<Standardised, "mean" | "std">;
  readonly x: SparseTensor;
  readonly kept: KeptShares;
}

export class ProfileScores {
  readonly kept: KeptProfiles;
  private readonly shortlist: Shortlist | null;

  constructor(
    private readonly engine: Engine, private readonly cfae: Cfae, private readonly sae: SparseAutoencoder,
    private readonly action: KnobAction, shortlistFrom?: number,
  ) {
    this.kept = new KeptProfiles(engine, cfae, sae);
    this.shortlist = action.residual === "drop" ? null : cfae.shortlist?.(shortlistFrom) ?? null;
  }

  /**
   * Runs what needs a profile's code, after turning the knobs, while its tensors are there: they are released
   * afterwards.
   */
  withCode<T>(
    row: ProfileRow, knobs: readonly Knob[],
    use: (tape: Tape, turned: TurnedProfile) => T,
  ): T {
    const { engine } = this;
    const encoded = this.kept.encoded(row);
    const tape = new Tape(engine, false, true);
    try {
      const x = tape.sparseInput(encoded.x);
      const u = tape.input(encoded.u, 1, this.cfae.factors);
      const { neurons, activations, mean, std } = encoded.code ??= this.kept.codeOf(tape, u);
      const before = new SparseTensor(
        engine, 1, this.sae.neurons, engine.intsFrom([0]), engine.intsFrom([neurons.length]),
        engine.intsFrom(neurons), engine.floatsFrom(activations), false,
      );
      const input = { mean: engine.floatsFrom([mean]), std: engine.floatsFrom([std]) };
      const { kept, ...turned } = this.turned(tape, { u, code: before, input }, () => knobs);
      return use(tape, { ...turned, input, x, kept: kept[0] });
    } finally {
      tape.reset();
    }
  }

  /** Codes and embeddings of a few users after turning knobs, each row's its own. */
  turned(
    tape: Tape, users: EncodedUsers, knobsOf: (row: number) => readonly Knob[],
  ): TurnedUsers & { readonly code: SparseTensor; readonly kept: readonly KeptShares[] } {
    const { action: { residual, typical = null }, sae } = this;
    const { code: before, input: { std }, u } = users;
    const turns = Array.from({ length: u.rows }, (_, r) =>
      ownShares(knobsOf(r), activationOf(before, r, std[r]), typical));
    const kept = turns.map((knobs) => keptShares(knobs, residual));
    const code = turns.some((knobs) => knobs.length > 0) ? steerRows(tape, before, (r) => turns[r]) : before;
    return { code, kept, ...turnedEmbedding(tape, sae, users, code, (r) => kept[r]) };
  }

  /**
   * Scores of all items, (I), before any knob is turned. Not to be written to. Where the residual stays, these are the
   * recommender's own, and the SAE is not asked.
   */
  unsteered(row: ProfileRow): Floats {
    const encoded = this.kept.encoded(row);
    encoded.scores ??= this.action.residual === "drop" ? this.steered(row, []) : this.recommenderScores(encoded);
    return encoded.scores;
  }

  /** Scores of all items, (I), after turning the knobs and holding items back. */
  steered(row: ProfileRow, knobs: readonly Knob[], held: readonly HeldBack[] = []): Floats {
    return this.withCode(row, knobs, (tape, { embedding, x }) => {
      const { data } = this.cfae.decode(tape, embedding, x);
      holdBack(data, held);
      return data.slice();
    });
  }

  /**
   * Runs `use` on the scores of all items, (I), before and after turning the knobs and holding items back, ranked where
   * they lie. They are released afterwards; `use` may change them while it runs.
   */
  beforeAndAfter<T>(
    row: ProfileRow, knobs: readonly Knob[], held: readonly HeldBack[], use: (before: Floats, after: Floats) => T,
  ): T {
    const before = this.unsteered(row);
    if (knobs.length === 0) return use(before, before);
    return this.withCode(row, knobs, (tape, { embedding, x }) => {
      const { data } = this.cfae.decode(tape, embedding, x);
      holdBack(data, held);
      return use(before, data);
    });
  }

  /** Whether scores before and after turning the knobs are both still to be computed (scores/steer-together.ts). */
  isSteeredAnew(row: ProfileRow, knobs: readonly Knob[]): boolean {
    return knobs.length > 0 && this.action.residual !== "drop" && this.kept.scoresOf(row) === null;
  }

  /** Whether a row's first list is that of all of the recommender's own scores (scores/score-together.ts). */
  isScanned(row: ProfileRow): boolean {
    return this.action.residual !== "drop" && !this.shortlist && !row.values && !this.kept.has(row);
  }

  /**
   * Scores of all items, (I), before any knob is turned and before anything clips them, where the recommender clips:
   * those of `unsteered` that are above 0, and an order among the others.
   */
  unclipped(row: ProfileRow): Floats {
    const logits = (tape: Tape, embedding: Tensor, x: SparseTensor): Floats => this.logitsAt(tape, embedding, x);
    if (this.action.residual === "drop") {
      return this.withCode(row, [], (tape, { embedding, x }) => logits(tape, embedding, x));
    }
    return this.withEmbedding(this.kept.encoded(row), logits);
  }

  /** A profile's code, copied out of the heap: its active neurons, and what its embedding was standardised by. */
  code(row: ProfileRow): Code {
    return this.withCode(row, [], (_, { code, input: { mean, std } }) => ({
      neurons: code.indices.slice(code.rowStart[0], code.rowEnd[0]),
      activations: code.values!.slice(code.rowStart[0], code.rowEnd[0]), mean: mean[0], std: std[0],
    }));
  }

  /** Scores of all items, (I), unclipped, at what a code stands for; nobody's items are subtracted. */
  atCode({ neurons, activations, mean, std }: Code): Floats {
    const { engine, sae } = this;
    const tape = new Tape(engine, false, true);
    try {
      const code = new SparseTensor(
        engine, 1, sae.neurons, engine.intsFrom([0]), engine.intsFrom([neurons.length]), engine.intsFrom(neurons),
        engine.floatsFrom(activations), false,
      );
      const embedding = sae.decode(tape, code, { mean: engine.floatsFrom([mean]), std: engine.floatsFrom([std]) });
      return this.logitsAt(tape, embedding, tape.sparseInput(rowsAsCsr([plainRow([])], this.cfae.items)));
    } finally {
      tape.reset();
    }
  }

  private logitsAt(tape: Tape, embedding: Tensor, x: SparseTensor): Floats {
    const { cfae } = this;
    if (!cfae.logits) return cfae.decode(tape, embedding, x).data.slice();
    const scores = cfae.logits(tape, embedding).data.slice();
    if (cfae.subtractsInput) {
      for (let q = x.rowStart[0]; q < x.rowEnd[0]; q++) scores[x.indices[q]] -= x.values ? x.values[q] : 1;
    }
    return scores;
  }

  private recommenderScores(encoded: Encoded): Floats {
    return this.withEmbedding(encoded, (tape, embedding, x) => this.cfae.decode(tape, embedding, x).data.slice());
  }

  /** The embedding as the recommender makes it, the SAE not asked. */
  private withEmbedding<T>({ x, u }: Encoded, use: (tape: Tape, u: Tensor, x: SparseTensor) => T): T {
    const tape = new Tape(this.engine, false, true);
    try {
      return use(tape, tape.input(u, 1, this.cfae.factors), tape.sparseInput(x));
    } finally {
      tape.reset();
    }
  }

  /**
   * The n best items of the recommender before any knob is turned, from bounds: the list of a full scan, bit
   * for bit. Null where there are none, where scores are there already, for a long list, or where an item of it
   * has none above 0: what ELSA clips is ordered by number.
   */
  shortlisted(row: ProfileRow, n: number): RankedItems | null {
    const { shortlist } = this;
    const encoded = this.kept.encoded(row);
    if (!shortlist || encoded.scores) return null;
    return this.engine.scope(() => {
      const u = new Tensor(this.engine.floatsFrom(encoded.u), 1, this.cfae.factors, false);
      const found = shortlist.best(u, encoded.x.indices, n);
      return found && found.items.length === n && found.scores[n - 1] > 0 ? found : null;
    });
  }

  /**
   * The n best items before any knob is turned, and their scores: those of `unsteered` and `best`. The first list of a
   * profile is ranked where its scores were computed; only when it is asked for again are they copied and kept.
   */
  bestUnsteered(row: ProfileRow, n: number): RankedScores {
    const encoded = this.kept.encoded(row);
    if (encoded.scores || encoded.listed || this.action.residual === "drop") {
      return this.best(this.unsteered(row), n, row);
    }
    encoded.listed = true;
    return this.withEmbedding(encoded, (tape, embedding, x) =>
      this.best(this.cfae.decode(tape, embedding, x).data, n, row));
  }

  /**
   * The n best items of (I) scores, best first; those at −∞ are left out.
   * @param among the items to be ranked, ascending; null for all but the row's own.
   */
  best(scores: Floats, n: number, row: ProfileRow, among: Int32Array | null = null): RankedScores {
    return among ? rankAmong(this.engine, scores, n, among) : rankScores(this.engine, scores, n, row.sorted);
  }

  /**
   * The n best of some items without scoring the others, and their scores; null where the decoder cannot, or where
   * scoring all is no dearer. Bits are those of `steered` and `best`.
   */
  bestAmong(
    row: ProfileRow, among: Int32Array, n: number, knobs: readonly Knob[],
  ): RankedScores | null {
    const { engine, cfae } = this;
    if (!cfae.decodeItems || among.length > MOST * cfae.items) return null;
    if (knobs.length === 0 && this.kept.scoresOf(row)) return null;
    const list = (tape: Tape, embedding: Tensor, x: SparseTensor): { items: number[]; scores: number[] } => {
      const length = Math.min(n, among.length);
      const scores = cfae.decodeItems!(tape, embedding, x, engine.intsFrom(among));
      const [places, found] = [engine.ints(length), engine.floats(length)];
      engine.run("rankRows", places, found, scores.data, among.length, length);
      const listed = Array.from(places).filter((place) => place >= 0);
      return { items: listed.map((place) => among[place]), scores: Array.from(found.subarray(0, listed.length)) };
    };
    if (this.action.residual === "drop" || knobs.length > 0) {
      return this.withCode(row, knobs, (tape, { embedding, x }) => list(tape, embedding, x));
    }
    return this.withEmbedding(this.kept.encoded(row), list);
  }
}
