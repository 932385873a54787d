/** unknot evaluate: the model's figures, measured again on the test users. */
import type { Command } from "commander";
import { openEngine } from "../engine/open.js";
import { openData } from "../data/data-source.js";
import { evaluateModel } from "../measure/evaluate-model.js";
import { evaluateBaselines, type Baseline, type MissingBaseline } from "../measure/evaluate-baselines.js";
import { asTrained } from "../model-folder/add-items.js";
import { checkItems } from "../model-folder/check-items.js";
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import { measureRate } from "../measure/measure-rate.js";
import { measureMeaning } from "../measure/measure-meaning.js";
import { withResidual, type ModelMetrics } from "../model-folder/model.js";
import { loadModel } from "../model-folder/folder.js";
import type { Context } from "./context.js";
import { metricsTable, estimated } from "./tables/format.js";
import { meaningTables } from "./tables/meaning-table.js";
import { dataOf, orderOf, residualOption, type ModelOptions } from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { left, right, wide } from "./tables/table.js";
import { scorers } from "../models/recommenders/scorers.js";

export function addEvaluate(command: Command, context: Context): void {
  addModelOption(command);
  command.option("--meaning", "also what the neurons mean: held-out F1 against concepts or tags, with controls");
  command.option("--baselines", `also ${scorers.names.join(", ")}: their settings chosen on the validation users`);
  command.option("--within <minutes>", "leave out baselines that need longer, by estimate (default: none)", number());
  command.addOption(residualOption());
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The data set that the model was trained on is found again by itself unless it has moved.

Examples:
  unknot evaluate --model small-model
  unknot evaluate --model ml-1m-model --data elsewhere/ml-1m --split ml-1m-split-42.json --json
  unknot evaluate --model small-model --baselines --within 10
  unknot evaluate --model small-model --meaning`)
    .action((options: EvaluateOptions) => evaluate(options, context));
}

interface EvaluateOptions extends ModelOptions {
  baselines?: boolean;
  within?: number;
  meaning?: boolean;
}

async function evaluate(options: EvaluateOptions, context: Context): Promise<void> {
  // Items that were added later are in no data set.
  const model = asTrained(withResidual(await loadModel(options.model), options.residual));
  const progress = context.progress(options);
  const source = await dataOf(options, model, options.model);
  const opened = await openData(source, progress.reading, orderOf(model)).finally(() => progress.clear());
  const { dataset, split } = opened;
  checkItems(model, dataset);
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  let metrics: ModelMetrics;
  let meaning: Meaning | null = null;
  let baselines: (Baseline | MissingBaseline)[] = [];
  try {
    await engine.ready();
    metrics = evaluateModel(engine, model, split);
    if (options.meaning) {
      progress.note("looking for what the neurons mean");
      meaning = measureMeaning(engine, model, opened);
    }
    if (options.baselines) {
      baselines = await evaluateBaselines(engine, dataset, split, {
        seed: model.seed, signal: context.signal, ...progress.baselines(measureRate(engine), options.within),
      });
      progress.clear();
    }
  } finally {
    engine.close();
  }
  if (options.json) {
    context.json({
      model: options.model, data: dataset.name, metrics, ...(options.meaning ? { meaning } : {}),
      ...(options.baselines ? { baselines } : {}),
    });
    return;
  }
  const tables = [metricsTable(context, metrics, model)];
  if (meaning) tables.push(...meaningTables(context, meaning));
  else if (options.meaning) tables.push("  no world and no tag on enough items: nothing to hold the neurons against");
  if (options.baselines) tables.push(baselinesTable(baselines, context));
  context.print(...tables);
}

function baselinesTable(baselines: readonly (Baseline | MissingBaseline)[], context: Context): string {
  return context.table(
    [left("baseline"), right("recall@20"), right("nDCG@20"), wide("chosen on the validation users")],
    baselines.map((one) => ("missing" in one
      ? [one.name, "–", "–", one.missing]
      : [one.name, estimated(one.test.recall), estimated(one.test.ndcg), one.setting])),
  );
}
