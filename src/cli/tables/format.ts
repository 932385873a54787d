/** Lines and tables that several commands share. */
import type { Estimate } from "../../evaluate/metrics.js";
import { fraction, whole, withError } from "../../base/numbers.js";
import { residualOf } from "../../config/sae.js";
import { gib } from "../../engine/heap.js";
import { cfaeTitle } from "../../model-folder/open-model.js";
import type { Model, ModelMetrics } from "../../model-folder/model.js";
import type { MemoryPlan } from "../../pipeline/plan-memory.js";
import type { Context } from "../context.js";
import { left, right } from "./table.js";

/** ".327 ± .008" */
export function estimated(estimate: Estimate, digits = 3): string {
  return withError(estimate, digits, fraction);
}

/** "1.50 GiB" from one on, "12 MiB" below. */
export function bytes(n: number): string {
  return n >= 2 ** 30 ? gib(n) : `${Math.ceil(n / 2 ** 20)} MiB`;
}

export function planLine(plan: MemoryPlan): string {
  const engine = Math.max(plan.cfae, plan.sae, plan.evaluation);
  const { whole: all, sampled, maxOutput } = plan.ways;
  const both = sampled === null || maxOutput === 0 ? "" :
    `\n  the recommender on all outputs: ${bytes(all)} of engine memory; on ${whole(maxOutput)} sampled columns a ` +
    `step: ${bytes(sampled)}, which it is`;
  return `memory: at most ${bytes(plan.peak)} (engine ${bytes(engine)}, arrays ${bytes(plan.arrays)})${both}`;
}

/** The ranking table and a line on the SAE. */
export function metricsTable(
  context: Context, metrics: ModelMetrics, { config, shape }: Pick<Model, "config" | "shape">,
): string {
  const { change, cosine, l0, dead, shown } = metrics;
  const name = cfaeTitle(config);
  const rows = ([
    ["popularity", metrics.popularity], [name, metrics.cfae], [`${name} through the SAE`, metrics.nested],
  ] as const).map(([title, q]) => [title, estimated(q.recall), estimated(q.ndcg)]);
  const signed = (e: Estimate): string => (e.mean > 0 ? "+" : "") + estimated(e);
  return [
    context.table([left("model"), right("recall@20"), right("nDCG@20")], [
      ...rows, ["  change by the SAE", signed(change.recall), signed(change.ndcg)],
    ]),
    `  mean ± standard error over ${whole(metrics.testUsers)} test users`,
    shown === "cfae"
      ? `  lists show ${name} itself until a knob is turned: what the SAE leaves is kept (residual ` +
        `${residualOf({ config })})`
      : "  lists show what comes through the SAE alone: what it does not rebuild is dropped (residual drop)",
    `  SAE: cosine ${estimated(cosine)}, ${l0.mean.toFixed(1)} neurons active a user, ` +
    `${dead} of ${shape.neurons} silent for all of them`,
  ].join("\n");
}
