/**
 * Parts that add up to a whole, one bar a row: each bar begins where the one above ends, and the last row is the sum
 * from zero. Places are percentages of the track, so the rows follow the page's width.
 */
import { html, type Html } from "./html.js";
import { fixed, signed } from "../base/numbers.js";

export interface WaterfallPart {
  readonly name: string;
  readonly value: number;
}

/** @param digits decimals of the values. */
export function waterfall(parts: readonly WaterfallPart[], total: string, digits = 3): Html {
  const ends: number[] = [];
  for (const { value } of parts) ends.push((ends.at(-1) ?? 0) + value);
  const sum = ends.at(-1) ?? 0;
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const width = high - low || 1;
  const place = (value: number): string => (((value - low) / width) * 100).toFixed(2);
  const row = (name: string, from: number, to: number, shown: string, kind: string): Html => html`<li class="${kind}">
<span>${name}</span><span class="track"><i style="left:${place(Math.min(from, to))}%;width:${
    ((Math.abs(to - from) / width) * 100).toFixed(2)}%"></i></span><span>${shown}</span></li>
`;
  return html`<ul class="waterfall">${parts.map(({ name, value }, i) =>
    row(name, ends[i] - value, ends[i], signed(value, digits), value < 0 ? "down" : "up"))}${
    row(total, 0, sum, fixed(sum, digits), "sum")}</ul>`;
}
