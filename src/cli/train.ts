/** unknot train: data set → model folder. */
import { Option, type Command } from "commander";
import { join, relative, resolve } from "node:path";
import type { Dataset } from "../data/dataset.js";
import { openData, type DataSource } from "../data/data-source.js";
import { OWN, type FolderPlace } from "../files/place.js";
import { checkModelFolder, loadModel, saveModel } from "../model-folder/folder.js";
import type { Model, ModelUpdate } from "../model-folder/model.js";
import { cfaeTitle } from "../model-folder/open-model.js";
import { holdsCheckpoints, removeCheckpoints } from "../pipeline/run-checkpoints.js";
import { trainModel, updateConfig } from "../pipeline/train-model.js";
import { recommenders } from "../models/recommenders/registry.js";
import type { Config } from "../config/config.js";
import { presets, WIDE_FROM, type PresetName } from "../config/presets.js";
import { Interrupted, UsageError, type Context } from "./context.js";
import { fraction, percent, whole } from "../base/numbers.js";
import type { Meaning } from "../interpret/meaning/meaning-figures.js";
import { metricsTable, planLine } from "./tables/format.js";
import {
  addDataOptions, addMachineOptions, addOutputOptions, collect, number, sourceOf, type CommonOptions,
} from "./options.js";
import { withOutput, writeOrKeep } from "./output.js";
import { configWith, settingNames } from "./settings.js";

interface TrainCommandOptions extends CommonOptions {
  preset: PresetName;
  model?: string;
  set?: string[];
  namesFrom?: string;
  from?: string;
  seed: number;
  minTagApplications?: number;
  out: string;
  checkpointEvery?: number;
  resume?: boolean;
}

/** A point-biserial correlation from which on a name deserves some trust. */
const SURE = 0.2;

export function addTrain(command: Command, context: Context): void {
  addDataOptions(command);
  command
    .addOption(new Option("--preset <name>", "settings to start from").choices(Object.keys(presets)).default("default"))
    .addOption(new Option("--model <name>", "the recommender to train (default: that of the preset, elsa)")
      .choices(recommenders.names))
    .option("--set <key=value>", "change a setting; repeatable", collect)
    .option("--seed <n>", "of the split, the initial weights and the batches", (text) => Math.trunc(number()(text)), 42)
    .option("--min-tag-applications <n>", "tags with fewer name nothing (default: up to 100, by the data)", number(0))
    .option("--out <folder>", "where the model goes; an earlier model there is replaced", "model")
    .option("--checkpoint-every <steps>", "keep the state of training in OUT.checkpoint, also when stopped", number(0))
    .option(
      "--names-from <model>", "an earlier training on the same items: concepts that are found again keep its " +
      "names, unless another one is proven now",
    )
    .option("--from <model>", "go on from an earlier model with new users, items and interactions: neurons keep " +
      "their numbers and, where they keep their meaning, their names; a fifth of its epochs and patience")
    .option("--resume", "go on with what OUT.checkpoint holds: the model will have the same bits");
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Settings for --set: ${settingNames().join(", ")}

Examples:
  unknot train --data ml-latest-small --out small-model
  unknot train --data ml-1m --split ml-1m-split-42.json --out ml-1m-model
  unknot train --world small --set elsa.factors=128 --set sae.k=16
  unknot train --data ml-1m --model multvae --set multvae.factors=256 --out ml-1m-multvae
  unknot train --data ml-1m --checkpoint-every 500 --out ml-1m-model    (after a kill: the same and --resume)
  unknot train --data ml-1m-today --from ml-1m-model --out ml-1m-model                          (new clicks and items)
  unknot train --data ml-1m --seed 43 --names-from ml-1m-model --out ml-1m-model-43     (another seed, the same names)
  unknot train --data plays.tsv --column user=listener --column item=artist --min-user-items 10`)
    .action((options: TrainCommandOptions) => train(options, context));
}

async function train(options: TrainCommandOptions, context: Context): Promise<void> {
  const given = sourceOf(options, options.seed);
  if (!given) throw new UsageError("nothing to train on: give --data FOLDER or --world NAME");
  const from = options.from === undefined ? undefined : await loadModel(options.from);
  const namesFrom = options.namesFrom === undefined ? undefined : await loadModel(options.namesFrom);
  const config = configWith(from ? updateConfig(from.config) : presets[options.preset], options.set, options.model);
  const place = await checkModelFolder(options.out);
  const source = { ...given, ...ranIn(options.out), ...splitsBefore(from, given) };
  const folder = checkpointFolder(options.out, place);
  const { checkpointEvery: every, resume = false } = options;
  const checkpoint = every === undefined && !resume ? undefined : { folder, every: every ?? 0, resume };
  const progress = context.progress(options);
  try {
    await withOutput(place, async () => {
      if (resume) {
        const found = await holdsCheckpoints(folder);
        progress.note(found ? `going on with ${folder}` : `${folder} holds no checkpoint: from the beginning`);
      }
      const { dataset, split, truth } = await openData(source, progress.reading);
      progress.clear();
      for (const note of dataset.notes) progress.note(note);
      if (!from && isNarrow(config, dataset)) progress.note(WIDER);
      const model = await trainModel(dataset, {
        from, namesFrom, config, seed: options.seed, split, source, minTagApplications: options.minTagApplications,
        threads: options.threads, kernels: options.kernels, numerics: options.numerics,
        checkpoint, meaning: true, truth,
        hooks: {
          ...progress.training(context.signal, cfaeTitle(config)),
          onPlan: (plan) => progress.note(planLine(plan)),
        },
      });
      await writeOrKeep(options.out, (to) => saveModel(to, model));
      if (checkpoint) await removeCheckpoints(folder);
      progress.clear();
      describe(model, dataset, options, context);
    });
  } catch (error) {
    if (!(error instanceof Interrupted) || !checkpoint || !(await holdsCheckpoints(folder))) throw error;
    throw new Interrupted(error.by, `what is done is in ${folder}; go on with:\n  ${commandToResume()}`);
  } finally {
    progress.clear();
  }
}

const WIDER =
  `from ${whole(WIDE_FROM)} interactions on, --preset wide is worth its time: twice the factors and the neurons`;

function isNarrow({ model, elsa }: Config, { interactions }: Dataset): boolean {
  return model === "elsa" && elsa.factors === presets.default.elsa.factors && interactions.indices.length >= WIDE_FROM;
}

/** Whoever an earlier training held out stays held out. */
function splitsBefore(from: Model | undefined, given: DataSource): Pick<DataSource, "splitsBefore"> {
  if (!from || given.split !== undefined || given.splitBy === "time") return {};
  const { source, users } = from.data;
  if (source?.split !== undefined || source?.splitBy === "time") {
    const how = source.split === undefined ? "--split-by time" : "--split FILE";
    throw new UsageError(`the earlier model's users were split with ${how}: give one for this data set too, with the ` +
      "same people held out");
  }
  if (users === undefined) return {};
  return { splitsBefore: [...source?.splitsBefore ?? [], { users, seed: source?.seed ?? from.seed }] };
}

