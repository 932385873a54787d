/** Turning knobs: the user's own items against the tag's (paper's Fig. 5; docs/method.md §5). */
import type { Mapping } from "../interpret/tag-neurons.js";
import { tfidfMappings } from "../interpret/tfidf.js";
import type { SteeringComparison, SteeringCurve, SteeringMethod } from "../measure/compare-steering.js";
import type { SteeringQuality } from "../steer/evaluate-steering.js";
import { chart, figure, type Series } from "./chart.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";
import { fixed, percent, whole, withError } from "../base/numbers.js";
import { likest, type ReferencePoint } from "./reference.js";

const TITLES: Record<SteeringMethod, string> = {
  characterises: "best characterises", unique: "most unique", decoder: "through the decoder",
  embedding: "embedding moved, no neurons", teaser: "TEASER, no neurons",
};

/** One panel of the figure; "without" holds what turns no neuron. */
type Panel = Mapping | "without";

const PANELS: Record<Panel, string> = {
  characterises: TITLES.characterises, unique: TITLES.unique, decoder: TITLES.decoder, without: "without neurons",
};

export function steeringSection({ steering, model, reference, paper }: ReportData): Html {
  if (!steering) return nothing;
  const own = reference.length > 0;
  const theirs = likest(own ? reference : paper?.steering ?? [], model.config.sae);
  const knobs = steering.curves.filter(({ neurons }) => neurons > 0);
  const methods: Panel[] = ([...tfidfMappings, "decoder"] as const)
    .filter((panel) => knobs.some(({ method }) => method === panel));
  if (steering.curves.some(({ neurons }) => neurons === 0)) methods.push("without");
  const numbers = Array.from(new Set(knobs.map(({ neurons }) => neurons))).sort((a, b) => a - b);
  const shown = theirs?.points ?? [];
  const panels = methods.map((method) => ({ method, series: seriesOf(method, steering, numbers, shown) }));
  const all = [steering.plain, ...steering.curves.flatMap(({ curve }) => curve)];
  const range = (of: (point: SteeringQuality) => number, more: readonly number[]): { from: number; to: number } => {
    const values = [...all.map(of), ...more];
    const room = 0.05 * (Math.max(...values) - Math.min(...values));
    return { from: Math.max(0, Math.min(...values) - room), to: Math.max(...values) + room };
  };
  const x = {
    label: "personal nDCG@20", ...range(({ personal }) => personal.ndcg.mean, shown.map(({ personal }) => personal)),
  };
  const y = {
    label: "segment nDCG@20", ...range(({ segment }) => segment.ndcg.mean, shown.map(({ segment }) => segment)),
  };
  const throughDecoder = methods.includes("decoder");
  const hasTeaser = steering.curves.some(({ method }) => method === "teaser");
  const taggers = steering.taggers === "all"
    ? "all people gave: the data does not say which user tagged" : "training users gave";
  const names = new Set<string>();
  const legendSeries = panels.flatMap(({ series }) => series)
    .sort((a, b) => Number(a.faint ?? false) - Number(b.faint ?? false))
    .filter(({ name }) => !names.has(name) && names.add(name));
  const kept = steering.keep * steering.plain.personal.ndcg.mean;
  return html`<section id="steering"><h2>Steering</h2>
<p>Each test user is steered towards one tag: the one whose number of items rises most from the user’s input to the
held-out items. A knob of strength α moves the share α of the code’s activation to the tag’s neurons. <b>Personal</b> is
nDCG@20 of the user’s own held-out items, <b>segment</b> nDCG@20 of all items with the tag. ${
    whole(steering.users.withGoal)} of ${whole(steering.users.all)} test users have such a tag and count.
Neurons are chosen by the tags that ${taggers}. ${steering.residual === "drop"
    ? "Knobs show what comes through the autoencoder alone."
    : html`What the autoencoder does not rebuild stays (residual “${steering.residual}”), as in this model’s
sessions, for all knobs alike.`}</p>
${figure(panels.map(({ method, series }) => chart(series, {
    title: PANELS[method], description: "segment against personal nDCG@20, a point for each strength", x, y,
    rules: [{ x: kept, name: `${percent(steering.keep)} kept` }],
  })), legendSeries, html`Each line is α = 0, 0.1 … 0.5 on the test users${
    throughDecoder && " (to 0.7 through the decoder and for the embedding)"},
starting at the bottom: further right, the list is still the user’s own; higher up, more of it has the tag. A better
knob’s line lies further up and to the right. The dotted line marks ${percent(steering.keep)} of the plain recommender’s
personal nDCG@20. ${throughDecoder && html`“Through the decoder” chooses neurons and weights by what they do to
the scores; the two others are the paper’s mappings, by item codes. For comparison, “embedding moved” pulls the user’s
embedding towards the mean of the tag’s items, without any neuron: the upper reference, what interpretability
costs.`} ${
    hasTeaser && html`TEASER is a linear recommender whose profile is made of tags; its α (to 2) is added to the tag’s
entry, and it starts elsewhere because it is another recommender.`} Standard errors are in the table.${theirs && html`
Pale dashed: ${own ? html`the reference given with the command (“${theirs.sae}”)` : theirs.sae}, measured on another
model.`} Numbers beside points are α.`, 2)}
${enlarged(panels, steering) ?? nothing}
${steering.teaserMissing !== null && html`<p class="soft">No curve of TEASER: ${steering.teaserMissing}.</p>`}
<h3>One strength for all users</h3>
${chosenTable(steering)}
${gain(steering)}
</section>`;
}

