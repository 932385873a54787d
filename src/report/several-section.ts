/** Two tags turned at once, on hidden halves (docs/method.md §13.6). */
import { fixed, percent, whole } from "../base/numbers.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";

export function severalSection({ several }: ReportData): Html {
  if (!several || several.cases.length === 0) return nothing;
  const { cases, users, keep } = several;
  return html`<section id="several"><h2>Steering by two tags at once</h2>
<p>Tags that share items (“related”) and tags that do not, both up, or one up and one down, for ${
    whole(users)} test users. <b>Hidden</b> is nDCG@20 of the items of any tag that is up which nothing was told of, at
the strongest that keeps ${percent(keep)} of the personal nDCG@20; <b>least</b> is that of the tag that gets least, so
that one tag alone does not pass for two. <b>Left</b> is the share of the hidden items of the tag that is turned down
that stays in the list.</p>
${cases.map(({ which, goals, nothing: still, rows }) => {
    const down = which.endsWith("down");
    return html`<h3>${which}</h3>
${table([
      { head: "method" }, { head: "hidden", number: true }, { head: "least", number: true },
      { head: "kept", number: true }, { head: "other tags move", number: true },
      ...down ? [{ head: "left, hidden", number: true }] : [],
    ], rows.map((row) => [
      row.method, `${fixed(row.hidden)} ± ${fixed(row.se)}`, fixed(row.least), percent(row.kept, 1),
      fixed(row.side, 4), ...down ? [Number.isNaN(row.left) ? "" : percent(row.left)] : [],
    ]), `${whole(goals)} pairs of tags; with nothing turned: hidden ${fixed(still.hidden)}, least ${
      fixed(still.least)}. Mean over pairs ± standard error.`)}`;
  })}
</section>`;
}
