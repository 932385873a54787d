/**
 * Line charts as inline SVG, small and without a library: axes, grid, lines with marks and error bars, filled
 * densities, vertical rules. Colours are CSS classes (style.ts), so that a chart follows the page into dark mode and
 * print. A chart is one panel; several with one legend make a figure.
 */
import { axis, type Axis, type AxisOptions } from "./axis.js";
import { html, nothing, type Html, type Part } from "./html.js";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Half lengths of the error bars. */
  readonly errorX?: number;
  readonly errorY?: number;
  /** Written beside the mark. */
  readonly label?: string;
  /** Said with the values where a pointer is over the mark. Default: the label. */
  readonly note?: string;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** 0 … 5, also the shape of the marks. */
  readonly colour: number;
  readonly dashed?: boolean;
  /** Behind the others and paler: a reference. */
  readonly faint?: boolean;
  /** "line" with marks (default), "area" filled down to the axis, or marks alone. */
  readonly as?: "line" | "area" | "marks";
}

export interface ChartOptions {
  readonly title: string;
  /** For those who cannot see it. */
  readonly description: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  /** Vertical lines with a name. */
  readonly rules?: readonly { readonly x: number; readonly name: string }[];
}

const WIDTH = 360;
const HEIGHT = 270;
const MARGIN = { left: 62, right: 14, top: 10, bottom: 44 };

export function chart(series: readonly Series[], options: ChartOptions): Html {
  const { title, description, rules = [] } = options;
  const points = series.flatMap((one) => one.points);
  const spread = (of: (point: Point) => number, error: (point: Point) => number | undefined): number[] =>
    points.flatMap((point) => [of(point) - (error(point) ?? 0), of(point) + (error(point) ?? 0)]);
  const xs = [...spread(({ x }) => x, ({ errorX }) => errorX), ...rules.map(({ x }) => x)];
  const x = axis(xs, options.x, MARGIN.left, WIDTH - MARGIN.right);
  const ys = spread((point) => point.y, ({ errorY }) => errorY);
  const y = axis(ys, options.y, HEIGHT - MARGIN.bottom, MARGIN.top);
  const ordered = [...series].sort((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false));
  return html`<div class="panel"><p class="title">${title}</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: ${description}">
${frame(x, y)}
${rules.map((rule) => html`<g class="rule">${line(x.at(rule.x), MARGIN.top, x.at(rule.x), HEIGHT - MARGIN.bottom)}
<text x="${px(x.at(rule.x) - 4)}" y="${MARGIN.top + 11}" text-anchor="end">${rule.name}</text></g>`)}
${ordered.map((one) => drawn(one, x, y))}
</svg></div>`;
}

/** Names of the series beside a sample of their line. */
export function legend(series: readonly Series[]): Html {
  return html`<ul class="legend">${series.map((one) => {
    const area = one.as === "area" && html`<rect x="2" y="3" width="26" height="8" class="area"/>`;
    const stroke = one.as !== "marks" && html`<line x1="1" x2="29" y1="7" y2="7" class="line"/>`;
    return html`<li><svg class="${classOf(one)}" width="30" height="14" aria-hidden="true">${area}${stroke}${
      one.as !== "area" && mark(one.colour, 15, 7)}</svg>${one.name}</li>`;
  })}</ul>`;
}

/** Panels, at most so many side by side, with one legend and a caption that says how to read them. */
export function figure(panels: readonly Html[], series: readonly Series[], caption: Part, columns: 2 | 3 = 3): Html {
  return html`<figure><div class="panels columns-${columns}">${panels}</div>
${series.length > 0 ? legend(series) : nothing}
<figcaption>${caption}</figcaption></figure>`;
}

function frame(x: Axis, y: Axis): Html {
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  const middle = `translate(12 ${(top + bottom) / 2}) rotate(-90)`;
  return html`<g class="grid">${y.ticks.map(({ value }) => line(left, y.at(value), right, y.at(value)))}</g>
<g class="axis">${line(left, bottom, right, bottom)}
${x.ticks.map(({ value, text }) => html`${line(x.at(value), bottom, x.at(value), bottom + 4)}
<text x="${px(x.at(value))}" y="${bottom + 17}" text-anchor="middle">${text}</text>`)}
${y.ticks.map(({ value, text }) => html`
<text x="${left - 6}" y="${px(y.at(value) + 4)}" text-anchor="end">${text}</text>`)}
<text class="name" x="${(left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x.label}</text>
<text class="name" transform="${middle}" text-anchor="middle">${y.label}</text></g>`;
}

function drawn(series: Series, x: Axis, y: Axis): Html {
  const { points, colour, as = "line" } = series;
  if (points.length === 0) return nothing;
  const path = points.map((point, i) => `${i === 0 ? "M" : "L"}${px(x.at(point.x))} ${px(y.at(point.y))}`).join("");
  const foot = px(HEIGHT - MARGIN.bottom);
  const filled = `${path}L${px(x.at(points[points.length - 1].x))} ${foot}L${px(x.at(points[0].x))} ${foot}Z`;
  const bars = points.map((point) => {
    const { errorX = NaN, errorY = NaN } = point;
    const [cx, cy] = [x.at(point.x), y.at(point.y)];
    return [
      Number.isFinite(errorX) && line(x.at(point.x - errorX), cy, x.at(point.x + errorX), cy, "error"),
      Number.isFinite(errorY) && line(cx, y.at(point.y - errorY), cx, y.at(point.y + errorY), "error"),
    ];
  });
  return html`<g class="${classOf(series)}">${
    as === "area" && html`<path class="area" d="${filled}"/>`}${
    as !== "marks" && html`<path class="line" d="${path}"/>`}${bars}${
    as !== "area" && points.map((point) =>
      html`<g><title>${valuesOf(series, point, x, y)}</title>${mark(colour, x.at(point.x), y.at(point.y))}</g>`)}${
    points.map(({ label, ...point }) => label !== undefined &&
      html`<text x="${px(x.at(point.x) + 6)}" y="${px(y.at(point.y) - 6)}">${label}</text>`)}</g>`;
}

/** What a pointer over a mark shows. */
function valuesOf({ name }: Series, point: Point, x: Axis, y: Axis): string {
  const error = (half = NaN): string => (Number.isFinite(half) ? ` ± ${short(half)}` : "");
  const { note = point.label } = point;
  return `${name}${note === undefined ? "" : `, ${note}`}: ` +
    `${x.label} ${short(point.x)}${error(point.errorX)}, ${y.label} ${short(point.y)}${error(point.errorY)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

function classOf({ colour, dashed, faint }: Series): string {
  return ["series", `colour-${colour % 6}`, ...(dashed ? ["dashed"] : []), ...(faint ? ["faint"] : [])].join(" ");
}

/** Circle, square, diamond or triangle: series stay apart without colours. */
function mark(colour: number, x: number, y: number): Html {
  const shapes = [
    html`<circle class="mark" cx="${px(x)}" cy="${px(y)}" r="3.2"/>`,
    html`<rect class="mark" x="${px(x - 3)}" y="${px(y - 3)}" width="6" height="6"/>`,
    html`<path class="mark" d="M${px(x)} ${px(y - 4.2)}l4.2 4.2l-4.2 4.2l-4.2 -4.2z"/>`,
    html`<path class="mark" d="M${px(x)} ${px(y - 4)}l4 7h-8z"/>`,
  ];
  return shapes[colour % shapes.length];
}

function line(x1: number, y1: number, x2: number, y2: number, kind = "straight"): Html {
  return html`<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`;
}

/** Two decimals are finer than any screen. */
function px(value: number): string {
  return String(Number(value.toFixed(2)));
}
