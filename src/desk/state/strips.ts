/**
 * Which channel strips stand on the desk, and in which order: what the person added, then the profile's strongest
 * concepts (its most active neurons where the model has none), largest share first. Pure. Turning a fader never moves a
 * strip.
 */
import type { UserReport } from "../../session/session-types.js";
import { channelOf, keyOf, type Channel, type Mix, type Target } from "./state.js";
import { words } from "../words/words.js";

/** Concepts of the profile that get a strip unasked. */
export const OWN_STRIPS = 8;

export interface Strip {
  readonly key: string;
  readonly channel: Channel;
  readonly name: string;
  /** How many neurons of the profile are behind it, and whether its name is proven; null for what is no concept. */
  readonly concept: { readonly neurons: number; readonly proven: boolean } | null;
  /** Share of the profile's activation; null for a tag, which has none of its own. */
  readonly share: number | null;
  /** Put there by a person, who can take it away again. */
  readonly added: boolean;
  /** What turning it did, as "0 → 10 of 20"; null when it is at rest, or not known. */
  readonly effect: string | null;
  /** Muted, or another channel is solo. */
  readonly silent: boolean;
}

/** What of a profile the strips show. */
type Active = Pick<UserReport, "neurons" | "concepts">;

/** @param labels the names of all neurons @param effects by channel (carriers.ts) */
export function stripsOf(
  mix: Mix, user: Active | null, labels: readonly (string | null)[], effects: ReadonlyMap<string, string> = new Map(),
): Strip[] {
  const known = new Map((user?.concepts ?? []).map((one) => [one.concept, one]));
  const shares = new Map((user?.neurons ?? []).map(({ neuron, share }) => [neuron, share]));
  const own = targetsOf(user).slice(0, OWN_STRIPS).map((target) => channelOf(mix, target));
  const ownKeys = new Set(own.map(({ target }) => keyOf(target)));
  const others = mix.channels.filter(({ target }) => !ownKeys.has(keyOf(target)));
  const solo = mix.channels.some((channel) => channel.solo && !channel.muted);
  return [...others, ...own].map((channel) => {
    const { target } = channel;
    const key = keyOf(target);
    const concept = target.kind === "concept" ? known.get(target.concept) : undefined;
    return {
      key, channel, name: nameOf(target, labels), concept: concept ?? null,
      share: target.kind === "tag" ? null
        : target.kind === "concept" ? concept?.share ?? 0 : shares.get(target.neuron) ?? 0,
      added: !ownKeys.has(key),
      effect: effects.get(key) ?? null,
      silent: channel.muted || (solo && !channel.solo),
    };
  });
}

/** The profile's concepts, largest share first; its neurons where none of them belongs to a concept. */
function targetsOf(user: Active | null): Target[] {
  const concepts = (user?.concepts ?? []).flatMap(({ concept }): Target[] =>
    concept === null ? [] : [{ kind: "concept", concept }]);
  return concepts.length > 0 ? concepts : (user?.neurons ?? []).map(({ neuron }) => ({ kind: "neuron", neuron }));
}

function nameOf(target: Target, labels: readonly (string | null)[]): string {
  switch (target.kind) {
    case "tag": return target.tag;
    case "concept": return target.concept;
    case "neuron": return neuronName(target.neuron, labels[target.neuron] ?? null);
  }
}

export function neuronName(neuron: number, label: string | null): string {
  return label ?? words.neuron(neuron);
}
