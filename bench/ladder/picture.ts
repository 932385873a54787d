/**
 * Climbs as one SVG picture that stands alone: a panel a ladder, a row a rung, its rate on a logarithmic axis, and the
 * peaks as lines. Its colours follow the reader's light or dark scheme.
 */
import type { Climb, Height } from "./climb.js";
import { percent } from "./table.js";

const WIDTH = 900;
const LEFT = 370;
const RIGHT = 130;
const ROW = 26;
const HEAD = 54;
const FOOT = 40;

const STYLE = `
  svg {
    font: 13px system-ui, sans-serif; background: #fff;
    --paper: #fff; --ink: #1b1f24; --dim: #6a737d; --rule: #dfe3e8; --dot: #0b62c4
  }
  @media (prefers-color-scheme: dark) {
    svg {
      background: #14171b; --paper: #14171b; --ink: #e6e9ed; --dim: #98a2ad; --rule: #30363d; --dot: #62a8ff
    }
  }
  text { fill: var(--ink) } .dim { fill: var(--dim) } .title { font-weight: 600; font-size: 15px }
  .rule { stroke: var(--rule) } .stem { stroke: var(--dot); stroke-width: 3 } .dot { fill: var(--dot) }
  .value { paint-order: stroke; stroke: var(--paper); stroke-width: 4 }
  .peak { stroke: var(--dim); stroke-dasharray: 4 3 }`;

export function picture(climbs: readonly Climb[], machine: string): string {
  let top = 10;
  const panels = climbs.map((climb) => {
    const drawn = `<g transform="translate(0 ${top})">${panel(climb)}</g>`;
    top += HEAD + climb.heights.length * ROW + FOOT;
    return drawn;
  });
  const names = climbs.map(({ ladder }) => ladder.title).join("; ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 24}" role="img" ` +
    `aria-label="Ladders of kernels: ${escape(names)}">
<style>${STYLE}</style>
${panels.join("\n")}
<text class="dim" x="16" y="${top + 6}">${escape(machine)}</text>
</svg>
`;
}

function panel({ ladder, peak, heights }: Climb): string {
  const threads = [...new Set(heights.map(({ rung }) => rung.threads))];
  const high = Math.max(...threads.map((count) => count * peak), ...heights.map(({ rate }) => rate)) * 1.1;
  const low = 10 ** Math.floor(Math.log10(Math.min(...heights.map(({ rate }) => rate)) * 0.9));
  const at = (rate: number): number =>
    round(LEFT + (WIDTH - LEFT - RIGHT) * (Math.log(rate / low) / Math.log(high / low)));
  const bottom = HEAD + heights.length * ROW;
  const ticks = tens(low, high).map((value) =>
    `<line class="rule" x1="${at(value)}" x2="${at(value)}" y1="${HEAD}" y2="${bottom}"/>
<text class="dim" x="${at(value)}" y="${bottom + 17}" text-anchor="middle">${value}</text>`);
  const peaks = threads.map((count) => peakLine(at(count * peak), bottom, ladder.unit, count));
  return `<text class="title" x="16" y="20">${escape(ladder.title)}</text>
${ticks.join("\n")}
<text class="dim" x="${LEFT - 34}" y="${bottom + 17}" text-anchor="end">${ladder.unit}, logarithmic</text>
${peaks.join("\n")}
${heights.map((height, i) => row(height, at, HEAD + (i + 0.5) * ROW)).join("\n")}`;
}

function peakLine(x: number, bottom: number, unit: string, threads: number): string {
  const name = unit === "GB/s" ? "copy" : threads === 1 ? "peak of a core" : `of ${threads}`;
  const [side, anchor] = threads === 1 ? [x + 2, "end"] : [x - 2, "start"];
  return `<line class="peak" x1="${x}" x2="${x}" y1="${HEAD - 6}" y2="${bottom}"/>
<text class="dim" x="${side}" y="${HEAD - 10}" text-anchor="${anchor}">${name}</text>`;
}

function row({ rung, rate, ofPeak }: Height, at: (rate: number) => number, y: number): string {
  return `<text x="16" y="${y + 4}">${escape(rung.name)}</text>
<text class="dim" x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escape(rung.idea)}</text>
<line class="stem" x1="${LEFT}" x2="${at(rate)}" y1="${y}" y2="${y}"/>
<circle class="dot" cx="${at(rate)}" cy="${y}" r="5"/>
<text class="value" x="${at(rate) + 10}" y="${y + 4}">${rate.toPrecision(3)} · ${percent(ofPeak)}</text>`;
}

function tens(low: number, high: number): number[] {
  const ticks = [];
  for (let value = low; value <= high; value *= 10) ticks.push(Number(value.toPrecision(1)));
  return ticks;
}

function round(x: number): number {
  return Math.round(10 * x) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
