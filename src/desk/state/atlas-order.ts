/** Which neurons the atlas lists, and in which order. Pure. */
import { folded } from "../../base/folded.js";
import type { AtlasNeuron } from "../../session/session-types.js";
import type { AtlasOrder } from "./state.js";

/** Neurons whose name, runner-up or number has the text, in order; unnamed and dead ones are last. */
export function atlasRows(neurons: readonly AtlasNeuron[], query: string, order: AtlasOrder): AtlasNeuron[] {
  const wanted = folded(query.trim());
  return neurons.filter((neuron) => wanted === "" || matches(neuron, wanted)).sort((a, b) =>
    (order === "number" ? 0 : rank(a) - rank(b)) || compare(a, b, order) || a.neuron - b.neuron);
}

function matches({ neuron, label, runnerUp }: AtlasNeuron, wanted: string): boolean {
  return String(neuron) === wanted.replace(/^#/, "") ||
    [label, runnerUp].some((name) => folded(name ?? "").includes(wanted));
}

/** 0 named, 1 unnamed, 2 dead. */
function rank({ label, alive }: AtlasNeuron): number {
  return !alive ? 2 : label === null ? 1 : 0;
}

function compare(a: AtlasNeuron, b: AtlasNeuron, order: AtlasOrder): number {
  switch (order) {
    case "confidence": return (b.confidence ?? -2) - (a.confidence ?? -2);
    case "density": return b.density - a.density;
    case "label": return (a.label ?? "").localeCompare(b.label ?? "");
    case "number": return 0;
  }
}
