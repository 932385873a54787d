/**
 * Mixes that every model has, made of the themes of a taste: its strongest one up, its strongest ones down, its
 * faintest up. They set faders that a person sees and can go on turning, and nothing else. Pure.
 */
import type { Channel, Setting } from "../../state/state.js";
import type { Strip } from "../../state/strips.js";

export const builtInNames = ["closer", "away", "faint"] as const;
export type BuiltInName = (typeof builtInNames)[number];

export interface BuiltInMix {
  readonly name: BuiltInName;
  /** What is turned, as it is called on its strip. */
  readonly themes: readonly string[];
  readonly setting: Setting;
}

/** Positions of calibrated knobs: the share of the list that changes, or of the theme's titles that leave it. */
const [UP, GENTLY, DOWN] = [0.4, 0.25, -0.6];
/** A mix that turns several themes needs others that stay. */
const LEAST = 4;

/** @param strips of the taste, strongest first; those that a person added do not count */
export function builtInMixes(strips: readonly Strip[]): BuiltInMix[] {
  const own = strips.filter(({ added, channel: { target } }) => !added && target.kind === "concept");
  if (own.length === 0) return [];
  const mix = (name: BuiltInName, turned: readonly Strip[], strength: number): BuiltInMix => ({
    name, themes: turned.map((strip) => strip.name), setting: {
      paper: null,
      channels: turned.map(({ channel: { target } }): Channel => ({ target, strength, muted: false, solo: false })),
    },
  });
  return [
    mix("closer", own.slice(0, 1), UP),
    ...(own.length < LEAST ? [] : [mix("away", own.slice(0, 2), DOWN), mix("faint", own.slice(-2), GENTLY)]),
  ];
}
