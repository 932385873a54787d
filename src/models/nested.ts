/**
 * The SAE inside the recommender: scores = decode(SAE(encode(x))) (docs/method.md §3).
 */
import type { SparseTensor, Tape, Tensor } from "../autograd/index.js";
import type { Cfae, Recommender } from "./recommenders/recommender.js";
import type { SparseAutoencoder } from "./sae/sparse-autoencoder.js";

export class NestedRecommender implements Recommender {
  readonly items: number;

  constructor(readonly cfae: Cfae, readonly sae: SparseAutoencoder) {
    if (cfae.factors !== sae.factors) {
      throw new RangeError(`the SAE takes embeddings of ${sae.factors} factors, the model makes ${cfae.factors}`);
    }
    this.items = cfae.items;
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    const { code, input } = this.sae.encode(tape, this.cfae.encode(tape, x));
    return this.cfae.decode(tape, this.sae.decode(tape, code, input), x);
  }
}
