/**
 * What every model of unknot is to the floors above. Models are bound to an engine and written with ops; they do not
 * know which kernels run, nor on how many threads.
 */
import type { SparseTensor, Tape, Tensor } from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";

/** Scores of items from … to − 1 alone, (B, to − from), as `scores` has them; x are the batch's entries there. */
export type TiledScores = (from: number, to: number, x: SparseTensor) => Tensor;

/** The best items of a profile. */
export interface RankedItems {
  /** Item numbers, best first, equal scores by number; fewer than asked for where there are no more. */
  readonly items: Int32Array;
  readonly scores: Floats;
}

/** The best items of one user, from bounds on most scores and exact scores of the others. */
export interface Shortlist {
  /**
   * The n best items that are not `seen`, by their scores before anything clips them; null where all must be scored.
   * @param u (1, D), in the heap. @param seen ascending.
   */
  best(u: Tensor, seen: ArrayLike<number>, n: number): RankedItems | null;
}

/** Anything that scores items from a user's interactions. */
export interface Recommender {
  readonly items: number;
  /** Scores of all items for each row of x, higher is better. Seen items are not masked. x: (B, I), result: (B, I). */
  scores(tape: Tape, x: SparseTensor): Tensor;
  /** The same for some items at a time, so that B × I is never held; null where these rows had better be whole. */
  tiled?(tape: Tape, x: SparseTensor): TiledScores | null;
}

/** A recommender with a hidden vector: the SAE goes between its encoder and its decoder. */
export interface Cfae extends Recommender {
  /** Length of the user embedding. */
  readonly factors: number;
  readonly parameters: readonly Parameter[];
  /** User embeddings u = encode(x). x: (B, I), result: (B, D). */
  encode(tape: Tape, x: SparseTensor): Tensor;
  /** Scores from embeddings; x are the inputs they came from (ELSA subtracts them). e: (B, D), result: (B, I). */
  decode(tape: Tape, e: Tensor, x: SparseTensor): Tensor;
  /** `decode` for some items at a time. */
  decodeTiled?(tape: Tape, e: Tensor): TiledScores | null;
  /** The training loss of a batch, (1, 1). */
  loss(tape: Tape, x: SparseTensor): Tensor;
  /** Scores before anything clips them, where `decode` clips; on items outside x their order is the same. (B, I) */
  logits?(tape: Tape, e: Tensor): Tensor;
  /** Scores of some items alone, the bits of `decode`'s. listed: C item numbers, ascending. (B, C) */
  decodeItems?(tape: Tape, e: Tensor, x: SparseTensor, listed: Int32Array): Tensor;
  /** (I, D), where scores before clipping are linear in the embedding: logits(e) = e·itemVectorsᵀ. */
  readonly itemVectors?: Tensor;
  /** `decode` subtracts the input before it clips: relu(logits − x). */
  readonly subtractsInput?: true;
  /**
   * Lists of one user without scoring everything, bit for bit those of `logits`; null where that is as quick. Making it
   * takes seconds and room in the heap for a large catalogue: ask once.
   * @param from numbers of all item vectors, from which on it is made
   */
  shortlist?(from?: number): Shortlist | null;
  /** The training loss from embeddings on: (1, 1). `hidden` are entries of x that e was not made from. */
  lossOf?(tape: Tape, e: Tensor, x: SparseTensor, hidden: SparseTensor | null): Tensor;
}

/** A trainable tensor with its name in saved files. */
export interface Parameter {
  readonly name: string;
  readonly tensor: Tensor;
  /** Rows are kept on the unit sphere: normalise, project the gradient, then Adam (docs/method.md §2). */
  readonly unitRows: boolean;
}
