/**
 * The paper's findings on a sweep's own results, each with its numbers and whether it holds. Retention is nDCG@20 with
 * the SAE over nDCG@20 without. Differences are taken between runs alike in everything else, the seed included; the
 * standard error is over these pairs, which share recommenders and are not independent.
 *
 *   holds           the mean difference is positive and larger than its standard error (with one pair: positive)
 *   does not hold   it is negative and larger than that
 *   not clear       it is smaller
 *   no runs         nothing to compare
 */
import { estimate, type Estimate } from "../evaluate/metrics.js";
import { ease } from "../models/recommenders/ease.js";
import { elsa } from "../models/recommenders/elsa.js";
import { multvae } from "../models/recommenders/mult-records.js";
import { basic } from "../models/sae/basic-sae.js";
import { saeKinds } from "../models/sae/registry.js";
import { topK } from "../models/sae/topk-sae.js";
import type { CfaeResult, SaeResult, SweepResult } from "./results.js";

/** What the runs say about a claim. */
export type Verdict = "holds" | "does not hold" | "not clear" | "no runs";

/** One of the paper's claims, held against the runs. */
export interface Finding {
  readonly claim: string;
  readonly verdict: Verdict;
  /** Of the pairs' differences; positive speaks for the claim. */
  readonly difference: Estimate | null;
  /** In words. */
  readonly numbers: string;
}

/**
 * The paper's claims against these runs, each with its verdict.
 *
 * @param results of one split.
 */
export function findings(results: readonly SweepResult[]): Finding[] {
  const saes = results.filter((one) => one.kind === "sae");
  return [
    topkVersusBasic(saes), cosineVersusL2(saes), moreNeurons(saes), multVaeIsHarder(saes), elsaVersusEase(results),
  ];
}

/** Each Basic SAE against the line through the TopK SAEs of the same recommender and width, over ln L0. */
function topkVersusBasic(saes: readonly SaeResult[]): Finding {
  const claim = "TopK keeps accuracy better than Basic at equal L0";
  const alike = (one: SaeResult): string =>
    JSON.stringify([one.cfae, one.neurons, one.settings.loss, one.settings.target, one.seed]);
  const topks = groupBy(saes.filter(({ settings }) => settings.kind === topK.name), alike);
  const differences: number[] = [];
  const seen: number[] = [];
  const basics = saes.filter(({ settings }) => settings.kind === basic.name);
  for (const basic of basics) {
    const line = (topks.get(alike(basic)) ?? []).sort((a, b) => a.l0.mean - b.l0.mean);
    const after = line.findIndex(({ l0 }) => l0.mean >= basic.l0.mean);
    if (after < 0 || line[0].l0.mean > basic.l0.mean) continue;
    const [a, b] = [line[Math.max(0, after - 1)], line[after]];
    const [from, to] = [Math.log(a.l0.mean), Math.log(b.l0.mean)];
    const share = to > from ? (Math.log(basic.l0.mean) - from) / (to - from) : 0;
    const topk = a.retention.ndcg + share * (b.retention.ndcg - a.retention.ndcg);
    differences.push(topk - basic.retention.ndcg);
    seen.push(basic.l0.mean);
  }
  if (differences.length === 0 && basics.length > 0 && topks.size > 0) {
    const range = `${Math.min(...basics.map(({ l0 }) => l0.mean)).toFixed(0)}–` +
      Math.max(...basics.map(({ l0 }) => l0.mean)).toFixed(0);
    return { ...judged(claim, [], ""), numbers: `no Basic SAE is as sparse as a TopK one: its L0 is ${range}` };
  }
  const l0 = seen.length > 0 ? `, L0 ${Math.min(...seen).toFixed(0)}–${Math.max(...seen).toFixed(0)}` : "";
  return judged(claim, differences, `Basic SAEs between TopK ones${l0}`);
}

function cosineVersusL2(saes: readonly SaeResult[]): Finding {
  const onElsa = saes.filter(({ model, settings }) => model === elsa.name && keepsK(settings));
  const differences = Array.from(groupBy(onElsa, (one) => but(one, "loss")).values()).flatMap((pair) => {
    const [cosine, l2] = ["cosine", "l2"].map((loss) => pair.find(({ settings }) => settings.loss === loss));
    return cosine && l2 ? [cosine.retention.ndcg - l2.retention.ndcg] : [];
  });
  return judged("Cosine keeps accuracy better than L2 for ELSA", differences, "pairs");
}

function moreNeurons(saes: readonly SaeResult[]): Finding {
  const sparse = saes.filter(({ settings }) => keepsK(settings));
  const kOf = ({ settings }: SaeResult): number => settings.k as number;
  const differences = Array.from(groupBy(sparse, (one) => but(one, "k")).values()).flatMap((runs) => {
    const sorted = runs.sort((a, b) => kOf(a) - kOf(b));
    return sorted.slice(1).map((one, i) => one.retention.ndcg - sorted[i].retention.ndcg);
  });
  return judged("Retention grows with k", differences, "steps from one k to the next");
}

