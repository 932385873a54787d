/**
 * What the desk asks of the session: its channels, or the paper's knob, as knob requests (session/session-types.ts).
 */
import type { KnobRequest } from "../../session/session-types.js";
import type { Mix, Target } from "./state.js";

/**
 * Channels at rest ask for nothing; tags and concepts are turned by position, neurons by strength. A solo channel may
 * also be turned up: then it is both.
 */
export function knobRequests({ channels, paper }: Mix): KnobRequest[] {
  if (paper) {
    const { tag, strength, neurons, mapping } = paper;
    return tag === null || strength === 0 ? [] : [{ tag, strength, neurons, mapping }];
  }
  // Beside a solo channel the others do nothing, whatever they are set to.
  const alone = channels.some(({ solo, muted }) => solo && !muted);
  const heard = channels.filter(({ solo, muted }) => !alone || (solo && !muted));
  return heard.flatMap(({ target, strength, muted, solo }): KnobRequest[] => {
    const named = nameOf(target);
    const turned = (value: number): KnobRequest =>
      target.kind === "neuron" ? { ...named, strength: value } : { ...named, turn: value };
    if (muted) return [turned(-1)];
    return [
      ...(strength === 0 ? [] : [turned(strength)]),
      ...(solo ? [{ ...named, strength: 1, only: true }] : []),
    ];
  });
}

function nameOf(target: Target): { tag: string } | { concept: string } | { neuron: number } {
  switch (target.kind) {
    case "tag": return { tag: target.tag };
    case "concept": return { concept: target.concept };
    case "neuron": return { neuron: target.neuron };
  }
}
