/** Results as lines for people. */
import type { Result, Run } from "./harness.js";

export function header(): string {
  return `${"".padEnd(30)}${["median", "quartiles", "rate", "of peak", "speed"].map((s) => s.padStart(15)).join("")}`;
}

export function caseLines(results: readonly Result[]): string {
  return [results[0].case, ...results.map(resultLine)].join("\n");
}

function resultLine(result: Result): string {
  const { contender, threads, medianMs, lowMs, highMs, rate, unit, ofPeak, speed } = result;
  const columns = [
    duration(medianMs),
    `${duration(lowMs)}–${duration(highMs).replace(/ .*/, "")}`,
    rate === null ? "" : `${rate.toPrecision(3)} ${unit}`,
    ofPeak === null ? "" : `${Math.round(100 * ofPeak)} %`,
    `${speed.toFixed(2)}×`,
  ];
  const who = `${contender}, ${threads} thread${threads === 1 ? "" : "s"}`;
  return `  ${who.padEnd(28)}${columns.map((s) => s.padStart(15)).join("")}`;
}

/** Three digits and the unit that suits: "5.52 µs", "81.2 ms", "2.39 s". */
export function duration(ms: number): string {
  if (ms < 1) return `${(1000 * ms).toPrecision(3)} µs`;
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

/** Now against an earlier run, contender by contender: time now over time then, and whether the quartiles overlap. */
export function comparison(now: Run, then: Run): string {
  const key = (r: Result): string => `${r.case} · ${r.contender}, ${r.threads}`;
  const earlier = new Map(then.results.map((r) => [key(r), r]));
  const lines = now.results.flatMap((r) => {
    const before = earlier.get(key(r));
    if (!before) return [];
    const ratio = r.medianMs / before.medianMs;
    const apart = r.lowMs > before.highMs ? "slower" : r.highMs < before.lowMs ? "faster" : "within noise";
    return [`${ratio.toFixed(2).padStart(6)}×  ${apart.padEnd(13)} ${key(r)}`];
  });
  const other = now.machine.cpu !== then.machine.cpu || now.machine.node !== then.machine.node
    ? [`The earlier run was made elsewhere: ${then.machine.cpu}, Node ${then.machine.node}.`] : [];
  return ["Time as a multiple of the earlier run's (below 1 is faster):", ...other, ...lines].join("\n");
}
