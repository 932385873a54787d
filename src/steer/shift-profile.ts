/**
 * Steering TEASER (docs/method.md §2, paper's "direct tag"): its profile speaks in tags, so α is simply added to the
 * tag's entry. α is in units of the profile, no share of anything, and cannot be compared with that of a knob.
 */
import { type SparseTensor, type Tape, type Tensor } from "../autograd/index.js";
import type { Teaser } from "../models/recommenders/teaser.js";
import type { Steering } from "./evaluate-steering.js";

/** Steering TEASER: α is added to the tag's entry of the profile (docs/method.md §2). */
export class ShiftProfile implements Steering {
  readonly items: number;

  /** @param teaser its tags are those of the goals. */
  constructor(private readonly teaser: Teaser) {
    this.items = teaser.items;
  }

  scores(tape: Tape, x: SparseTensor, tagOf: (row: number) => number, strength: number): Tensor {
    const profile = this.teaser.encode(tape, x);
    const shifted = tape.input(profile.data, profile.rows, profile.cols);
    for (let r = 0; r < shifted.rows; r++) {
      const tag = tagOf(r);
      if (tag >= 0) shifted.data[r * shifted.cols + tag] += strength;
    }
    return this.teaser.decode(tape, shifted, x);
  }
}
