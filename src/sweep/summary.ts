/**
 * Results of a sweep, runs that differ in nothing but their seed put together. Each figure has two standard errors:
 * over users (how well one model's mean is known; the mean of the seeds' errors), and over seeds (how much training
 * again changes it).
 */
import { estimate, type Estimate } from "../evaluate/metrics.js";
import type { CfaeResult, SweepResult } from "./results.js";

/** A figure over seeds, with both its errors. */
export interface Figure {
  /** Mean over seeds. */
  readonly mean: number;
  /** Standard error over users, NaN for figures that have none. */
  readonly seUsers: number;
  /** Standard error over seeds, NaN for one seed. */
  readonly seSeeds: number;
}

/** The runs of one setting, over its seeds. */
export interface Summary {
  readonly title: string;
  readonly kind: SweepResult["kind"];
  readonly seeds: readonly number[];
  readonly ndcg: Figure;
  readonly recall: Figure;
  readonly validationNdcg: Figure;
  /** SAEs only. */
  readonly retention: Figure | null;
  readonly cosine: Figure | null;
  readonly l0: Figure | null;
  /** Share of the neurons that fired for no test user. */
  readonly dead: Figure | null;
  /** SAEs on data with tags: best neuron over best principal axis; a test user's activation on proven concepts. */
  readonly meaning: Figure | null;
  readonly proven: Figure | null;
}

/**
 * The results by setting, seeds averaged.
 *
 * @param results of one split.
 */
export function summarise(results: readonly SweepResult[]): Summary[] {
  const cfaes = new Map(results.flatMap((one) => (one.kind === "cfae" ? [[one.run, one] as const] : [])));
  const groups = new Map<string, SweepResult[]>();
  for (const one of results) {
    const key = JSON.stringify([one.kind, one.title, settingsOf(one, cfaes)]);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  const all = Array.from(groups.values());
  return all.map((runs) => summaryOf(runs, titleAmong(runs[0], all.map(([first]) => first), cfaes)));
}

function summaryOf(runs: readonly SweepResult[], title: string): Summary {
  const figure = (of: (one: SweepResult) => Estimate): Figure => figureOf(runs.map(of));
  const saes = runs.flatMap((one) => (one.kind === "sae" ? [one] : []));
  const measured = saes.flatMap(({ meaning }) => (meaning ? [meaning] : []));
  const plain = (values: number[]): Figure => figureOf(values.map((mean) => ({ mean, se: NaN, n: 1 })));
  const only = (make: () => Figure): Figure | null => (saes.length > 0 ? make() : null);
  return {
    title, kind: runs[0].kind, seeds: runs.map(({ seed }) => seed),
    ndcg: figure(({ test }) => test.ndcg), recall: figure(({ test }) => test.recall),
    validationNdcg: figure(({ validation }) => validation.ndcg),
    retention: only(() => figureOf(saes.map(({ retention, change, plain: { ndcg } }) =>
      ({ mean: retention.ndcg, se: change.ndcg.se / ndcg.mean, n: 1 })))),
    cosine: only(() => figureOf(saes.map(({ cosine }) => cosine))),
    l0: only(() => figureOf(saes.map(({ l0 }) => l0))),
    dead: only(() => plain(saes.map(({ dead, neurons }) => dead / neurons))),
    meaning: measured.length > 0 ? plain(measured.map(({ neuron, axis }) => neuron / axis)) : null,
    proven: measured.length > 0 ? plain(measured.map(({ conceptShare }) => conceptShare)) : null,
  };
}

function figureOf(estimates: readonly Estimate[]): Figure {
  const { mean, se } = estimate(estimates.map((one) => one.mean));
  return { mean, seUsers: estimate(estimates.map((one) => one.se ?? NaN)).mean, seSeeds: se };
}

type Settings = Readonly<Record<string, unknown>>;

/** All settings that shaped a run, the recommender's before the SAE's. */
function settingsOf(one: SweepResult, cfaes: ReadonlyMap<string, CfaeResult>): Settings {
  if (one.kind === "baseline") return {};
  if (one.kind === "cfae") return one.settings;
  const under = Object.entries(cfaes.get(one.cfae)?.settings ?? {}).map(([key, value]) => [`cfae.${key}`, value]);
  return { ...Object.fromEntries(under) as Settings, ...one.settings };
}

/** The title, with the settings that tell it from others of the same title. */
function titleAmong(
  one: SweepResult, others: readonly SweepResult[], cfaes: ReadonlyMap<string, CfaeResult>,
): string {
  const settings = settingsOf(one, cfaes);
  const same = others.filter(({ title, kind }) => title === one.title && kind === one.kind)
    .map((other) => settingsOf(other, cfaes));
  const telling = Object.keys(settings).filter((key) =>
    same.some((other) => JSON.stringify(other[key]) !== JSON.stringify(settings[key])));
  return [one.title, ...telling.map((key) => `${key}=${String(settings[key])}`)].join(" ");
}
