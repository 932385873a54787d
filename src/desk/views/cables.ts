/** The lines between the two lists: one for each item that stays, a short end for one that is new or leaves. */
import { setAttributes, svg } from "../widgets/element.js";
import type { RankChange } from "../state/rank-changes.js";

/** In units of the drawing: rows are 10 high, the gap between the lists is 100 wide. */
const ROW = 10;
const WIDTH = 100;
const STUB = 16;

/** @param changes of the list afterwards, in its order @param rows length of the list before */
export function drawCables(drawing: SVGSVGElement, changes: readonly RankChange[], rows: number): void {
  const height = ROW * Math.max(rows, changes.length, 1);
  setAttributes(drawing, { viewBox: `0 0 ${WIDTH} ${height}` });
  const staying = new Set(changes.map(({ from }) => from));
  const paths = [
    ...changes.map(({ from, gained }, i): [className: string, path: string] => {
      const end = ROW * (i + 0.5);
      if (from === null) return ["new", `M${WIDTH - STUB} ${end}H${WIDTH}`];
      const start = ROW * (from - 0.5);
      const kind = gained === 0 ? "stays" : gained! > 0 ? "up" : "down";
      return [kind, `M0 ${start}C${WIDTH / 2} ${start} ${WIDTH / 2} ${end} ${WIDTH} ${end}`];
    }),
    ...Array.from({ length: rows }, (_, i) => i).filter((i) => !staying.has(i + 1))
      .map((i): [string, string] => ["leaves", `M0 ${ROW * (i + 0.5)}H${STUB}`]),
  ];
  while (drawing.children.length > paths.length) drawing.lastElementChild!.remove();
  paths.forEach(([kind, d], i) => {
    const path = drawing.children[i] ?? drawing.appendChild(svg("path", { "vector-effect": "non-scaling-stroke" }));
    setAttributes(path, { class: kind, d });
  });
}
