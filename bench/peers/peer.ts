/** Another library that does the same work: timed like ours, and asked for its results first. */
import type { Contender } from "../harness.js";

/** A contender that can also show what it computes, for verification. */
export interface PeerContender extends Contender {
  /** The values of this many runs, one after the other. */
  results(runs?: number): ArrayLike<number>;
}
