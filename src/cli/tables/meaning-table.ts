/** What the neurons mean, as tables for a terminal (measure/measure-meaning.ts). */
import { fraction, percent } from "../../base/numbers.js";
import type { FiringFigures, Meaning } from "../../interpret/meaning/meaning-figures.js";
import type { Context } from "../context.js";
import { left, right } from "./table.js";

/** Names shown; the rest is in --json. */
const NAMES = 12;

export function meaningTables(context: Context, meaning: Meaning): string[] {
  const what = meaning.against === "tags" ? "tags" : "planted concepts";
  return [
    `What the neurons mean, told on one half of the items and scored on the other: ${meaning.concepts} ${what} on ` +
    `${meaning.items} items` +
    (meaning.leftOut > 0 ? `, ${meaning.leftOut} others left out: on too few, or beyond the most` : ""),
    codesTable(context, meaning),
    ...meaning.world ? [worldLines(meaning.world)] : [],
    ...meaning.proven ? [provenLines(meaning)] : [],
    ...meaning.groups ? [groupsLine(meaning.groups)] : [],
    `  on training users: ${percent(meaning.explained)} of variance explained, ${meaning.l0.toFixed(1)} neurons ` +
    `active, ${meaning.dead} of ${meaning.neurons} silent for all`,
  ];
}

function codesTable(context: Context, { codes, ceilings, sets }: Meaning): string {
  const hard = Object.values(codes).some(({ parents }) => parents !== undefined);
  const row = (name: string, one: FiringFigures): string[] => [
    name, fraction(one.f1), fraction(one.fit), fraction(one.oneToOne), percent(one.recovered), fraction(one.uniqueness),
    ...hard ? [one.parents, one.children, one.free, one.correlation].map((v) => fraction(v ?? NaN)) : [],
  ];
  const heads = ["F1", "in-sample", "1:1", "F1 ≥ .8", "unique", ...hard ? ["parents", "children", "free", "r"] : []];
  const rows = [
    ...Object.entries(codes).map(([name, one]) => row(name, one)),
    [`SAE, sets of ${sets.size.toFixed(0)} neurons`, fraction(sets.f1)],
    ...Object.entries(ceilings).map(([name, f1]) => [`ceiling: ${name}`, fraction(f1)]),
  ];
  return context.table([left("best single neuron"), ...heads.map(right)], rows);
}

function worldLines(world: NonNullable<Meaning["world"]>): string {
  return [
    `  directions of concepts: cosine ${fraction(world.directions)} (random ${fraction(world.randomDirections)}); ` +
    `absorption ${fraction(world.absorption)}, hidden ${fraction(world.hidden)}`,
    `  union of up to 5 neurons: F1 ${fraction(world.union)} with ${world.unionNeurons.toFixed(1)} neurons, ` +
    `${percent(world.split)} of the concepts use more than one`,
    `  test users: AUC of tastes ${fraction(world.userAuc)}, activation on their own tastes ${fraction(world.own)}, ` +
    `on a stranger's ${fraction(world.stranger)}`,
  ].join("\n");
}

function provenLines({ proven, concepts }: Meaning): string {
  const { neurons, alive, share, tags, namesPerNeuron, provable, names } = proven!;
  const best = [...names].sort((a, b) => b.f1 - a.f1).slice(0, NAMES)
    .map(({ name, f1 }) => `${name} ${fraction(f1, 2)}`);
  return [
    `  proven names: ${neurons} of ${alive} neurons, ${percent(share)} of a test user's activation; ` +
    `${tags} of ${concepts} tags have a neuron; ${fraction(namesPerNeuron, 2)} names a neuron`,
    ...provable ? [
      `  could be proven, by what the whole embedding knows: ${provable.tags} tags, and with neurons called by such ` +
      `tags ${percent(provable.share)} of the activation`,
    ] : [],
    ...best.length > 0 ? [`  best: ${best.join(", ")}`] : [],
  ].join("\n");
}

function groupsLine({ concepts, proven, tags, share, f1 }: NonNullable<Meaning["groups"]>): string {
  return `  concepts: ${concepts}, of which ${proven} have a proven name (${tags} tags), with ${percent(share)} of a ` +
    `test user's activation; best concept: F1 ${fraction(f1)}`;
}
