/** unknot evaluate: the model's figures, measured again on the test users. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { openEngine } from "../engine/open.js";
import { openData } from "../data/data-source.js";
import { evaluateLists, evaluateModel, type ListsOfModel } from "../measure/evaluate-model.js";
import { protocolFigures, protocolLengths, protocolNames, type ProtocolName } from "../measure/protocols.js";
import { checkComparable, compareTrainings, type TrainingAgreement } from "../measure/compare-trainings.js";
import { evaluateBaselines, type Baseline, type MissingBaseline } from "../measure/evaluate-baselines.js";
import { asTrained } from "../model-folder/add-items.js";
import { checkItems } from "../model-folder/check-items.js";
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import { measureRate } from "../measure/measure-rate.js";
import { measureMeaning } from "../measure/measure-meaning.js";
import { withResidual, type Model, type ModelMetrics } from "../model-folder/model.js";
import { loadModel } from "../model-folder/folder.js";
import { otherTitles } from "../model-folder/shared-items.js";
import { residualOf } from "../config/sae.js";
import type { Context } from "./context.js";
import type { Progress } from "./progress.js";
import { metricsTable, estimated } from "./tables/format.js";
import { accuracyTable, beyondTable, protocolTable } from "./tables/lists-table.js";
import { agreementLines } from "./tables/agreement-table.js";
import { meaningTables } from "./tables/meaning-table.js";
import { dataOf, orderOf, residualOption, type ModelOptions } from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { left, right, wide } from "./tables/table.js";
import { scorers } from "../models/recommenders/scorers.js";

export function addEvaluate(command: Command, context: Context): void {
  addModelOption(command);
  command.option("--at <lengths>", "lists of these lengths too, as 5,10,20,50,100", lengths);
  command.addOption(new Option("--protocol <name>", "the figures of a protocol of the field").choices(protocolNames));
  command.option("--meaning", "also what the neurons mean: held-out F1 against concepts or tags, with controls");
  command.option("--against <model>", "also how much of it another training on the same data has again");
  command.option("--baselines", `also ${scorers.names.join(", ")}: their settings chosen on the validation users`);
  command.option("--within <minutes>", "leave out baselines that need longer, by estimate (default: none)", number());
  command.addOption(residualOption());
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The data set that the model was trained on is found again by itself unless it has moved.

Protocols: strong (test users are in no other part; recall@20, recall@50, nDCG@100), time (of a model that was trained
with --split-by time).

Examples:
  unknot evaluate --model small-model
  unknot evaluate --model small-model --at 5,10,20,50,100
  unknot evaluate --model ml-1m-model --protocol strong
  unknot evaluate --model ml-1m-model --data elsewhere/ml-1m --split ml-1m-split-42.json --json
  unknot evaluate --model small-model --baselines --within 10
  unknot evaluate --model small-model --meaning
  unknot evaluate --model small-model --against small-model-43`)
    .action((options: EvaluateOptions) => evaluate(options, context));
}

interface EvaluateOptions extends ModelOptions {
  baselines?: boolean;
  within?: number;
  meaning?: boolean;
  against?: string;
  at?: number[];
  protocol?: ProtocolName;
}

/** "5,10,20" */
function lengths(text: string): number[] {
  const found = text.split(",").map(Number);
  if (found.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new InvalidArgumentError("Expected whole numbers from 1, as 5,10,20.");
  }
  return Array.from(new Set(found)).sort((a, b) => a - b);
}

async function evaluate(options: EvaluateOptions, context: Context): Promise<void> {
  // Items that were added later are in no data set.
  const model = asTrained(withResidual(await loadModel(options.model), options.residual));
  const progress = context.progress(options);
  const other = await otherTraining(options, model, progress);
  const source = await dataOf(options, model, options.model);
  const opened = await openData(source, progress.reading, orderOf(model)).finally(() => progress.clear());
  const { dataset, split } = opened;
  checkItems(model, dataset);
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  let metrics: ModelMetrics;
  let lists: ListsOfModel | null = null;
  let standard: ListsOfModel | null = null;
  let meaning: Meaning | null = null;
  let agreement: TrainingAgreement | null = null;
  let baselines: (Baseline | MissingBaseline)[] = [];
  try {
    await engine.ready();
    const standardAt = options.protocol && protocolLengths(options.protocol, split);
    metrics = evaluateModel(engine, model, split);
    if (options.at) lists = evaluateLists(engine, model, split, options.at);
    if (standardAt) standard = evaluateLists(engine, model, split, standardAt);
    if (options.meaning) {
      progress.note("looking for what the neurons mean");
      meaning = await measureMeaning(engine, model, opened, { signal: context.signal });
    }
    if (other) {
      progress.note("matching the two trainings");
      agreement = compareTrainings(engine, model, other, split.train);
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
      model: options.model, data: dataset.name, residual: residualOf(model), metrics, ...(lists ? { lists } : {}),
      ...(standard ? { protocol: protocolJson(options.protocol!, standard) } : {}),
      ...(options.meaning ? { meaning } : {}), ...(agreement ? { agreement } : {}),
      ...(options.baselines ? { baselines } : {}),
    });
    return;
  }
  const tables = [metricsTable(context, metrics, model)];
  if (standard) tables.push(protocolTable(context, options.protocol!, standard, model));
  if (lists) tables.push(accuracyTable(context, lists, model));
  const { popularity, cfae, nested } = metrics.lists!;
  tables.push(beyondTable(context, lists ?? { popularity: [popularity], cfae: [cfae], nested: [nested] }, model));
  if (meaning) tables.push(...meaningTables(context, meaning));
  else if (options.meaning) tables.push("  no world and no tag on enough items: nothing to hold the neurons against");
  if (agreement) tables.push(agreementLines(options.against!, agreement));
  if (options.baselines) tables.push(baselinesTable(baselines, context));
  context.print(...tables);
}

/**
 * The training to hold the model against; items that were added later are in no data set.
 * @throws UserError when it has other items: before anything is measured.
 */
async function otherTraining({ against }: EvaluateOptions, model: Model, progress: Progress): Promise<Model | null> {
  if (against === undefined) return null;
  const other = asTrained(await loadModel(against));
  checkComparable(model, other);
  const doubt = otherTitles(other.items, model.items);
  if (doubt !== null) progress.warn(doubt);
  return other;
}

function protocolJson(name: ProtocolName, { popularity, cfae, nested }: ListsOfModel): object {
  const of = (lists: ListsOfModel["cfae"]): object => protocolFigures(name, lists);
  return { name, popularity: of(popularity), cfae: of(cfae), nested: of(nested) };
}

function baselinesTable(baselines: readonly (Baseline | MissingBaseline)[], context: Context): string {
  return context.table(
    [left("baseline"), right("recall@20"), right("nDCG@20"), wide("chosen on the validation users")],
    baselines.map((one) => ("missing" in one
      ? [one.name, "–", "–", one.missing]
      : [one.name, estimated(one.test.recall), estimated(one.test.ndcg), one.setting])),
  );
}
