/** Knobs and the baselines of the field on items that no knob was told of (docs/method.md §13). */
import { fixed, percent, whole } from "../base/numbers.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";

export function hiddenHalvesSection({ bench }: ReportData): Html {
  if (!bench) return nothing;
  const { rows, tags, users, keep } = bench;
  return html`<section id="hidden-halves"><h2>Steering, on hidden halves</h2>
<p>The items of each of ${whole(tags)} tags are halved. What turns a tag, neurons, a direction or a list, is chosen by
one half; <b>hidden</b> is nDCG@20 of the other half for ${whole(users)} test users, at the strongest that keeps ${
    percent(keep)} of the personal nDCG@20 (chosen on validation users). With nothing turned it is ${
    fixed(bench.nothing)}. <b>Left</b> is the share of the tag’s items that stays in the list when it is turned down,
where ${
    percent(keep)} is kept for targets without the tag. Boosting or filtering the tagged items is perfect on
visible items and blind to hidden ones.</p>
${table([
    { head: "method" }, { head: "hidden", number: true }, { head: "visible", number: true },
    { head: "frequent tags", number: true }, { head: "niche tags", number: true }, { head: "kept", number: true },
    { head: "other tags move", number: true }, { head: "left, hidden", number: true },
    { head: "left, visible", number: true },
  ], rows.map((row) => [
    row.method, `${fixed(row.hidden)} ± ${fixed(row.se)}`, fixed(row.visible), fixed(row.frequent), fixed(row.niche),
    percent(row.kept, 1), fixed(row.side, 4), percent(row.left), percent(row.leftVisible),
  ]), "Mean over tags ± standard error over tags. “Other tags move”: mean change of their share in the top 20.")}
</section>`;
}
