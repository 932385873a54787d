/** A climb as lines for people. */
import { duration } from "../report.js";
import type { Climb } from "./climb.js";

export function table({ ladder, peak, heights }: Climb): string {
  const what = ladder.unit === "GB/s"
    ? `bytes read; a copy moves ${peak.toFixed(1)} GB/s` : `peak of a core ${peak.toFixed(1)} GFLOP/s`;
  const lines = heights.map(({ rung, ms, rate, ofPeak }, i) => {
    const step = i === 0 ? "" : `${(rate / heights[i - 1].rate).toFixed(2)}×`;
    const name = rung.file.replace(/^.*\//, "").padEnd(20) + rung.idea.padEnd(36);
    return `  ${name}${columns(duration(ms), `${rate.toPrecision(3)} ${ladder.unit}`, percent(ofPeak), step)}`;
  });
  const whole = heights[heights.length - 1].rate / heights[0].rate;
  return [
    `${ladder.title} (${what})`, `${"".padEnd(58)}${columns("time", "rate", "of peak", "step")}`, ...lines,
    `  from the foot to the top: ${whole.toFixed(0)}×`,
  ].join("\n");
}

/** Two digits, but whole percents from 10 on. */
export function percent(share: number): string {
  return `${share < 0.1 ? (100 * share).toPrecision(2) : (100 * share).toFixed(0)} %`;
}

function columns(...texts: readonly string[]): string {
  return texts.map((text, c) => text.padStart([9, 15, 10, 9][c])).join("");
}
