/** How numbers are written in the report: minus signs, leading zeros kept, a dash for what is not known. */
import type { Estimate } from "../evaluate/metrics.js";

/** "0.327", "−0.012", "–" for NaN. */
export function fixed(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–";
}

/** "+0.012" */
export function signed(value: number, digits = 3): string {
  return `${value > 0 ? "+" : ""}${fixed(value, digits)}`;
}

/** "0.327 ± 0.008" */
export function withError({ mean, se }: Estimate, digits = 3): string {
  return Number.isFinite(se) ? `${fixed(mean, digits)} ± ${fixed(se, digits)}` : fixed(mean, digits);
}

/** "98.8 %" */
export function percent(share: number, digits = 0): string {
  return Number.isFinite(share) ? `${fixed(100 * share, digits)} %` : "–";
}

/** "12,345" */
export function whole(n: number): string {
  return n.toLocaleString("en-US");
}

/** "1 neuron", "12 neurons" */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}
