/**
 * All living neurons on a plane: two principal components of their decoder rows. So much is lost on the way to two
 * dimensions that lying close says little: true neighbours are on a neuron's card. Larger points fire for more items,
 * darker ones are surer of their names. A pointer chooses the nearest point within reach; with the focus on the map,
 * arrows go to the nearest point that way and Enter chooses it (ARIA: a listbox).
 */
import type { AtlasNeuron } from "../../session/session-types.js";
import { setAttributes, svg } from "../widgets/element.js";
import { neuronName } from "../state/strips.js";
import { words } from "../words/words.js";

const MARGIN = 26;
/** A character's width and a line's height in the map's type. */
const [CHARACTER, LINE] = [6.4, 15];
/** Share of the points that may lie outside the frame's natural range and are drawn at its edge. */
const OUTLIERS = 0.005;
/** A pointer this close to a point means it: targets of 24 pixels, of 44 under fingers. */
const [REACH, REACH_TOUCH] = [12, 22];

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

/** The point that a pointer at (x, y) means; null when none is within reach of it. */
export function nearestPoint(points: readonly Point[], x: number, y: number, reach: number): Point | null {
  let [nearest, least]: [Point | null, number] = [null, Infinity];
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance < least && distance <= Math.max(reach, point.radius)) [nearest, least] = [point, distance];
  }
  return nearest;
}

/**
 * Where an arrow leads: the nearest point that lies that way rather than sideways; null at the edge.
 * @param dx −1, 0, 1, with y downwards
 */
export function pointTowards(points: readonly Point[], from: Point, dx: number, dy: number): Point | null {
  let [nearest, least]: [Point | null, number] = [null, Infinity];
  for (const point of points) {
    const [x, y] = [point.x - from.x, point.y - from.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || aside > along) continue;
    const distance = along + 2 * aside;
    if (distance < least) [nearest, least] = [point, distance];
  }
  return nearest;
}

/** @param surest the highest confidence of all: fully dark */
function circleOf({ entry: { neuron, label, confidence }, x, y, radius }: Point, surest: number): SVGCircleElement {
  const opacity = label === null ? 0.15 : 0.18 + 0.77 * Math.max(0, confidence ?? 0) / surest;
  return svg("circle", {
    cx: x.toFixed(1), cy: y.toFixed(1), r: radius.toFixed(1), "fill-opacity": opacity.toFixed(2),
    class: label === null ? "unnamed" : "named", "data-neuron": neuron, id: `point-${neuron}`, role: "option",
  }, svg("title", {}, `${neuronName(neuron, label)} (${neuron})`));
}

export class AtlasMap {
  readonly node = svg("svg", { class: "map", role: "listbox", tabindex: 0 });
  private neurons: readonly AtlasNeuron[] = [];
  private points: readonly Point[] = [];
  private circles = new Map<number, SVGCircleElement>();
  private found: ReadonlySet<number> | null = null;
  private chosen: number | null = null;
  /** Where the keys are. */
  private active: Point | null = null;

  constructor(private readonly choose: (neuron: number) => void) {
    const under = ({ clientX, clientY, pointerType }: MouseEvent & { pointerType?: string }): Point | null => {
      const { left, top } = this.node.getBoundingClientRect();
      return nearestPoint(this.points, clientX - left, clientY - top, pointerType === "mouse" ? REACH : REACH_TOUCH);
    };
    this.node.addEventListener("click", (event) => {
      const point = under(event);
      if (point) this.goTo(point, true);
    });
    this.node.addEventListener("pointermove", (event) => {
      const near = under(event);
      for (const point of this.points) this.circleAt(point).classList.toggle("near", point === near);
      this.node.classList.toggle("pointing", near !== null);
    });
    this.node.addEventListener("keydown", (event) => this.key(event));
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
      setAttributes(circle, { "aria-selected": String(neuron === chosen) });
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.points.length === 0) return;
    const [dx, dy] = ({
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    } as Record<string, [number, number] | undefined>)[event.key] ?? [0, 0];
    const from = this.active ?? this.points.find(({ entry }) => entry.neuron === this.chosen) ?? this.surest();
    if (dx !== 0 || dy !== 0) {
      const next = this.active ? pointTowards(this.points, from, dx, dy) : from;
      if (next) this.goTo(next, false);
    } else if (event.key === "Enter" || event.key === " ") this.goTo(from, true);
    else return;
    event.preventDefault();
  }

  private goTo(point: Point, chooses: boolean): void {
    if (this.active) this.circleAt(this.active).classList.remove("active");
    this.active = point;
    this.circleAt(point).classList.add("active");
    setAttributes(this.node, { "aria-activedescendant": `point-${point.entry.neuron}` });
    if (chooses) this.choose(point.entry.neuron);
  }

  private surest(): Point {
    return this.points.reduce((best, point) =>
      ((point.entry.confidence ?? -1) > (best.entry.confidence ?? -1) ? point : best));
  }

  private circleAt({ entry }: Point): SVGCircleElement {
    return this.circles.get(entry.neuron)!;
  }

  private draw(): void {
    const { width, height } = this.node.getBoundingClientRect();
    if (width === 0) return;
    const points = placePoints(this.neurons, width, height);
    const surest = Math.max(...points.map(({ entry }) => entry.confidence ?? 0), 0.1);
    setAttributes(this.node, {
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      "aria-label": words.atlas.map(points.length),
    });
    this.points = points;
    this.circles = new Map(points.map((point) => [point.entry.neuron, circleOf(point, surest)]));
    const names = chooseNames(points, width).map(({ entry: { label }, x, y, radius }) =>
      svg("text", { x: (x + radius + 3).toFixed(1), y: (y + 4).toFixed(1), "aria-hidden": "true" }, label));
    this.node.replaceChildren(...this.circles.values(), ...names);
    const { active } = this;
    this.active = null;
    const again = points.find(({ entry }) => entry.neuron === active?.entry.neuron);
    if (again) this.goTo(again, false);
    this.mark(this.found, this.chosen);
  }
}
