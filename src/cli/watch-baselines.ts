/** How the fitting of baselines is shown: what each needs before it begins, how far it is, what is left out and why. */
import type { Engine } from "../engine/engine.js";
import type { BaselineNeed, BaselineOptions } from "../measure/evaluate-baselines.js";
import { measureRate } from "../measure/measure-rate.js";
import { bytes } from "./format.js";
import { duration, type Progress } from "./progress.js";

/** @param minutes a baseline that needs more is left out; undefined: none is. */
export function watchBaselines(
  engine: Engine, progress: Progress, minutes?: number,
): Pick<BaselineOptions, "onStart" | "onProgress" | "leaveOut"> {
  const rate = measureRate(engine);
  const ms = ({ multiplyAdds }: BaselineNeed): number => 1000 * multiplyAdds / rate;
  let began = 0;
  return {
    leaveOut: (_, need) => (minutes !== undefined && ms(need) > 60_000 * minutes
      ? `it needs about ${duration(ms(need))}, --within says ${minutes} min` : null),
    onStart: (name, need) => {
      began = performance.now();
      const many = need.settings === 1 ? "" : `, ${need.settings} settings`;
      progress.note(`fitting ${name}${many}: ${bytes(need.bytes)} of engine memory, about ${duration(ms(need))}`);
    },
    onProgress: (name, share) => {
      const passed = performance.now() - began;
      progress.show(`  ${name}`, share, 1,
        `${Math.floor(100 * share)} %  about ${duration(passed / Math.max(share, 1e-3) - passed)} left`);
    },
  };
}
