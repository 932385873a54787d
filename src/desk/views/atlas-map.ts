/**
 * All living neurons on a plane: two principal components of their decoder rows. So much is lost on the way to two
 * dimensions that lying close says little: true neighbours are on a neuron's card. Larger points fire for more items,
 * darker ones are surer of their names. The table beside it says the same in words, so the map is one picture to a
 * screen reader.
 */
import type { AtlasNeuron } from "../../session/session-types.js";
import { setAttributes, svg } from "../widgets/element.js";
import { neuronName } from "../state/strips.js";

const MARGIN = 26;
/** A character's width and a line's height in the map's type. */
const [CHARACTER, LINE] = [6.4, 15];
/** Share of the points that may lie outside the frame's natural range and are drawn at its edge. */
const OUTLIERS = 0.005;

export interface Point {
  readonly entry: AtlasNeuron;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Where each living neuron lies in a frame of this size. */
export function placePoints(neurons: readonly AtlasNeuron[], width: number, height: number): Point[] {
  const living = neurons.filter(({ alive }) => alive);
  const across = scaleOf(living.map(({ x }) => x), MARGIN, width - MARGIN);
  const down = scaleOf(living.map(({ y }) => y), height - MARGIN, MARGIN);
  return living.map((entry) => ({
    entry, x: across(entry.x), y: down(entry.y), radius: 2 + 9 * Math.sqrt(Math.min(entry.density, 0.4)),
  }));
}

/** The points that get their name written: the surest first, each where it covers no other name. */
export function chooseNames(points: readonly Point[], width: number): Point[] {
  const taken: { left: number; right: number; y: number }[] = [];
  const named = new Set<string>();
  return points.filter(({ entry }) => entry.label !== null)
    .sort((a, b) => b.entry.confidence! - a.entry.confidence! || a.entry.neuron - b.entry.neuron)
    .filter(({ entry, x, y, radius }) => {
      const left = x + radius + 3;
      const right = left + CHARACTER * entry.label!.length;
      const free = right < width && !named.has(entry.label!) &&
        taken.every((other) => right < other.left || left > other.right || Math.abs(y - other.y) > LINE);
      if (!free) return false;
      taken.push({ left: x - radius, right, y });
      named.add(entry.label!);
      return true;
    });
}

function scaleOf(values: readonly number[], from: number, to: number): (value: number) => number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(OUTLIERS), at(1 - OUTLIERS)];
  return (value) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return from + Math.max(0, Math.min(1, share)) * (to - from);
  };
}

/** @param surest the highest confidence of all: fully dark */
function circleOf({ entry: { neuron, label, confidence }, x, y, radius }: Point, surest: number): SVGCircleElement {
  const opacity = label === null ? 0.15 : 0.18 + 0.77 * Math.max(0, confidence ?? 0) / surest;
  return svg("circle", {
    cx: x.toFixed(1), cy: y.toFixed(1), r: radius.toFixed(1), "fill-opacity": opacity.toFixed(2),
    class: label === null ? "unnamed" : "named", "data-neuron": neuron,
  }, svg("title", {}, `${neuronName(neuron, label)} (${neuron})`));
}

export class AtlasMap {
  readonly node = svg("svg", { class: "map", role: "img" });
  private neurons: readonly AtlasNeuron[] = [];
  private circles = new Map<number, SVGCircleElement>();
  private found: ReadonlySet<number> | null = null;
  private chosen: number | null = null;

  constructor(choose: (neuron: number) => void) {
    this.node.addEventListener("click", (event) => {
      const neuron = (event.target as Element).getAttribute("data-neuron");
      if (neuron !== null) choose(Number(neuron));
    });
    new ResizeObserver(() => this.draw()).observe(this.node);
  }

  show(neurons: readonly AtlasNeuron[]): void {
    this.neurons = neurons;
    this.draw();
  }

  /** Fades all but the neurons found; null: nothing is searched for. */
  mark(found: ReadonlySet<number> | null, chosen: number | null): void {
    this.found = found;
    this.chosen = chosen;
    for (const [neuron, circle] of this.circles) {
      circle.classList.toggle("faded", found !== null && !found.has(neuron));
      circle.classList.toggle("chosen", neuron === chosen);
    }
  }

  private draw(): void {
    const { width, height } = this.node.getBoundingClientRect();
    if (width === 0) return;
    const points = placePoints(this.neurons, width, height);
    const surest = Math.max(...points.map(({ entry }) => entry.confidence ?? 0), 0.1);
    setAttributes(this.node, {
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      "aria-label": `Map of ${points.length} living neurons; the table lists them`,
    });
    this.circles = new Map(points.map((point) => [point.entry.neuron, circleOf(point, surest)]));
    const names = chooseNames(points, width).map(({ entry: { label }, x, y, radius }) =>
      svg("text", { x: (x + radius + 3).toFixed(1), y: (y + 4).toFixed(1) }, label));
    this.node.replaceChildren(...this.circles.values(), ...names);
    this.mark(this.found, this.chosen);
  }
}
