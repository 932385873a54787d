/** How often each size of an activation occurs: bars on one scale, and in words for those who do not see them. */
import { element, svg } from "./element.js";

/** @param counts of equal steps from 0 on. @param ends what is written under the first and the last */
export function histogram(title: string, counts: readonly number[], ends: readonly [string, string]): HTMLElement {
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, i) => {
    // What occurs at all is seen.
    const height = count === 0 ? 0 : Math.max(1, 36 * count / most);
    return svg("rect", { x: 10 * i + 1, y: 36 - height, width: 8, height }, svg("title", {}, String(count)));
  });
  return element("section", { class: "histogram" }, element("h3", {}, title),
    svg("svg", {
      viewBox: `0 0 ${10 * counts.length} 36`, preserveAspectRatio: "none", role: "img",
      "aria-label": `${title}: ${counts.join(", ")}`,
    }, ...bars),
    element("p", { class: "ends", "aria-hidden": "true" }, ...ends.map((end) => element("span", {}, end))));
}
