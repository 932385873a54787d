/**
 * From a profile to scores, with what does not change kept: the profile's code, and its scores before a knob is turned.
 * Moving a knob then costs a sparse decode, one matrix–vector product and a ranking, which is what lets a list follow a
 * slider.
 *
 * Scores are those of the nested model, decode(SAE(encode(x))), with the profile's own items at −∞.
 */
import { SparseTensor, Tape } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import { csrFromLists } from "../base/csr.js";
import type { Floats } from "../base/floats.js";
import { Lru } from "../base/lru.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder, Standardised } from "../models/sae/sparse-autoencoder.js";
import { steerCode, type Knob } from "../steer/steer.js";

/** Profiles that are kept; the one asked for longest ago goes first. Each takes 4 bytes an item of the catalogue. */
const KEPT = 16;

/** A profile's code, copied out of the heap. */
interface Encoded {
  readonly neurons: Int32Array;
  readonly activations: Floats;
  readonly mean: number;
  readonly std: number;
  /** (I), −∞ at the profile's items; worked out when first asked for. */
  scores: Floats | null;
}

export class ProfileScores {
  private readonly kept = new Lru<Encoded>(KEPT);

  constructor(
    private readonly engine: Engine, private readonly cfae: Cfae, private readonly sae: SparseAutoencoder,
  ) {}

  /**
   * Runs what needs a profile's code, after turning the knobs, while its tensors are there: they are released
   * afterwards. items: the profile, without duplicates.
   */
  withCode<T>(
    items: readonly number[], knobs: readonly Knob[],
    use: (tape: Tape, code: SparseTensor, input: Pick<Standardised, "mean" | "std">, x: SparseTensor) => T,
  ): T {
    const { engine } = this;
    const encoded = this.encoded(items);
    const tape = new Tape(engine, false);
    try {
      const x = tape.sparseInput(csrFromLists([items], this.cfae.items));
      const { neurons, activations, mean, std } = encoded;
      const code = new SparseTensor(
        engine, 1, this.sae.neurons, engine.intsFrom([0]), engine.intsFrom([neurons.length]),
        engine.intsFrom(neurons), engine.floatsFrom(activations), false,
      );
      const input = { mean: engine.floatsFrom([mean]), std: engine.floatsFrom([std]) };
      return use(tape, knobs.length > 0 ? steerCode(tape, code, knobs) : code, input, x);
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

  /** Scores of all items, (I), after turning the knobs. */
  steered(items: readonly number[], knobs: readonly Knob[]): Floats {
    return this.withCode(items, knobs, (tape, code, input, x) => {
      const scores = this.cfae.decode(tape, this.sae.decode(tape, code, input), x);
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
      const { code, input } = this.sae.encode(tape, this.cfae.encode(tape, x));
      const [from, to] = [code.rowStart[0], code.rowEnd[0]];
      return {
        neurons: code.indices.slice(from, to), activations: code.values!.slice(from, to),
        mean: input.mean[0], std: input.std[0], scores: null,
      };
    } finally {
      tape.reset();
    }
  }
}
