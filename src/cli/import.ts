/** unknot import: an SAE that was trained elsewhere, into a model. */
import type { Command } from "commander";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CheckedJson } from "../base/checked-json.js";
import { UserError } from "../base/user-error.js";
import { openData } from "../data/data-source.js";
import { openEngine } from "../engine/open.js";
import { whyNot } from "../files/io-error.js";
import { checkItems } from "../model-folder/check-items.js";
import { checkModelFolder, loadModel, saveModel } from "../model-folder/folder.js";
import { readForeignSae, type ForeignSae } from "../model-folder/foreign-sae.js";
import { saeKinds } from "../models/sae/registry.js";
import { importSae } from "../pipeline/import-sae.js";
import type { Context } from "./context.js";
import { metricsTable } from "./tables/format.js";
import { dataOf, orderOf, type ModelOptions } from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { withOutput, writeOrKeep } from "./output.js";

interface ImportOptions extends ModelOptions {
  k?: number;
  out: string;
}

export function addImport(command: Command, context: Context): void {
  addModelOption(command.argument("<file>", "a safetensors file; a cfg.json beside it is read too"))
    .option("--k <n>", "active neurons a row, where neither the file nor its cfg.json says it", number(1))
    .requiredOption("--out <folder>", "where the model with the SAE goes");
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The SAE must have been trained on this model's embeddings, each with its mean taken off and divided by its standard
deviation (SAELens: normalize_activations "layer_norm"). float32, float16, bfloat16 and float64 are read. It is measured
and its neurons are named on the data that the model was trained on; docs/exchange.md has the tensors' names.

Examples:
  unknot import sae_weights.safetensors --model small-model --out small-saelens
  unknot import sae.safetensors --model small-model --k 32 --out small-sparsify`)
    .action((file: string, options: ImportOptions) => run(file, options, context));
}

async function run(file: string, options: ImportOptions, context: Context): Promise<void> {
  const place = await checkModelFolder(options.out);
  await withOutput(place, async () => {
    const model = await loadModel(options.model);
    const sae = await read(file, options.k ?? null);
    const progress = context.progress(options);
    const source = await dataOf(options, model, options.model);
    const { dataset, split } = await openData(source, progress.reading, orderOf(model)).finally(() => progress.clear());
    checkItems(model, dataset);
    const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
    try {
      await engine.ready();
      const imported = await importSae(engine, model, sae, dataset, split);
      await writeOrKeep(options.out, (to) => saveModel(to, imported));
      const { library, kind, factors, neurons } = sae;
      const { metrics, shape: { k } } = imported;
      if (options.json) context.json({ out: options.out, library, kind, factors, neurons, k, metrics });
      else {
        context.print(
          `an SAE of ${library}: ${saeKinds.get(kind).title}, ${factors} factors, ${neurons} neurons` +
          (sae.k === null ? "" : `, k = ${sae.k}`),
          metricsTable(context, metrics, imported), `written to ${options.out}`,
        );
      }
    } finally {
      engine.close();
    }
  });
}

async function read(file: string, k: number | null): Promise<ForeignSae> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file}: cannot be read: ${whyNot(error)}`);
  });
  const beside = join(dirname(file), "cfg.json");
  const settings = await readFile(beside, "utf8").catch(() => null);
  return readForeignSae(bytes, file, settings === null ? null : CheckedJson.parse(settings, beside), k);
}
