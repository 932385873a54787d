/** What the commands on a trained model share: opening it, and finding out whose taste is meant. */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Option, type Command } from "commander";
import type { Dataset } from "../data/dataset.js";
import { csrRow } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import { openDataset, type DataSource } from "../data/data-source.js";
import { isPattern } from "../data/layouts/path-pattern.js";
import type { RowOrder } from "../data/row-order.js";
import { loadModel } from "../model-folder/folder.js";
import { residuals, type Residual } from "../config/sae.js";
import type { Model } from "../model-folder/model.js";
import { openSession } from "../session/open-session.js";
import type { Session } from "../session/session.js";
import { suggestion } from "../base/suggest.js";
import { UsageError, type Context, type OutputOptions } from "./context.js";
import { sourceOf, type CommonOptions } from "./options.js";

export interface ModelOptions extends CommonOptions {
  model: string;
  residual?: Residual;
}

export interface ProfileOptions extends ModelOptions {
  user?: string;
  likes?: string[];
}

/** Opens the model, runs the command, and lets the helper threads go. */
export async function withSession(
  options: ModelOptions, use: (session: Session) => void | Promise<void>,
): Promise<void> {
  const { threads, kernels, numerics, residual } = options;
  const session = openSession(await loadModel(options.model), { threads, kernels, numerics, residual });
  try {
    await use(session);
  } finally {
    session.close();
  }
}

/** What lists keep of a profile beside the neurons. */
export function residualOption(): Option {
  return new Option("--residual <what>", "what becomes of the part of a profile that the SAE does not rebuild " +
    "(default: as the model says)").choices(residuals);
}

export function addProfileOptions(command: Command): Command {
  return command
    .option("--user <id>", "a user of the data set that the model was trained on, or of --data")
    .option("--likes <item...>", "items by id or title, instead of a user")
    .addOption(residualOption());
}

/**
 * The data of --data or --world, else the data that the model remembers: from where the command runs, or from where
 * train ran, seen from the model's folder.
 */
export async function dataOf(options: CommonOptions, model: Model, folder: string): Promise<DataSource> {
  const given = sourceOf(options, model.data.source?.seed ?? model.seed);
  if (given) return given;
  const { source } = model.data;
  if (!source) throw new UsageError("the model does not know where its data was: give --data FOLDER");
  if (source.folder === undefined || /^\w+:\/\/|^-$/.test(source.folder) || await isThere(source.folder)) return source;
  const base = source.ranIn === undefined ? null : resolve(folder, source.ranIn);
  const place = base && resolve(base, source.folder);
  if (!base || !place || !(await isThere(place))) {
    throw new UserError(`the data of the model, ${source.folder}, is not there any more` +
      `${place ? ` (nor is ${place})` : ""}: say where it is with --data FOLDER`);
  }
  return { ...source, folder: place, ...(source.split === undefined ? {} : { split: resolve(base, source.split) }) };
}

/** The order in which the model knows its data's users and items. */
export function orderOf({ items, data }: Model): RowOrder {
  return { itemIds: items.ids, users: data.users };
}

/** Of a pattern or a list of files the folder counts: which file is missing, reading it says. */
async function isThere(path: string): Promise<boolean> {
  return (await stat(isPattern(path) ? dirname(path.split(",")[0]) : path).catch(() => null)) !== null;
}

/** Item ids of the person meant by --user or --likes. */
export async function profileOf(options: ProfileOptions, session: Session, context: Context): Promise<string[]> {
  if ((options.user === undefined) === (options.likes === undefined)) {
    throw new UsageError("say whose taste: --user ID, or --likes ITEM ITEM …");
  }
  if (options.likes) return options.likes.map((text) => session.model.items.ids[session.findItem(text)]);
  const dataset = await readData(await dataOf(options, session.model, options.model), options, context);
  const user = dataset.userIds.indexOf(options.user!);
  if (user < 0) {
    const hint = suggestion(options.user!, dataset.userIds) || ` among its ${dataset.userIds.length} users`;
    throw new UserError(`${dataset.name} has no user "${options.user}"${hint}`);
  }
  const known = new Set(session.model.items.ids);
  const items = csrRow(dataset.interactions, user);
  const ids = Array.from(items, (item) => dataset.itemIds[item]).filter((id) => known.has(id));
  if (ids.length === 0) throw new UserError(`user "${options.user}" has no item that the model knows`);
  return ids;
}

async function readData(source: DataSource, options: OutputOptions, context: Context): Promise<Dataset> {
  const progress = context.progress(options);
  try {
    return (await openDataset(source, progress.reading)).dataset;
  } finally {
    progress.clear();
  }
}