function seriesOf(
  panel: Panel, { curves }: SteeringComparison, numbers: readonly number[], reference: readonly ReferencePoint[],
): Series[] {
  const series = (one: SteeringCurve, name: string, colour: number, faint = false): Series => ({
    name, colour, faint,
    points: one.curve.map(({ personal, segment, strength }) => ({
      x: personal.ndcg.mean, y: segment.ndcg.mean, note: `α = ${fixed(strength, 1)}`,
    })),
  });
  const own = curves.filter(({ method, neurons }) => (panel === "without" ? neurons === 0 : method === panel))
    .map((one) => (one.neurons === 0 ? series(one, TITLES[one.method], one.method === "teaser" ? 4 : 5)
      : series(one, neuronsText(one.neurons), numbers.indexOf(one.neurons))));
  const upper = curves.filter(({ method }) => panel === "decoder" && method === "embedding")
    .map((one) => series(one, TITLES.embedding, 5, true));
  const mapping = panel === "without" ? "teaser" : panel;
  const theirs = (panel === "without" ? [0] : numbers).flatMap((n): Series[] => {
    const points = reference.filter((point) => point.mapping === mapping && point.neurons === n)
      .sort((a, b) => a.strength - b.strength);
    return points.length === 0 ? [] : [{
      name: n === 0 ? "reference, TEASER" : `reference, ${n}`, colour: n === 0 ? 4 : numbers.indexOf(n),
      dashed: true, faint: true,
      points: points.map(({ personal, segment }) => ({ x: personal, y: segment })),
    }];
  });
  return [...own.slice(0, -1), ...own.slice(-1).map(withStrengths), ...upper, ...theirs];
}

/** One line of a panel has its strengths written beside its points; of the others a pointer shows them. */
function withStrengths(series: Series): Series {
  return { ...series, points: series.points.map((point) => ({ ...point, label: point.note?.replace("α = ", "") })) };
}

/** From this share of the plain recommender's personal nDCG@20 on a setting is worth looking at closely. */
const CLOSE = 0.9;

