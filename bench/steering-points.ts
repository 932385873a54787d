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
  /** Standard errors over the test users, of the four in this order; a reference has none. */
  errors?: number[];
}

const FIGURES = ["recall20_personal", "ndcg20_personal", "recall20_segment", "ndcg20_segment"] as const;

const MAPPINGS = { "best characterizes": "characterises", "most unique": "unique" } as const;

export async function readPoints(file: string | undefined): Promise<ReferencePoint[]> {
  return file === undefined ? [] : (JSON.parse(await readFile(file, "utf8")) as { rows: ReferencePoint[] }).rows;
}

export function rowOf(sae: string, { mapping, neurons, strength, personal, segment }: SteeringPoint): ReferencePoint {
  return {
    sae, mapping: mapping === "unique" ? "most unique" : "best characterizes", top_n: neurons, alpha: strength,
    recall20_personal: personal.recall.mean, ndcg20_personal: personal.ndcg.mean,
    recall20_segment: segment.recall.mean, ndcg20_segment: segment.ndcg.mean,
    errors: [personal.recall.se, personal.ndcg.se, segment.recall.se, segment.ndcg.se],
  };
}

/** 97.5 % quantiles of Student's t for two sides of 2 … 6 seeds. */
const QUANTILES: Readonly<Record<number, number>> = { 2: 4.303, 3: 2.776, 4: 2.447, 5: 2.306, 6: 2.228 };

/**
 * Seeds of both sides against each other, as bench/steering-seeds.ts says.
 * @param ours, theirs points of each seed. @param reference one run of the authors' code; may be empty.
 */
export function compareSeeds(
  ours: readonly ReferencePoint[][], theirs: readonly ReferencePoint[][], reference: readonly ReferencePoint[],
): void {
  const wanted = theirs[0].flatMap((point) => {
    const [mine, own] = [ours, theirs].map((side) => side.map((run) => run.find((one) => same(one, point))));
    return mine.every((one) => one !== undefined) && own.every((one) => one !== undefined)
      ? [{ point, mine, own, published: reference.find((one) => same(one, point)) }] : [];
  });
  const n = ours.length;
  const variance = (values: readonly number[]): number => {
    const mean = average(values);
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  };
  const rows = wanted.map(({ point, mine, own, published }) => {
    const cells = FIGURES.map((figure, f) => {
      const [our, their] = [mine, own].map((side) => side.map((one) => one[figure]));
      const users = average(mine.map((one) => one.errors![f]));
      const [so, st] = [variance(our), variance(their)];
      const gap = average(our) - average(their);
      return {
        our: average(our), their: average(their), gap, seeds: (so + st) / n,
        distance: Math.abs(gap) / Math.sqrt((so + st) / n + users ** 2),
        published: published ? Math.abs(average(our) - published[figure]) / Math.sqrt(so / n + st + users ** 2) : NaN,
      };
    });
    return { point, cells };
  });
  const pooled = (alpha: number, f: number): number =>
    average(rows.filter(({ point }) => Math.abs(point.alpha - alpha) < 1e-9).map(({ cells }) => cells[f].seeds));
  let [within, bySeeds, asPublished, compared] = [0, 0, 0, 0];
  for (const { point, cells } of rows) {
    const t = cells.map(({ gap }, f) => Math.abs(gap) / Math.sqrt(pooled(point.alpha, f)));
    within += Number(cells.every(({ distance }) => distance <= 2));
    bySeeds += Number(t.every((value) => value <= QUANTILES[n]));
    if (cells.every(({ published }) => !Number.isNaN(published))) {
      compared++;
      asPublished += Number(cells.every(({ published }) => published <= 2));
    }
    console.log(`${point.sae.slice(0, 22).padEnd(22)} ${point.mapping.padEnd(18)} ${String(point.top_n).padStart(2)} ` +
      `α ${point.alpha.toFixed(1)} ` + cells.map(({ our, their, distance, published }, f) =>
      ` ${our.toFixed(4)} | ${their.toFixed(4)} (${distance.toFixed(1)}, seeds ${t[f].toFixed(1)}, ` +
      `published ${published.toFixed(1)})`).join(" "));
  }
  console.log(`(ours | theirs, means of ${n} seeds: recall and nDCG of the user's own items, then of the segment)`);
  console.log(`${within} of ${rows.length} points within 2 errors of seeds and users in all four figures`);
  console.log(`${bySeeds} of ${rows.length} points within t ${QUANTILES[n]} of seeds alone, variances pooled`);
  if (compared > 0) console.log(`${asPublished} of ${compared} points of the reference within 2 errors of our mean`);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function same(a: ReferencePoint, b: ReferencePoint): boolean {
  return a.sae === b.sae && a.mapping === b.mapping && a.top_n === b.top_n && Math.abs(a.alpha - b.alpha) < 1e-9;
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
