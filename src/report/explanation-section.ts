/**
 * Why an item is recommended (docs/method.md §6): one recommendation, its parts drawn as bars that add up to the score.
 */
import type { ReportData } from "./collect.js";
import { html, nothing, type Html } from "./html.js";
import { fixed, percent, whole } from "../base/numbers.js";
import { waterfall, type WaterfallPart } from "./waterfall.js";

/** Concepts with a bar of their own; the others share one. */
const BARS = 12;
/** Titles of the history. */
const TITLES = 12;

export function explanationSection({ example, explained }: ReportData): Html {
  if (!example) return nothing;
  const { explanation, history, hit, because } = example;
  const { item, approximate, concepts, base, own, unexplained } = explanation;
  const named = ({ concept, proven }: (typeof concepts)[number]): string =>
    (concept === null ? "neurons of no concept" : `${concept}${proven ? "" : " (not proven)"}`);
  // The largest by size, whichever their sign, then in the order of their values.
  const shown = [...concepts].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, BARS)
    .sort((a, b) => b.contribution - a.contribution);
  const others = concepts.filter((one) => !shown.includes(one));
  const parts: WaterfallPart[] = [
    { name: approximate ? "the rest, no one neuron’s" : "base, whichever neurons fire", value: base },
    ...(own === 0 ? [] : [{ name: "the user has it already", value: -own }]),
    ...shown.map((one) => ({ name: named(one), value: one.contribution })),
    ...(unexplained === 0 ? [] : [{ name: "not explained by any neuron", value: unexplained }]),
    ...(others.length === 0 ? [] : [{
      name: `${whole(others.length)} other active concept${others.length === 1 ? "" : "s"}`,
      value: others.reduce((sum, { contribution }) => sum + contribution, 0),
    }]),
  ];
  return html`<section id="explanation"><h2>Why an item is recommended</h2>
<p>A test user with ${whole(history.length)} items${history.length > TITLES ? ", among them" : ":"} ${
    history.slice(0, TITLES).map((title, i) =>
    html`${i > 0 && "; "}<i>${title}</i>`)}${history.length > TITLES && " …"}</p>
<p>First on the list is <b>${item.title}</b>, ${hit
    ? "which the user did choose: it is among the held-out items" : "which is not among the held-out items"}.</p>
<figure>${waterfall(parts, approximate ? "score (logit)" : "score")}
<figcaption>Each bar is one part of the score and begins where the one above ends; bars to the left take away. ${
    approximate
    ? html`This decoder is not linear, so the parts are approximate: what the score loses when each neuron is silent.
They do not add up by themselves; the first bar is the rest.`
    : "The decoder is linear, so the parts are exact: they add up to the score."}</figcaption></figure>
${because !== null && because.length > 0 && html`<p>The concept with the largest part, ${
    named(concepts[0])}, was switched on most by ${because.map(({ title }, i) =>
    html`${i > 0 && "; "}<i>${title}</i>`)}.</p>`}
${explained && html`<p>The same was done for all ${whole(explained.items)} recommended items of ${
    whole(explained.users)} validation and test users: the sum of the parts differs from the score by at most ${
    scientific(explained.worst)} of it.${explained.unexplained > 0 && html` The part that no neuron explains is ${
    percent(explained.unexplained, 1)} of the score on average, by size.`}</p>`}
</section>`;
}

/** "1.2 · 10⁻⁶" */
function scientific(value: number): string {
  if (value === 0 || value >= 0.01) return fixed(value);
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits} · 10${power.replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])}`;
}
