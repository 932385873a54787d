/** unknot export: a model and the desk as a static site. */
import { Option, type Command } from "commander";
import type { HeldOut } from "../data/dataset.js";
import { licenceOf } from "../data/public/licence.js";
import { openEngine } from "../engine/open.js";
import { checkExportPlace, prepareWebExport, writeWebExport, type WebExport } from "../export/export-web.js";
import { linksOf, type LinkOptions } from "../export/item-links.js";
import { UserError } from "../base/user-error.js";
import { openData } from "../data/data-source.js";
import { asTrained } from "../model-folder/add-items.js";
import { checkItems } from "../model-folder/check-items.js";
import { loadModel } from "../model-folder/folder.js";
import type { Residual } from "../config/sae.js";
import { withResidual, type Model } from "../model-folder/model.js";
import { precisions, type Precision } from "../model-folder/web-model.js";
import { UsageError, type Context } from "./context.js";
import { fraction, whole } from "../base/numbers.js";
import { dataOf, orderOf, residualOption } from "./open-model.js";
import { addDataOptions, addMachineOptions, addOutputOptions, number, type CommonOptions } from "./options.js";
import { writeOrKeep } from "./output.js";
import { left, right } from "./tables/table.js";

interface ExportOptions extends CommonOptions, LinkOptions {
  web?: boolean;
  precision: Precision;
  profiles: number;
  singleFile?: boolean;
  residual?: Residual;
}

export function addExport(command: Command, context: Context): void {
  command
    .argument("<model>", "model folder, written by train")
    .argument("<place>", "folder of the site; with --single-file an .html file")
    .option("--web", "a static site: the only form so far")
    .addOption(new Option("--precision <type>", "how weights are stored").choices(precisions).default("f16"))
    .addOption(residualOption())
    .option("--profiles <n>", "put the interactions of so many test users into it: personal data", number(0), 0)
    .option("--item-link <template>", "the desk links items to this page: {id} and {title} are filled in")
    .option("--item-image <template>", "and shows this picture of an item, asked of its host by each visitor's browser")
    .option("--single-file", "one HTML file that opens from disk");
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
The cost in accuracy is measured: the share of 20 best items that stay, and nDCG@20 where the data set that the model
was trained on is found (it is looked for where it was, or with --data). Sample profiles are made up from tags.

Examples:
  unknot export --web small-model site
  unknot export --web --precision int8 --single-file small-model desk.html`)
    .action((folder: string, place: string, options: ExportOptions) => exportModel(folder, place, options, context));
}

async function exportModel(folder: string, place: string, options: ExportOptions, context: Context): Promise<void> {
  if (!options.web) throw new UsageError("say what to export to: --web, a static site");
  const single = options.singleFile ?? false;
  const links = linksOf(options);
  await checkExportPlace(place, single);
  const model = withResidual(await loadModel(folder), options.residual);
  const progress = context.progress(options);
  if (options.profiles > 0) {
    progress.note(
      `warning: the site will hold the interactions of ${options.profiles} people of ${model.data.name}. Their ids ` +
      "are left out, but a list of items can be enough to recognise a person: publish it only if you may",
    );
  }
  const test = await testUsers(model, folder, options, context);
  const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
  let ready: WebExport;
  try {
    ready = await prepareWebExport(engine, model, {
      precision: options.precision, profiles: options.profiles, singleFile: single, test, links,
    });
  } finally {
    engine.close();
  }
  const { sizes, accuracy, precision } = ready;
  const licence = licenceOf(model.data.name);
  if (!options.json) {
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    context.print(
      context.table([left("file"), right("bytes")], [
        ...sizes.map(({ name, bytes }) => [single ? place : name, whole(bytes)]),
        ...single ? [] : [["together", whole(total)]],
      ]),
      `${precision}: ${fraction(accuracy.overlap, 4)} of the 20 best items stay (${accuracy.profiles} ` +
      `${test ? "test users" : "made-up profiles"}, worst ${fraction(accuracy.worstOverlap)})` +
      (accuracy.ndcg
        ? `; nDCG@20 ${fraction(accuracy.ndcg.exported, 4)}, as trained ${fraction(accuracy.ndcg.trained, 4)}`
        : "; nDCG not measured: the data is not at hand"),
      licence
        ? [`trained on ${licence.title}: ${licence.terms}`, licence.publisher?.url].filter(Boolean).join(" ")
        : `the terms of ${model.data.name} are not known here: check them before you publish this`,
    );
  }
  context.signal.throwIfAborted();
  await writeOrKeep(place, (to) => writeWebExport(to, ready, single));
  if (options.json) context.json({ place, precision, sizes, accuracy, licence });
  else context.print(`written to ${place}`);
}

/** The model's test users; null when its data is not where it was and no other place was given. */
async function testUsers(
  model: Model, folder: string, options: ExportOptions, context: Context,
): Promise<HeldOut | null> {
  const asked = options.data !== undefined || options.world !== undefined;
  if (!asked && !model.data.source) return null;
  const progress = context.progress(options);
  try {
    const source = await dataOf(options, model, folder);
    const trained = asTrained(model);
    const opened = openData(source, progress.reading, orderOf(trained));
    const { dataset, split } = await opened.finally(() => progress.clear());
    checkItems(trained, dataset);
    // Items that were added later are nobody's.
    const [input, target] = [split.test.input, split.test.target].map((x) => ({ ...x, cols: model.items.ids.length }));
    return { ...split.test, input, target };
  } catch (error) {
    if (asked || !(error instanceof UserError)) throw error;
    progress.note(`without the data: ${error.message}`);
    return null;
  }
}