/** The same SAE on either recommender; several widths of embeddings are averaged. */
function multVaeIsHarder(saes: readonly SaeResult[]): Finding {
  const claim = "MultVAE embeddings are harder to reconstruct than ELSA's";
  const means = { elsa: [0, 0], multvae: [0, 0] };
  const differences: number[] = [];
  for (const runs of groupBy(saes, ({ settings, seed }) => JSON.stringify([settings, seed])).values()) {
    const [onElsa, onVae] = [elsa, multvae].map(({ name }) => runs.filter(({ model }) => model === name));
    if (onElsa.length === 0 || onVae.length === 0) continue;
    const of = (some: readonly SaeResult[]): number => estimate(some.map(({ retention }) => retention.ndcg)).mean;
    const cosine = (some: readonly SaeResult[]): number => estimate(some.map((one) => one.cosine.mean)).mean;
    differences.push(of(onElsa) - of(onVae));
    means.elsa = [means.elsa[0] + of(onElsa), means.elsa[1] + cosine(onElsa)];
    means.multvae = [means.multvae[0] + of(onVae), means.multvae[1] + cosine(onVae)];
  }
  const n = differences.length;
  const share = (sum: number): string => percent(sum / n);
  const finding = judged(claim, differences, "SAEs trained on both");
  if (n === 0) return finding;
  return {
    ...finding,
    numbers: `${finding.numbers}; retention ${share(means.elsa[0])} on ELSA, ${share(means.multvae[0])} on MultVAE; ` +
      `cosine ${(means.elsa[1] / n).toFixed(3)}, ${(means.multvae[1] / n).toFixed(3)}`,
  };
}

/** The ELSA that is best on the validation users, its seeds averaged, against EASE on the test users. */
function elsaVersusEase(results: readonly SweepResult[]): Finding {
  const claim = "The best ELSA is at least as good as EASE";
  const baseline = results.find(({ kind, title }) => kind === "baseline" && title === ease.name);
  const elsas = results.filter((one): one is CfaeResult => one.kind === "cfae" && one.model === elsa.name);
  const groups = Array.from(groupBy(elsas, ({ settings }) => JSON.stringify(settings)).values()).map((runs) => ({
    title: runs[0].title,
    validation: estimate(runs.map(({ validation }) => validation.ndcg.mean)).mean,
    test: estimate(runs.map(({ test }) => test.ndcg.mean)).mean,
    se: estimate(runs.map(({ test }) => test.ndcg.se)).mean,
  }));
  if (!baseline || groups.length === 0) return { claim, verdict: "no runs", difference: null, numbers: "needs both" };
  const best = groups.reduce((a, b) => (b.validation > a.validation ? b : a));
  const difference = best.test - baseline.test.ndcg.mean;
  const close = difference < 0 && -difference <= baseline.test.ndcg.se ? ", within one standard error over users" : "";
  return {
    claim,
    verdict: difference >= 0 ? "holds" : "does not hold",
    difference: { mean: difference, se: NaN, n: 1 },
    numbers: `nDCG@20 ${best.test.toFixed(4)} ± ${best.se.toFixed(4)} (${best.title}), EASE ` +
      `${baseline.test.ndcg.mean.toFixed(4)} ± ${baseline.test.ndcg.se.toFixed(4)}${close}`,
  };
}

function judged(claim: string, differences: readonly number[], what: string): Finding {
  if (differences.length === 0) return { claim, verdict: "no runs", difference: null, numbers: "nothing to compare" };
  const difference = estimate(differences);
  const bar = Number.isNaN(difference.se) ? 0 : difference.se;
  const verdict = difference.mean > bar ? "holds" : difference.mean < -bar ? "does not hold" : "not clear";
  const ahead = differences.filter((d) => d > 0).length;
  const error = Number.isNaN(difference.se) ? "" : ` ± ${(100 * difference.se).toFixed(2)}`;
  const sign = difference.mean >= 0 ? "+" : "−";
  return {
    claim, verdict, difference,
    numbers: `${sign}${Math.abs(100 * difference.mean).toFixed(2)}${error} points of retention; ` +
      `so in ${ahead} of ${differences.length} ${what}`,
  };
}

/** Whether k says anything about the SAE. */
function keepsK({ kind }: SaeResult["settings"]): boolean {
  return saeKinds.get(kind as string).k !== "unused";
}

/** What names an SAE when one setting is not looked at: its recommender's run says the seed. */
function but({ cfae, settings, seed }: SaeResult, name: string): string {
  return JSON.stringify([cfae, seed, { ...settings, [name]: undefined }]);
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(key(value), [...groups.get(key(value)) ?? [], value]);
  return groups;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
