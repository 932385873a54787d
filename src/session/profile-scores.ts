/**
 * From a profile to scores, with what does not change kept: the profile's code, and its scores before a knob is turned.
 * Moving a knob then costs a sparse decode, one matrix–vector product and a ranking, which is what lets a list follow a
 * slider.
 *
 * Scores are those of the recommender at the embedding that the turned code stands for (steer/turned-embedding.ts),
 * with the profile's own items at −∞.
 */
import { SparseTensor, Tape } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { csrFromLists } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { Lru } from "../base/lru.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sae/sparse-autoencoder.js";
import type { Residual } from "../config/sae.js";
import { steerCode, type Knob } from "../steer/steer.js";
import type { HeldBack } from "../steer/suppression.js";
import { residualKept, turnedEmbedding, type TurnedUsers } from "../steer/turned-embedding.js";

/** Profiles that are kept; the one asked for longest ago goes first. Each takes 4 bytes an item of the catalogue. */
const KEPT = 16;

/** A profile's code, copied out of the heap. */
interface Encoded {
  /** u, (D) */
  readonly u: Floats;
  readonly neurons: Int32Array;
  readonly activations: Floats;
  readonly mean: number;
  readonly std: number;
  /** (I), −∞ at the profile's items; worked out when first asked for. */
  scores: Floats | null;
}

/** A profile after turning knobs, in the engine's heap while `withCode` runs. */
export interface TurnedProfile extends TurnedUsers {
  /** e′, (1, H) */
  readonly code: SparseTensor;
  readonly input: Pick<Standardised, "mean" | "std">;
  readonly x: SparseTensor;
}

export class ProfileScores {
  private readonly kept = new Lru<Encoded>(KEPT);

  constructor(
    private readonly engine: Engine, private readonly cfae: Cfae, private readonly sae: SparseAutoencoder,
    private readonly residual: Residual,
  ) {}

  /**
   * Runs what needs a profile's code, after turning the knobs, while its tensors are there: they are released
   * afterwards. items: the profile, without duplicates.
   */
  withCode<T>(
    items: readonly number[], knobs: readonly Knob[],
    use: (tape: Tape, turned: TurnedProfile) => T,
  ): T {
    const { engine } = this;
    const encoded = this.encoded(items);
    const tape = new Tape(engine, false);
    try {
      const x = tape.sparseInput(csrFromLists([items], this.cfae.items));
      const { neurons, activations, mean, std } = encoded;
      const u = tape.input(encoded.u, 1, this.cfae.factors);
      const before = new SparseTensor(
        engine, 1, this.sae.neurons, engine.intsFrom([0]), engine.intsFrom([neurons.length]),
        engine.intsFrom(neurons), engine.floatsFrom(activations), false,
      );
      const input = { mean: engine.floatsFrom([mean]), std: engine.floatsFrom([std]) };
      const code = knobs.length > 0 ? steerCode(tape, before, knobs) : before;
      const share = residualKept(knobs, this.residual);
      const turned = turnedEmbedding(tape, this.sae, { u, code: before, input }, code, () => share);
      return use(tape, { code, input, x, ...turned });
    } finally {
      tape.reset();
    }
  }

  /** Scores of all items, (I), before any knob is turned. Not to be written to. */
  unsteered(items: readonly number[]): Floats {
    const encoded = this.encoded(items);
    encoded.scores ??= this.steered(items, []);
    return encoded.scores;
  }

  /** Scores of all items, (I), after turning the knobs and holding items back. */
  steered(items: readonly number[], knobs: readonly Knob[], held: readonly HeldBack[] = []): Floats {
    return this.withCode(items, knobs, (tape, { embedding, x }) => {
      const scores = this.cfae.decode(tape, embedding, x);
      for (const { strength, share } of held) {
        for (let j = 0; j < share.length; j++) scores.data[j] -= strength * share[j];
      }
      this.engine.run("maskRows", scores.data, x.rowStart, x.rowEnd, x.indices, this.cfae.items);
      return scores.data.slice();
    });
  }

  /** The n best items of (I) scores, best first; those at −∞ are left out. */
  best(scores: Floats, n: number): number[] {
    const { engine } = this;
    return engine.scope(() => {
      const length = Math.min(n, this.cfae.items);
      const list = engine.ints(length);
      engine.run("rankRows", list, engine.floats(length), engine.floatsFrom(scores), this.cfae.items, length);
      return Array.from(list).filter((item) => item >= 0);
    });
  }

  private encoded(items: readonly number[]): Encoded {
    const key = [...items].sort((a, b) => a - b).join();
    const encoded = this.kept.get(key) ?? this.encode(items);
    this.kept.set(key, encoded);
    return encoded;
  }

  private encode(items: readonly number[]): Encoded {
    const tape = new Tape(this.engine, false);
    try {
      const x = tape.sparseInput(csrFromLists([items], this.cfae.items));
      const u = this.cfae.encode(tape, x);
      const { code, input } = this.sae.encode(tape, u);
      const [from, to] = [code.rowStart[0], code.rowEnd[0]];
      return {
        u: u.data.slice(),
        neurons: code.indices.slice(from, to), activations: code.values!.slice(from, to),
        mean: input.mean[0], std: input.std[0], scores: null,
      };
    } finally {
      tape.reset();
    }
  }
}
