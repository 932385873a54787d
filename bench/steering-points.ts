/** Steering curves beside those of a reference: point by point on the same data, or only their shapes. */
import { readFile } from "node:fs/promises";
import type { SteeringPoint } from "./steering-curves.js";

/** A point of a curve as reference files have it. */
export interface ReferencePoint {
  sae: string;
  mapping: string;
  top_n: number;
  alpha: number;
  recall20_personal: number;
  ndcg20_personal: number;
  recall20_segment: number;
  ndcg20_segment: number;
}

const MAPPINGS = { "best characterizes": "characterises", "most unique": "unique" } as const;

export async function readPoints(file: string | undefined): Promise<ReferencePoint[]> {
  return file === undefined ? [] : (JSON.parse(await readFile(file, "utf8")) as { rows: ReferencePoint[] }).rows;
}

export function rowOf(sae: string, { mapping, neurons, strength, personal, segment }: SteeringPoint): ReferencePoint {
  return {
    sae, mapping: mapping === "unique" ? "most unique" : "best characterizes", top_n: neurons, alpha: strength,
    recall20_personal: personal.recall.mean, ndcg20_personal: personal.ndcg.mean,
    recall20_segment: segment.recall.mean, ndcg20_segment: segment.ndcg.mean,
  };
}

/** Every point, beside the reference's where it has one. */
export function printPoints(points: readonly SteeringPoint[], reference: readonly ReferencePoint[]): void {
  let [within, worst] = [0, 0];
  for (const point of points) {
    const { personal, segment } = point;
    const theirs = samePoint(point, reference);
    const estimates = [personal.recall, personal.ndcg, segment.recall, segment.ndcg];
    const values = theirs &&
      [theirs.recall20_personal, theirs.ndcg20_personal, theirs.recall20_segment, theirs.ndcg20_segment];
    const distances = values ? estimates.map(({ mean, se }, i) => Math.abs(mean - values[i]) / se) : [];
    worst = Math.max(worst, ...distances);
    if (values && Math.max(...distances) <= 2) within++;
    console.log(
      `${point.mapping.padEnd(12)} top-${String(point.neurons).padEnd(2)} α ${point.strength.toFixed(1)} ` +
      estimates.map(({ mean, se }, i) => ` ${mean.toFixed(4)} ± ${se.toFixed(4)}` +
        (values ? ` | ${values[i].toFixed(4)} (${distances[i].toFixed(1)} se)` : "")).join(" "),
    );
  }
  console.log("(recall and nDCG of the user's own items, then of the segment)");
  if (reference.length > 0) {
    console.log(`${within} of ${reference.length} points within 2 standard errors in all four figures, ` +
      `the furthest ${worst.toFixed(1)}`);
  }
}

function samePoint(
  { mapping, neurons, strength }: SteeringPoint, reference: readonly ReferencePoint[],
): ReferencePoint | undefined {
  return reference.find((theirs) => MAPPINGS[theirs.mapping as keyof typeof MAPPINGS] === mapping &&
    theirs.top_n === neurons && Math.abs(theirs.alpha - strength) < 1e-9);
}

/** Do curves on other data rise and fall alike? Correlations over α of each curve, and over all curves together. */
export function compareShapes(points: readonly SteeringPoint[], elsewhere: readonly ReferencePoint[]): void {
  const pairs = points.flatMap((ours) => {
    const theirs = samePoint(ours, elsewhere);
    return theirs ? [{ ours, theirs }] : [];
  });
  const curves = new Map<string, typeof pairs>();
  for (const pair of pairs) {
    const name = `${pair.ours.mapping} top-${pair.ours.neurons}`;
    curves.set(name, [...curves.get(name) ?? [], pair]);
  }
  const alike = (of: typeof pairs): string => {
    const segment = pearson(
      of.map(({ ours }) => ours.segment.ndcg.mean), of.map(({ theirs }) => theirs.ndcg20_segment),
    );
    const personal =
      pearson(of.map(({ ours }) => ours.personal.ndcg.mean), of.map(({ theirs }) => theirs.ndcg20_personal));
    return `segment r = ${segment.toFixed(3)}, personal r = ${personal.toFixed(3)}`;
  };
  console.log("shape against the reference's (Pearson's r over the points, nDCG@20)");
  for (const [name, of] of curves) console.log(`  ${name.padEnd(20)} ${alike(of)}`);
  console.log(`  ${"all together".padEnd(20)} ${alike(pairs)}`);
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const [dx, dy] = [x.map((value) => value - mx), y.map((value) => value - my)];
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  return dot(dx, dy) / Math.sqrt(dot(dx, dx) * dot(dy, dy));
}
