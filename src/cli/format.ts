/** Numbers and the tables that several commands share. */
import type { Estimate } from "../evaluate/metrics.js";
import { gib } from "../engine/heap.js";
import { cfaeTitles } from "../model-folder/open-cfae.js";
import type { Model, ModelMetrics } from "../model-folder/model.js";
import type { MemoryPlan } from "../pipeline/plan-memory.js";
import type { Context } from "./context.js";
import { left, right } from "./table.js";

/** ".327 ± .008" */
export function withError({ mean, se }: Estimate, digits = 3): string {
  return `${fraction(mean, digits)} ± ${fraction(se, digits)}`;
}

/** ".327", "−.012", "1.000" */
export function fraction(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "–";
  return value.toFixed(digits).replace(/^(-?)0\./, "$1.").replace("-", "−");
}

export function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(0)} %`;
}

export function thousands(n: number): string {
  return n.toLocaleString("en-US");
}

/** "1.50 GiB" from one on, "12 MiB" below. */
export function bytes(n: number): string {
  return n >= 2 ** 30 ? gib(n) : `${Math.ceil(n / 2 ** 20)} MiB`;
}

export function planLine(plan: MemoryPlan): string {
  const engine = Math.max(plan.cfae, plan.sae, plan.evaluation);
  return `memory: at most ${bytes(plan.peak)} (engine ${bytes(engine)}, arrays ${bytes(plan.arrays)})`;
}

/** The ranking table and a line on the SAE. */
export function metricsTable(
  context: Context, metrics: ModelMetrics, { config, shape }: Pick<Model, "config" | "shape">,
): string {
  const { change, cosine, l0, dead } = metrics;
  const name = cfaeTitles[config.model ?? "elsa"];
  const rows = ([
    ["popularity", metrics.popularity], [name, metrics.cfae], [`${name} through the SAE`, metrics.nested],
  ] as const).map(([title, q]) => [title, withError(q.recall), withError(q.ndcg)]);
  const signed = (e: Estimate): string => (e.mean > 0 ? "+" : "") + withError(e);
  return [
    context.table([left("model"), right("recall@20"), right("nDCG@20")], [
      ...rows, ["  change by the SAE", signed(change.recall), signed(change.ndcg)],
    ]),
    `  mean ± standard error over ${thousands(metrics.testUsers)} test users`,
    `  SAE: cosine ${withError(cosine)}, ${l0.mean.toFixed(1)} neurons active a user, ` +
    `${dead} of ${shape.neurons} silent for all of them`,
  ].join("\n");
}
