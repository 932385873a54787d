/** What neurons and concepts mean, with floors and ceilings, and the concepts that a session turns. */
import { fixed, percent, whole } from "../base/numbers.js";
import type { Concept } from "../interpret/concepts/concepts.js";
import type { FiringFigures, Meaning, WorldFigures } from "../interpret/meaning/meaning-figures.js";
import type { ReportData } from "./collect.js";
import { html, nothing, table, type Html } from "./html.js";

/** Proven concepts with a line of their own. */
const LINES = 24;

export function meaningSection({ model, conceptList }: ReportData): Html {
  const { meaning, items, namesKept } = model;
  if (!meaning && conceptList.length === 0) return nothing;
  return html`<section id="meaning"><h2>What the neurons mean</h2>
${meaning ? figuresPart(meaning) : nothing}
${namesKept ? keptPart(namesKept) : nothing}
${conceptsPart(conceptList, items.titles)}
</section>`;
}

function figuresPart(
  { against, concepts, items, codes, sets, ceilings, proven, groups, explained, ...rest }: Meaning,
): Html {
  const what = against === "tags" ? "tags" : "planted concepts";
  const { SAE, ...floors } = codes;
  const hard = rest.world !== null;
  const row = (name: string, { f1, fit, oneToOne, uniqueness, parents, children, free }: FiringFigures): string[] => [
    name, ...[f1, fit, oneToOne, uniqueness, ...hard ? [parents, children, free] : []].map((one) => fixed(one ?? NaN)),
  ];
  const alone = (name: string, f1: number, unique = ""): string[] =>
    [name, fixed(f1), "", "", unique, ...hard ? ["", "", ""] : []];
  const rows = [
    row("best neuron", SAE), alone(`sets of ${fixed(sets.size, 0)} neurons`, sets.f1),
    ...(groups ? [alone("best concept", groups.f1, fixed(groups.uniqueness))] : []),
    ...Object.entries(floors).map(([name, one]) => row(`floor: ${name}`, one)),
    ...Object.entries(ceilings).map(([name, f1]) => alone(`ceiling: ${name}`, f1)),
  ];
  return html`<p>Each of ${whole(concepts)} ${what} on ${whole(items)} items is told by what one half of the items
chose; the figure is that on the other half.</p>
${table([
    { head: "told by" }, { head: "F1", number: true }, { head: "on the half that chose", number: true },
    { head: "one to one", number: true }, { head: "different ones", number: true },
    ...(hard ? ["parents", "children", "neither"] : []).map((head) => ({ head, number: true })),
  ], rows, `On training users ${percent(explained, 1)} of the embeddings’ variance is rebuilt with ${
    fixed(rest.l0, 1)} neurons; ${whole(rest.dead)} of ${whole(rest.neurons)} neurons fire for none of them.`)}
${rest.world ? worldPart(rest.world) : nothing}
${proven ? html`<p>${whole(proven.neurons)} of ${whole(proven.alive)} neurons have a proven name, one that holds on
items that did not choose it; ${percent(proven.share)} of a test user’s activation is on them, and ${
    whole(proven.tags)} of ${whole(concepts)} tags have such a neuron (${
    fixed(proven.namesPerNeuron, 2)} names a neuron).${proven.provable ? ` By what the whole embedding knows ${
    whole(proven.provable.tags)} tags could be proven, and ${
    percent(proven.provable.share)} of the activation is on neurons called by one of them.` : ""}</p>` : nothing}
${groups ? html`<p>Of ${whole(groups.concepts)} concepts ${whole(groups.proven)} have a proven name; ${
    percent(groups.share)} of a test user’s activation is on them.</p>` : nothing}`;
}

/** On a hard world, where more of the truth is known. */
function worldPart(world: WorldFigures): Html {
  return html`<p>This world is hard: its concepts are a forest, correlated, of all sizes, and graded. A child takes over
from its parent’s neuron at ${percent(world.absorption)} (absorption); a union of at most five neurons has an F1 of ${
    fixed(world.union)} with ${fixed(world.unionNeurons, 1)} of them, and ${
    percent(world.split)} of the concepts use more than one (splitting). Decoder rows lie at a cosine of ${
    fixed(world.directions)} to the planted directions (random ones ${
    fixed(world.randomDirections)}). A concept’s neuron tells test users with the taste at an AUC of ${
    fixed(world.userAuc)}; ${percent(world.own)} of their activation is on neurons of their own tastes, ${
    percent(world.stranger)} on those of a stranger’s.</p>`;
}

function keptPart({ concepts, kept }: NonNullable<ReportData["model"]["namesKept"]>): Html {
  return html`<p>Of an earlier training’s ${whole(concepts)} concepts ${whole(kept)} (${
    percent(concepts > 0 ? kept / concepts : 0)}) are found again, by what they do to the scores of items, and are
called as before.</p>`;
}

function conceptsPart(concepts: readonly Concept[], titles: readonly string[]): Html {
  const proven = concepts.filter((concept) => concept.proven).sort((a, b) => b.f1 - a.f1).slice(0, LINES);
  if (proven.length === 0) return nothing;
  return html`<h3>Concepts with a proven name</h3>
${table([
    { head: "concept" }, { head: "neurons", number: true }, { head: "F1", number: true }, { head: "foremost items" },
  ], proven.map(({ name, neurons, f1, items }) => [
    name, whole(neurons.length), fixed(f1), items.slice(0, 3).map((item) => titles[item]).join("; "),
  ]), "A session turns a concept by position (turn): from 0 to 1 the share of the list of 20 that changes, from 0 to " +
    "−1 the share of its items in that list that leave.")}`;
}
