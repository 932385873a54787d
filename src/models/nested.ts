/**
 * The SAE inside the recommender: scores = decode(SAE(encode(x))) (docs/method.md §3).
 */
import type { SparseTensor, Tape, Tensor } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { Cfae, TiledScores } from "./recommenders/recommender.js";
import { ScoringModel } from "./recommenders/scoring-model.js";
import type { SparseAutoencoder } from "./sae/sparse-autoencoder.js";

export class NestedRecommender extends ScoringModel {
  readonly engine: Engine;
  readonly items: number;

  constructor(readonly cfae: Cfae, readonly sae: SparseAutoencoder) {
    super();
    if (cfae.factors !== sae.factors) {
      throw new RangeError(`the SAE takes embeddings of ${sae.factors} factors, the model makes ${cfae.factors}`);
    }
    [this.engine, this.items] = [sae.engine, cfae.items];
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.cfae.decode(tape, this.rebuilt(tape, x), x);
  }

  /** As `scores`, tile by tile; null where the recommender inside cannot. */
  tiled(tape: Tape, x: SparseTensor): TiledScores | null {
    return this.cfae.decodeTiled?.(tape, this.rebuilt(tape, x)) ?? null;
  }

  /** Users' embeddings as the SAE rebuilds them: (B, D). */
  private rebuilt(tape: Tape, x: SparseTensor): Tensor {
    const { code, input } = this.sae.encode(tape, this.cfae.encode(tape, x));
    return this.sae.decode(tape, code, input);
  }
}
