/**
 * What the desk asks of the session: its channels, or the paper's knob, as knob requests (session/session-types.ts).
 */
import type { KnobRequest } from "../../session/session-types.js";
import type { Mix, Target } from "./state.js";

/** Channels at rest ask for nothing. A solo channel may also be turned up: then it is both. */
export function knobRequests({ channels, paper }: Mix): KnobRequest[] {
  if (paper) {
    const { tag, strength, neurons, mapping } = paper;
    return tag === null || strength === 0 ? [] : [{ tag, strength, neurons, mapping }];
  }
  return channels.flatMap(({ target, strength, muted, solo }): KnobRequest[] => {
    const named = nameOf(target);
    if (muted) return [{ ...named, strength: -1 }];
    return [
      ...(strength === 0 ? [] : [{ ...named, strength }]),
      ...(solo ? [{ ...named, strength: 1, only: true }] : []),
    ];
  });
}

function nameOf(target: Target): { tag: string } | { neuron: number } {
  return target.kind === "tag" ? { tag: target.tag } : { neuron: target.neuron };
}
