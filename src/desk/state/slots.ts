/**
 * Two settings of the knobs, A and B, to go to and fro between: one is on the desk, the other waits. And what is held
 * up against the list while a person compares: the other slot, or nothing turned where there is no other. Pure.
 */
import { resetMix, type Mix, type Setting } from "./state.js";

/** Goes to a slot; one that was never used begins as a copy. */
export function toSlot(mix: Mix, slot: Mix["slot"]): Mix {
  if (slot === mix.slot) return mix;
  const { channels, paper } = mix;
  return { ...mix, ...(mix.spare ?? {}), slot, spare: { channels, paper } };
}

/** The same taste under another setting; the slot is the one on the desk. */
export function withSetting(mix: Mix, { channels, paper }: Setting): Mix {
  return { ...mix, channels, paper };
}

/** What the list is compared with, and its name: null for nothing turned. */
export function comparedWith(mix: Mix): { readonly mix: Mix; readonly slot: Mix["slot"] | null } {
  return mix.spare === null ? { mix: resetMix(mix), slot: null }
    : { mix: withSetting(mix, mix.spare), slot: mix.slot === "A" ? "B" : "A" };
}
