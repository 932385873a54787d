/**
 * What the desk is set to, as one plain object, and every way to change it: pure functions from state to state. It
 * holds what a person chose and nothing that a model answered, so that it fits into an address (address.ts) and an undo
 * history (history.ts).
 *
 *   mix     whose taste, and how the channels are set; undo concerns this part
 *   place   what the person is looking at
 */
import type { TfidfMapping } from "../../interpret/tfidf.js";

/** What a channel turns. */
export type Target =
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "concept"; readonly concept: string }
  | { readonly kind: "neuron"; readonly neuron: number };

/** A channel that a person touched or added; the profile's other concepts stand on the desk at rest. */
export interface Channel {
  readonly target: Target;
  /**
   * −1 … 1 in steps of 0.01. Of a tag or a concept the position of a calibrated knob: the share of the list that
   * changes (steer/calibrate.ts); of a neuron the share of the code's activation (steer/steer.ts).
   */
  readonly strength: number;
  /** Silenced, whatever its strength. */
  readonly muted: boolean;
  /** Everything that no solo channel names is silenced. */
  readonly solo: boolean;
}

/** The paper's slider (docs/method.md §5): one tag, its best neurons, and α. The channels wait while it is on. */
export interface PaperKnob {
  readonly tag: string | null;
  /** α, 0 … 1. */
  readonly strength: number;
  /** How many neurons stand for the tag; the paper compares 1, 5 and 10. */
  readonly neurons: number;
  readonly mapping: TfidfMapping;
}

/** How the knobs are set, whoever's taste they turn. */
export interface Setting {
  readonly channels: readonly Channel[];
  /** null: the channels are at work. */
  readonly paper: PaperKnob | null;
}

export interface Mix extends Setting {
  /** Ids of the items that the person likes, in the order of choosing. */
  readonly profile: readonly string[];
  /** Ids of those that the person wants less of: they count against what is like them. None of them is liked. */
  readonly disliked: readonly string[];
  /** Ids of those that no list shall show; the taste does not know of them. */
  readonly never: readonly string[];
  /** Which of two settings the knobs show (slots.ts). */
  readonly slot: "A" | "B";
  /** The other one; null while it was never used. */
  readonly spare: Setting | null;
}

export const atlasOrders = ["confidence", "label", "density", "number"] as const;
export type AtlasOrder = (typeof atlasOrders)[number];

/** What the inspector shows. */
export type Inspected =
  | { readonly kind: "item"; readonly id: string }
  | Target;

export interface Place {
  readonly view: "desk" | "atlas";
  readonly inspected: Inspected | null;
  /** What the atlas is searched for. */
  readonly query: string;
  readonly order: AtlasOrder;
}

export interface DeskState {
  readonly mix: Mix;
  readonly place: Place;
}

export const emptyState: DeskState = {
  mix: { profile: [], disliked: [], never: [], channels: [], paper: null, slot: "A", spare: null },
  place: { view: "desk", inspected: null, query: "", order: "confidence" },
};

export const restingPaperKnob: PaperKnob = { tag: null, strength: 0.3, neurons: 1, mapping: "characterises" };

/** A name that only this target has. */
export function keyOf(target: Target): string {
  switch (target.kind) {
    case "tag": return `tag:${target.tag}`;
    case "concept": return `concept:${target.concept}`;
    case "neuron": return `neuron:${target.neuron}`;
  }
}

/** The channel of a target, at rest when it was not touched. */
export function channelOf(mix: Mix, target: Target): Channel {
  const key = keyOf(target);
  return mix.channels.find((channel) => keyOf(channel.target) === key)
    ?? { target, strength: 0, muted: false, solo: false };
}

export function isAtRest({ strength, muted, solo }: Channel): boolean {
  return strength === 0 && !muted && !solo;
}

/** Σα of the neurons that are turned up: the share of the activation that they move, at most 1. */
export function movedShare(channels: readonly Channel[]): number {
  const sum = channels.reduce((total, { target, strength, muted }) =>
    total + (muted || target.kind !== "neuron" ? 0 : Math.max(0, strength)), 0);
  return hundredths(sum);
}

/** Puts a channel on the desk, at rest. */
export function addChannel(mix: Mix, target: Target): Mix {
  return mix.channels.some((channel) => keyOf(channel.target) === keyOf(target))
    ? mix : { ...mix, channels: [...mix.channels, channelOf(mix, target)] };
}

export function removeChannel(mix: Mix, target: Target): Mix {
  return { ...mix, channels: mix.channels.filter((channel) => keyOf(channel.target) !== keyOf(target)) };
}

/**
 * Turns one channel, and puts it on the desk if it was not there. A neuron's strength stops where nothing is left to
 * move: positive strengths add up to at most 1. Positions of tags and concepts share nothing.
 */
export function setChannel(mix: Mix, target: Target, change: Partial<Omit<Channel, "target">>): Mix {
  const key = keyOf(target);
  const old = channelOf(mix, target);
  const others = mix.channels.filter((channel) => keyOf(channel.target) !== key);
  const next = { ...old, ...change };
  const most = next.muted || target.kind !== "neuron" ? 1 : hundredths(1 - movedShare(others));
  const channel: Channel = { ...next, strength: Math.max(-1, Math.min(hundredths(next.strength), most)) };
  const same = channel.strength === old.strength && channel.muted === old.muted && channel.solo === old.solo;
  if (same) return mix;
  const known = others.length < mix.channels.length;
  return {
    ...mix,
    channels: known ? mix.channels.map((each) => (keyOf(each.target) === key ? channel : each)) : [...others, channel],
  };
}

/** All channels at rest, and still on the desk. The paper's knob goes to 0. */
export function resetMix(mix: Mix): Mix {
  const channels = mix.channels.map(({ target }): Channel => ({ target, strength: 0, muted: false, solo: false }));
  return { ...mix, channels, paper: mix.paper && { ...mix.paper, strength: 0 } };
}

/** What is liked is neither disliked nor left out. */
export function addItem(mix: Mix, id: string): Mix {
  if (mix.profile.includes(id)) return mix;
  return { ...mix, profile: [...mix.profile, id], disliked: without(mix.disliked, id), never: without(mix.never, id) };
}

export function removeItem(mix: Mix, id: string): Mix {
  return { ...mix, profile: without(mix.profile, id) };
}

/** The same list where the id is not in it. */
export function without(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : ids;
}

/** Strengths are kept to hundredths, so that an address holds them exactly; −0 becomes 0. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
