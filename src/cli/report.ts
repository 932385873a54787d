/** unknot report: everything that is known about a model in one HTML file. */
import type { Command } from "commander";
import { writeAtomically } from "../files/atomic.js";
import { checkFile } from "../files/place.js";
import { openEngine } from "../engine/open.js";
import { openData } from "../data/data-source.js";
import { asTrained } from "../model-folder/add-items.js";
import { loadModel } from "../model-folder/folder.js";
import type { Residual } from "../config/sae.js";
import { withResidual } from "../model-folder/model.js";
import { readResults } from "../sweep/results.js";
import { collectReport } from "../report/collect.js";
import { renderReport } from "../report/page.js";
import { readReference } from "../report/reference.js";
import type { Context } from "./context.js";
import { dataOf, orderOf, residualOption } from "./open-model.js";
import { addDataOptions, addMachineOptions, addOutputOptions, number, type CommonOptions } from "./options.js";
import { writeOrKeep } from "./output.js";

interface ReportCommandOptions extends CommonOptions {
  out: string;
  sweep?: string;
  reference?: string;
  cards: number;
  steering: boolean;
  controls?: boolean;
  residual?: Residual;
}

export function addReport(command: Command, context: Context): void {
  command
    .argument("<model>", "model folder, written by train")
    .option("--out <file>", "where the report goes", "report.html")
    .option("--sweep <results.jsonl>", "reconstruction curves from a sweep's results on the same data")
    .option(
      "--reference <steering.json>", "steering curves of others, drawn behind the model's own instead of the paper's",
    )
    .option("--cards <n>", "neuron cards", number(0), 24)
    .addOption(residualOption())
    .option("--controls", "measure what neurons mean with all controls: untrained, ICA, NMF, a probe on all neurons")
    .option("--no-steering", "leave out the steering curves, which take the longest");
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The data set that the model was trained on is found again by itself unless it has moved.

Examples:
  unknot report small-model
  unknot report ml-1m-model --sweep results.jsonl --out ml-1m.html
  unknot report hard-model --controls
  unknot report ml-1m-model --data elsewhere/ml-1m --no-steering`)
    .action((folder: string, options: ReportCommandOptions) => report(folder, options, context));
}

async function report(folder: string, options: ReportCommandOptions, context: Context): Promise<void> {
  await checkFile(options.out);
  const model = asTrained(withResidual(await loadModel(folder), options.residual));
  const [sweep, reference] = await Promise.all([
    options.sweep === undefined ? undefined : readResults(options.sweep),
    options.reference === undefined ? undefined : readReference(options.reference),
  ]);
  const progress = context.progress(options);
  const source = await dataOf(options, model, folder);
  const opened = await openData(source, progress.reading, orderOf(model)).finally(() => progress.clear());
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  let page: string;
  try {
    await engine.ready();
    const data = await collectReport(engine, model, opened, {
      sweep, reference, cards: options.cards, steering: options.steering, controls: options.controls,
      signal: context.signal,
      onStart: (what) => progress.note(what),
    });
    page = renderReport(data);
    if (options.json) {
      const { selectivity, steering, concepts, explained } = data;
      context.json({ out: options.out, bytes: Buffer.byteLength(page), selectivity, steering, concepts, explained });
    }
  } finally {
    engine.close();
  }
  await writeOrKeep(options.out, (place) => writeAtomically(place, page));
  if (!options.json) context.print(`written to ${options.out} (${Math.ceil(Buffer.byteLength(page) / 1024)} KiB)`);
}
