/** Curves of quality over training time as an SVG that stands alone; its colours follow light or dark. */
import { axis } from "../src/report/axis.js";

export interface Curve {
  readonly name: string;
  readonly settings: string;
  readonly points: readonly { readonly seconds: number; readonly ndcg: number }[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [760, 420, 60, 370];
const STYLE = `
  svg { font: 13px system-ui, sans-serif; background: #fff; color: #1b1f24 }
  text { fill: currentColor } .rule { stroke: #8884 } .mark { stroke: #8889; stroke-dasharray: 4 3 }
  path { fill: none; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) { svg { background: #14171b; color: #e6e9ed } }`;
const COLOURS = ["#1877d8", "#12906a", "#8a4fc9", "#d8761a", "#8a8f98"];

/** @param marks horizontal lines: the shares of the best that are asked for. */
export function curvesPicture(curves: readonly Curve[], marks: readonly number[]): string {
  const points = curves.flatMap((one) => one.points);
  const x = axis(points.map((p) => p.seconds), { label: "", log: true }, LEFT, WIDTH - 20);
  const y = axis(points.map((p) => p.ndcg), { label: "" }, BOTTOM, 20);
  const lines = curves.map(({ name, settings, points: own }, i) => {
    const path = own.map((p, j) => `${j > 0 ? "L" : "M"}${x.at(p.seconds).toFixed(1)} ${y.at(p.ndcg).toFixed(1)}`);
    return `<path d="${path.join("")}" stroke="${COLOURS[i]}"/>
<text x="${WIDTH - 300}" y="${BOTTOM - 96 + 18 * i}" style="fill:${COLOURS[i]}">${name} (${settings})</text>`;
  });
  const across = (kind: string, value: number): string =>
    `<line class="${kind}" x1="${LEFT}" x2="${WIDTH - 20}" y1="${y.at(value)}" y2="${y.at(value)}"/>`;
  const label = (at: number, height: number, anchor: string, text: string): string =>
    `<text x="${at}" y="${height}" text-anchor="${anchor}">${text}</text>`;
  const caption = "seconds of training steps, logarithmic; validation nDCG@20, dashed: 90, 95, 99 % of the best";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
 aria-label="Validation nDCG@20 over seconds of training: ${curves.map(({ name }) => name).join(", ")}">
<style>${STYLE}</style>
${y.ticks.map(({ value, text }) => across("rule", value) + label(LEFT - 8, y.at(value) + 4, "end", text)).join("\n")}
${x.ticks.map(({ value, text }) => label(x.at(value), BOTTOM + 20, "middle", text)).join("\n")}
${marks.map((value) => across("mark", value)).join("\n")}
${lines.join("\n")}
${label(WIDTH / 2, HEIGHT - 8, "middle", caption)}
</svg>
`;
}
