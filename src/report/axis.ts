/** An axis of a chart: from values to pixels, and where its ticks go. */
export interface AxisOptions {
  readonly label: string;
  /** Ends of the axis; by default the values' range, with a little room. */
  readonly from?: number;
  readonly to?: number;
  /** Logarithmic; values must be positive. */
  readonly log?: boolean;
  /** How a tick is written. */
  readonly format?: (value: number) => string;
}

export interface Axis {
  readonly label: string;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** Place of a value, in pixels. */
  readonly at: (value: number) => number;
}

/** @param start, end pixels of the two ends; end < start for a vertical axis, whose values grow upwards. */
export function axis(values: readonly number[], options: AxisOptions, start: number, end: number): Axis {
  const { label, log = false } = options;
  const known = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  let low = options.from ?? Math.min(...known);
  let high = options.to ?? Math.max(...known);
  if (!(Number.isFinite(low) && Number.isFinite(high))) [low, high] = log ? [1, 10] : [0, 1];
  if (log) {
    if (options.from === undefined) low /= 1.15;
    if (options.to === undefined) high *= 1.15;
  } else {
    const room = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.1 || 1;
    if (options.from === undefined) low -= room;
    if (options.to === undefined) high += room;
  }
  const place = log ? Math.log : (value: number): number => value;
  const scale = (end - start) / (place(high) - place(low));
  const ticks = log ? logTicks(low, high) : linearTicks(low, high);
  const format = options.format ?? ((value: number) => plainText(value, ticks));
  return {
    label,
    ticks: ticks.map((value) => ({ value, text: format(value) })),
    at: (value) => start + (place(value) - place(low)) * scale,
  };
}

/** Multiples of 1, 2 or 5 times a power of ten, about five of them. */
export function linearTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.7)!;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
    // Multiplying leaves 0.30000000000000004; a tick is a short decimal.
    ticks.push(Number((n * step).toPrecision(12)));
  }
  return ticks;
}

/** 1, 2 and 5 times powers of ten. */
function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of [1, 2, 5]) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** With as many decimals as the finest tick needs. */
function plainText(value: number, ticks: readonly number[]): string {
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split(".")[1] ?? "").length));
  return value.toFixed(Math.min(decimals, 4)).replace("-", "−");
}