/** The same lines where most of the person's own accuracy is kept; null where no two points of a line are there. */
function enlarged(panels: readonly { method: Panel; series: Series[] }[], steering: SteeringComparison): Html | null {
  const { plain, keep } = steering;
  const least = CLOSE * plain.personal.ndcg.mean;
  const near = panels.map(({ method, series }) => ({
    method, series: series.map((one) => ({ ...one, points: one.points.filter((point) => point.x >= least) })),
  })).filter(({ series }) => series.some(({ points }) => points.length > 1));
  if (near.length === 0) return null;
  const points = near.flatMap(({ series }) => series.flatMap((one) => one.points));
  const [low, high] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const room = 0.05 * (high - low);
  const most = Math.max(...points.map((point) => point.x));
  return figure(near.map(({ method, series }) => chart(series, {
    title: `${PANELS[method]}, enlarged`, description: "the same where most of the personal nDCG@20 is kept",
    x: { label: "personal nDCG@20", from: least, to: most + 0.05 * (most - least) },
    y: { label: "segment nDCG@20", from: Math.max(0, low - room), to: high + room },
    rules: [{ x: keep * plain.personal.ndcg.mean, name: `${percent(keep)} kept` }],
  })), [], html`The region that matters: at least ${percent(CLOSE)} of the plain recommender’s personal nDCG@20 is
kept.`, 2);
}

function neuronsText(n: number): string {
  if (n === 0) return "–";
  return n === 1 ? "1 neuron" : `${n} neurons`;
}

function chosenTable({ curves, plain, keep }: SteeringComparison): Html {
  return table([
    { head: "neurons chosen by" }, { head: "at most", number: true }, { head: "α", number: true },
    { head: "personal nDCG@20", number: true }, { head: "kept", number: true },
    { head: "segment nDCG@20", number: true },
  ], [
    ["plain recommender", "", "", withError(plain.personal.ndcg), "100 %", withError(plain.segment.ndcg)],
    ...curves.map(({ method, neurons, chosen }) => (chosen ? [
      TITLES[method], neuronsText(neurons), fixed(chosen.strength, 2), withError(chosen.personal.ndcg),
      percent(chosen.personal.ndcg.mean / plain.personal.ndcg.mean, 1), withError(chosen.segment.ndcg),
    ] : [TITLES[method], neuronsText(neurons), "none", "", "", ""])),
  ], `α is the strength that shows most of the segment among those that keep ${percent(keep)} of the plain ` +
    "recommender’s personal nDCG@20 on the validation users; the figures are the test users’, " +
    "mean ± standard error. “None”: no strength keeps that much.");
}

/** The chosen point that shows most of the segment, among these methods with at most so many neurons. */
export function bestOf(
  { curves }: SteeringComparison, methods: readonly SteeringMethod[], neurons: number,
): SteeringQuality | null {
  return curves.reduce<SteeringQuality | null>((best, one) => {
    const { chosen } = one;
    if (!chosen || !methods.includes(one.method) || one.neurons > neurons) return best;
    return best && best.segment.ndcg.mean >= chosen.segment.ndcg.mean ? best : chosen;
  }, null);
}

/** The best of the paper's choices against the best through the decoder, with the same number of neurons at most. */
function gain(steering: SteeringComparison): Html {
  const [paper, decoder] = [bestOf(steering, tfidfMappings, 10), bestOf(steering, ["decoder"], 10)];
  if (!paper && !decoder) {
    const still = steering.curves.find(({ neurons }) => neurons > 0)!.curve[0];
    return html`<p>No knob keeps enough at any strength: with nothing turned, the autoencoder alone keeps ${
      percent(still.personal.ndcg.mean / steering.plain.personal.ndcg.mean, 1)} of the test users’ personal
nDCG@20.</p>`;
  }
  if (!paper || !decoder) return nothing;
  const kept = ({ personal }: SteeringQuality): string =>
    percent(personal.ndcg.mean / steering.plain.personal.ndcg.mean, 1);
  const [theirs, ours] = [paper.segment.ndcg.mean, decoder.segment.ndcg.mean];
  return html`<p>With at most 10 neurons, choosing through the decoder reaches ${fixed(ours / theirs, 2)} times the
segment nDCG@20 of the best of the paper’s mappings: ${fixed(ours)}, keeping ${kept(decoder)} of the personal one on the
test users, against ${fixed(theirs)}, keeping ${kept(paper)}.</p>`;
}
