/** How numbers are written for people: minus signs, thousands in groups, a dash for what is not known. */

/** A mean and its standard error. */
interface Measured {
  readonly mean: number;
  readonly se: number;
}

/** "0.327", "−0.012", "–" for NaN and the infinite. */
export function fixed(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–";
}

/** As fixed, without the zero before the point: ".327", "−.012", "1.000". */
export function fraction(value: number, digits = 3): string {
  return fixed(value, digits).replace(/^(−?)0\./, "$1.");
}

/** "+0.012" */
export function signed(value: number, digits = 3): string {
  return `${value > 0 ? "+" : ""}${fixed(value, digits)}`;
}

/** "0.327 ± 0.008"; without the error where there is none. */
export function withError({ mean, se }: Measured, digits = 3, write = fixed): string {
  return Number.isFinite(se) ? `${write(mean, digits)} ± ${write(se, digits)}` : write(mean, digits);
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
