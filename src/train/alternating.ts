/**
 * Several optimisers that take turns: each moves its own group of parameters and counts its own steps. Adam's, unless
 * told otherwise.
 */
import type { Floats } from "../base/floats.js";
import type { Optimiser } from "./optimiser.js";

/** What an optimiser's step count is multiplied by in the one number that a checkpoint keeps. */
const COUNT = 2 ** 17;

export class Alternating implements Optimiser {
  /** Whose step it is. */
  turn = 0;

  /** @param optimisers at most three; each takes less than 131,072 steps. */
  constructor(private readonly optimisers: readonly Optimiser[]) {}

  step(rate = 1): void {
    this.optimisers[this.turn].step(rate);
  }

  state(): { step: number; m: Floats[]; v: Floats[] } {
    const states = this.optimisers.map((one) => one.state());
    return {
      step: states.reduceRight((sum, { step }) => sum * COUNT + step, 0),
      m: states.flatMap(({ m }) => m), v: states.flatMap(({ v }) => v),
    };
  }

  restore({ step, m, v }: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    let [at, rest] = [0, step];
    for (const one of this.optimisers) {
      const many = one.state().m.length;
      one.restore({ step: rest % COUNT, m: m.slice(at, at + many), v: v.slice(at, at + many) });
      rest = Math.floor(rest / COUNT);
      at += many;
    }
  }
}
