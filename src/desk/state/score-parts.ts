/**
 * A score as a sum, line by line: base, the concepts with the largest parts, the others together, what no neuron
 * explains, what knobs that are turned down hold back, and what ELSA subtracts for an item that the person has. Where a
 * model has no concepts, neurons of one name are one line. Pure; the values add up to `score` (exactly for ELSA).
 */
import type { ExplainedItem, UserReport } from "../../session/session-types.js";
import type { Target } from "./state.js";
import { neuronName } from "./strips.js";
import { words } from "../words/words.js";

/** Lines shown singly; the rest is one. */
const LINES = 12;
/** Titles that a reason names, and the share of the first one's weight that the others must have. */
const [REASONS, WORTH_NAMING] = [2, 0.25];

/** A line of the sum. */
export interface Part {
  readonly name: string;
  /** What it is a part of; null for what is no neuron's. */
  readonly target: Target | null;
  readonly value: number;
  /** Before turning; null when nothing is turned. */
  readonly before: number | null;
}

/** @param turned with the knobs @param rest without them; null when none is turned */
export function partsOf(turned: ExplainedItem, rest: ExplainedItem | null): Part[] {
  const [now, earlier] = [namedSums(turned), rest ? namedSums(rest) : new Map<string, NamedSum>()];
  const all = [...new Map([...earlier, ...now])].map(([key, { name, target }]): Part => ({
    name, target, value: now.get(key)?.value ?? 0, before: rest ? earlier.get(key)?.value ?? 0 : null,
  })).sort((a, b) => weight(b) - weight(a) || compareNames(a, b));
  const shown = all.slice(0, all.length > LINES + 1 ? LINES : all.length);
  const others = all.slice(shown.length);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const line = (name: string, value: number, before: number | null): Part => ({ name, target: null, value, before });
  return [
    line(words.why.baseline, turned.base, rest && rest.base),
    ...shown.sort((a, b) => b.value - a.value || compareNames(a, b)),
    ...(others.length === 0 ? [] : [line(
      words.why.others(others.length), sum(others.map(({ value }) => value)),
      rest && sum(others.map((part) => part.before ?? 0)),
    )]),
    ...(turned.unexplained === 0 && (rest?.unexplained ?? 0) === 0 ? []
      : [line(words.why.unexplained, turned.unexplained, rest && rest.unexplained)]),
    ...(turned.heldBack === 0 ? [] : [line(words.why.heldBack, -turned.heldBack, rest && 0 - rest.heldBack)]),
    ...(turned.own === 0 ? [] : [line(words.why.own, -turned.own, rest && -rest.own)]),
  ];
}

/** What of the person's taste speaks for the item most: titles of liked items, the weightiest first. */
export function reasonsOf({ contributions, item }: ExplainedItem, { neurons }: Pick<UserReport, "neurons">): string[] {
  const behind = new Map(neurons.map((one) => [one.neuron, one]));
  const weights = new Map<string, number>();
  for (const { neuron, contribution } of contributions) {
    const active = behind.get(neuron);
    if (contribution <= 0 || !active?.because || active.activation <= 0) continue;
    for (const { id, title, score } of active.because) {
      if (id === item.id || score <= 0) continue;
      weights.set(title, (weights.get(title) ?? 0) + contribution * score / active.activation);
    }
  }
  const sorted = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return sorted.filter(([, value]) => value >= WORTH_NAMING * sorted[0][1]).slice(0, REASONS).map(([title]) => title);
}

interface NamedSum {
  readonly name: string;
  readonly target: Target | null;
  readonly value: number;
}

/** By concept; without concepts, by name. */
function namedSums({ concepts, contributions }: ExplainedItem): Map<string, NamedSum> {
  if (concepts.some(({ concept }) => concept !== null)) {
    return new Map(concepts.map(({ concept, contribution }): [string, NamedSum] => [concept ?? "", concept === null
      ? { name: words.why.noConcept, target: null, value: contribution }
      : { name: concept, target: { kind: "concept", concept }, value: contribution }]));
  }
  const sums = new Map<string, NamedSum>();
  for (const { neuron, label, contribution } of contributions) {
    const name = neuronName(neuron, label);
    const before = sums.get(name);
    sums.set(name, {
      name, target: before?.target ?? { kind: "neuron", neuron }, value: (before?.value ?? 0) + contribution,
    });
  }
  return sums;
}

function weight({ value, before }: Part): number {
  return Math.max(Math.abs(value), Math.abs(before ?? 0));
}

function compareNames(a: Part, b: Part): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
