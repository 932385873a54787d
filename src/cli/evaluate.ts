/** unknot evaluate: the model's figures, measured again on the test users. */
import type { Command } from "commander";
import { openEngine } from "../engine/open.js";
import { UserError } from "../kernels/user-error.js";
import { openData } from "../pipeline/data-source.js";
import { evaluateModel } from "../pipeline/evaluate-model.js";
import { loadModel } from "../pipeline/model-folder.js";
import type { Context } from "./context.js";
import { metricsTable } from "./format.js";
import { dataOf, type ModelOptions } from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions } from "./options.js";

export function addEvaluate(program: Command, context: Context): void {
  const command = program.command("evaluate")
    .description("Rank for the test users: recall@20 and nDCG@20 of popularity, ELSA and ELSA through the SAE.");
  addModelOption(command);
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The data set that the model was trained on is found again by itself unless it has moved.

Examples:
  unknot evaluate --model small-model
  unknot evaluate --model ml-1m-model --data elsewhere/ml-1m --split ml-1m-split-42.json --json`)
    .action((options: ModelOptions) => evaluate(options, context));
}

async function evaluate(options: ModelOptions, context: Context): Promise<void> {
  const model = await loadModel(options.model);
  const progress = context.progress(options);
  const source = dataOf(options, model);
  const { dataset, split } = await openData(source, progress.reading).finally(() => progress.clear());
  const { ids } = model.items;
  if (dataset.itemIds.length !== ids.length || dataset.itemIds.some((id, i) => id !== ids[i])) {
    throw new UserError(
      `${dataset.name} has ${dataset.itemIds.length} items, the model ${ids.length}` +
      `${dataset.itemIds.length === ids.length ? " others" : ""}: give the data set that it was trained on, ` +
      "read with the same options",
    );
  }
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  const metrics = evaluateModel(engine, model, split);
  engine.close();
  if (options.json) {
    context.json({ model: options.model, data: dataset.name, metrics });
    return;
  }
  context.print(metricsTable(context, metrics, model.shape.neurons));
}
