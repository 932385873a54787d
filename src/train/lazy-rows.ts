/**
 * An optimiser for parameters outside the heap (models/working-set.ts): of a parameter and both its averages a step
 * updates the rows that it touched, in the heap, and writes them back.
 *
 * **Lazy rows:** a row that a step does not touch rests, where the exact rule would move it by what is left of its
 * momentum and let both averages decay; the steps that correct the averages' bias are counted over the whole run.
 * Where every step touches every row, it is the exact rule, to the bit.
 */
import type { Floats } from "../base/floats.js";
import type { Engine } from "../engine/engine.js";
import { gatherRows, scatterRows, type WorkingSet } from "../models/working-set.js";
import type { Optimiser, UpdateRule } from "./optimiser.js";

export class LazyRows implements Optimiser {
  private t = 0;
  private readonly averages: { readonly m: Float32Array; readonly v: Float32Array }[];

  constructor(
    private readonly engine: Engine, private readonly sets: readonly WorkingSet[], private readonly rule: UpdateRule,
  ) {
    this.averages = sets.map(({ parameter: { tensor } }) =>
      ({ m: new Float32Array(tensor.data.length), v: new Float32Array(tensor.data.length) }));
  }

  step(rate = 1): void {
    const { engine } = this;
    const update = this.rule(++this.t, rate);
    this.sets.forEach(({ current, cols, parameter: { tensor: all, unitRows } }, at) => {
      if (!current?.tensor.gradReady) return;
      const { rows, tensor } = current;
      const kept = this.averages[at];
      engine.scope(() => {
        const [m, v] = [kept.m, kept.v].map((average): Floats => {
          const own = engine.floats(rows.length * cols);
          gatherRows(own, average, rows, cols);
          return own;
        });
        update({ tensor, m, v, unitRows });
        scatterRows(all.data, tensor.data, rows, cols);
        scatterRows(kept.m, m, rows, cols);
        scatterRows(kept.v, v, rows, cols);
      });
    });
  }

  state(): { step: number; m: Floats[]; v: Floats[] } {
    return { step: this.t, m: this.averages.map(({ m }) => m.slice()), v: this.averages.map(({ v }) => v.slice()) };
  }

  restore(state: { step: number; m: readonly ArrayLike<number>[]; v: readonly ArrayLike<number>[] }): void {
    this.t = state.step;
    this.averages.forEach(({ m, v }, i) => {
      m.set(state.m[i]);
      v.set(state.v[i]);
    });
  }
}
