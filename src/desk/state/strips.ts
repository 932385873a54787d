/**
 * Which channel strips stand on the desk, and in which order: what the person added, then the profile's most active
 * neurons, strongest first. Pure. Turning a fader never moves a strip.
 */
import type { UserReport } from "../../session/session-types.js";
import { channelOf, keyOf, type Channel, type Mix } from "./state.js";

/** Neurons of the profile that get a strip unasked. */
export const OWN_STRIPS = 8;

export interface Strip {
  readonly key: string;
  readonly channel: Channel;
  readonly name: string;
  /** Share of the profile's activation; null for a tag, which stands for several neurons. */
  readonly share: number | null;
  /** Put there by a person, who can take it away again. */
  readonly added: boolean;
  /** Muted, or another channel is solo. */
  readonly silent: boolean;
}

/** @param labels the names of all neurons. */
export function stripsOf(
  mix: Mix, user: Pick<UserReport, "neurons"> | null, labels: readonly (string | null)[],
): Strip[] {
  const shares = new Map((user?.neurons ?? []).map(({ neuron, share }) => [neuron, share]));
  const own = (user?.neurons ?? []).slice(0, OWN_STRIPS)
    .map(({ neuron }) => channelOf(mix, { kind: "neuron", neuron }));
  const ownKeys = new Set(own.map(({ target }) => keyOf(target)));
  const others = mix.channels.filter(({ target }) => !ownKeys.has(keyOf(target)));
  const solo = mix.channels.some((channel) => channel.solo && !channel.muted);
  return [...others, ...own].map((channel) => {
    const { target } = channel;
    const key = keyOf(target);
    return {
      key, channel,
      name: target.kind === "tag" ? target.tag : neuronName(target.neuron, labels[target.neuron] ?? null),
      share: target.kind === "tag" ? null : shares.get(target.neuron) ?? 0,
      added: !ownKeys.has(key),
      silent: channel.muted || (solo && !channel.solo),
    };
  });
}

export function neuronName(neuron: number, label: string | null): string {
  return label ?? `neuron ${neuron}`;
}