/** Beside the model; within its folder where nothing beside it would last (a mount point) or belong to it ("."). */
function checkpointFolder(out: string, { path, inPlace }: FolderPlace): string {
  return inPlace ? join(path, `${OWN}-checkpoint`) : `${out.replace(/[\\/]+$/, "")}.checkpoint`;
}

function describe(model: Model, dataset: Dataset, options: TrainCommandOptions, context: Context): void {
  const { interactions, understood = null } = dataset;
  const { data, fit, metrics, shape, seed, tags } = model;
  if (options.json) {
    const { namesKept, update } = model;
    context.json({
      out: options.out, seed, shape, config: model.config, data, fit, metrics, understood, update, namesKept,
      meaning: model.meaning ?? null,
    });
    return;
  }
  const named = model.labels.filter(({ label }) => label !== null);
  const sure = named.filter(({ confidence }) => confidence >= SURE).length;
  const [users, items] = [interactions.rows, interactions.cols].map(whole);
  context.print(
    `${data.name}: ${users} users, ${items} items, ${whole(data.interactions)} interactions; ` +
    `seed ${seed}, ${shape.factors} factors, ${shape.neurons} neurons`,
    metricsTable(context, metrics, model),
    tags
      ? `  ${named.length} of ${shape.neurons} neurons have a name, ${sure} with a correlation from ${SURE} on;\n` +
        `  names come from ${tags.names.length} tags with ${data.minTagApplications} applications or more`
      : "  no tags: neurons stay without names",
    ...(model.meaning ? [meaningLine(model.meaning)] : []),
    ...(model.update ? [updateLine(model.update)] : []),
    ...(model.namesKept ? [namesLine(model.namesKept)] : []),
    `written to ${options.out}`,
  );
}

/** What the neurons mean, in one line: `evaluate --meaning` has the tables. */
function meaningLine({ against, codes, sets, ceilings, proven, groups }: Meaning): string {
  const what = against === "tags" ? "tag" : "planted concept";
  return `  held-out F1 of a ${what}: best neuron ${fraction(codes.SAE.f1)}, set of neurons ${fraction(sets.f1)}, ` +
    `principal axis ${fraction(codes.PCA.f1)}, probe ${fraction(ceilings["probe on the embedding"])}` +
    (proven ? `;\n  ${proven.neurons} neurons have a proven name, with ${percent(proven.share)} of a test user's ` +
      "activation" : "") +
    (groups ? `;\n  ${groups.proven} of ${groups.concepts} concepts have one, with ${percent(groups.share)}` : "");
}

function updateLine({ neurons, kept, newItems, goneItems }: ModelUpdate): string {
  return `  of ${neurons} neurons that fired before, ${kept} keep their meaning (${percent(kept / (neurons || 1))}); ` +
    `${whole(newItems)} items are new, ${whole(goneItems)} gone`;
}

function namesLine({ concepts, kept }: NonNullable<Model["namesKept"]>): string {
  return `  of ${concepts} earlier concepts, ${kept} are found again and keep their names ` +
    `(${percent(kept / (concepts || 1))}), unless another one is proven now`;
}

/** The folder that the command runs in, seen from the model's, where the model lies below it; the place was checked. */
function ranIn(out: string): Pick<DataSource, "ranIn"> {
  const up = relative(resolve(out), process.cwd());
  return /^\.\.([\\/]\.\.)*$/.test(up) ? { ranIn: up.replaceAll("\\", "/") } : {};
}

/** The command as it was given, with --resume. */
function commandToResume(): string {
  const args = process.argv.slice(2).filter((arg) => arg !== "--resume");
  return ["unknot", ...args.map((arg) => (/^[\w./=:,+-]+$/.test(arg) ? arg : `'${arg}'`)), "--resume"].join(" ");
}
