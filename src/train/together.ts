/** Several optimisers that all move at every step, each its own parameters: some in the heap, some outside. */
import type { Floats } from "../base/floats.js";
import type { Optimiser } from "./optimiser.js";

/** An optimiser, and where its parameters stand among all. */
export interface OptimiserPart {
  readonly optimiser: Optimiser;
  readonly places: readonly number[];
}

export class Together implements Optimiser {
  constructor(private readonly parts: readonly OptimiserPart[]) {}

  step(rate = 1): void {
    for (const { optimiser } of this.parts) optimiser.step(rate);
  }

  state(): { step: number; m: Floats[]; v: Floats[] } {
    const [m, v]: [Floats[], Floats[]] = [[], []];
    let step = 0;
    for (const { optimiser, places } of this.parts) {
      const own = optimiser.state();
      step = own.step;
      places.forEach((place, at) => {
        m[place] = own.m[at];
        v[place] = own.v[at];
      });
    }
    return { step, m, v };
  }

  restore({ step, m, v }: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    for (const { optimiser, places } of this.parts) {
      optimiser.restore({ step, m: places.map((place) => m[place]), v: places.map((place) => v[place]) });
    }
  }
}
