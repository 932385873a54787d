/**
 * Several optimisers that take turns: each moves its own group of parameters and counts its own steps. Whose turn a
 * step is follows from its number alone, so one number in a checkpoint tells all counts.
 */
import type { Floats } from "../base/floats.js";
import type { Optimiser } from "./optimiser.js";

export class Alternating implements Optimiser {
  private done = 0;

  /** @param turn whose step it is, after so many steps of the whole run. */
  constructor(private readonly optimisers: readonly Optimiser[], private readonly turn: (done: number) => number) {}

  step(rate = 1): void {
    this.optimisers[this.turn(this.done++)].step(rate);
  }

  state(): { step: number; m: Floats[]; v: Floats[] } {
    const states = this.optimisers.map((one) => one.state());
    return { step: this.done, m: states.flatMap(({ m }) => m), v: states.flatMap(({ v }) => v) };
  }

  restore({ step, m, v }: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    this.done = step;
    const steps = this.optimisers.map(() => 0);
    for (let done = 0; done < step; done++) steps[this.turn(done)]++;
    let at = 0;
    this.optimisers.forEach((one, i) => {
      const many = one.state().m.length;
      one.restore({ step: steps[i], m: m.slice(at, at + many), v: v.slice(at, at + many) });
      at += many;
    });
  }
}
