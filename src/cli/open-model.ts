/** What the commands on a trained model share: opening it, and finding out whose taste is meant. */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Option, type Command } from "commander";
import type { Dataset } from "../data/dataset.js";
import { csrRow } from "../base/csr.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import { openDataset, type DataSource } from "../data/data-source.js";
import { isPattern } from "../data/layouts/path-pattern.js";
import type { RowOrder } from "../data/row-order.js";
import { loadModel } from "../model-folder/folder.js";
import { residuals, type Residual } from "../config/sae.js";
import type { Model } from "../model-folder/model.js";
import { openSession } from "../session/open-session.js";
import type { ListRequest } from "../session/list-request.js";
import type { WeightedProfile } from "../session/profile.js";
import type { Session } from "../session/session.js";
import { suggestion } from "../base/suggest.js";
import { UsageError, type Context, type OutputOptions } from "./context.js";
import { number, sourceOf, type CommonOptions } from "./options.js";

export interface ModelOptions extends CommonOptions {
  model: string;
  residual?: Residual;
}

export interface ProfileOptions extends ModelOptions {
  user?: string;
  likes?: string[];
  titles?: string[];
  dislikes?: string[];
  weights?: number[];
}

/** Which list is wanted. */
export interface ListOptions {
  count: number;
  offset?: number;
  onlyItems?: string[];
  onlyTags?: string[];
  exceptItems?: string[];
  exceptTags?: string[];
  seen?: "drop" | "keep";
  minUsers?: number;
  empty?: "popular" | "refuse";
  popularity?: number;
  variety?: number;
  calibration?: number;
  pool?: number;
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

/** Which part of a list, and of which items. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--offset <n>", "places passed over at the list's head", number(0))
    .option("--only-items <id...>", "only these items")
    .option("--only-tags <tag...>", "only items with one of these tags")
    .option("--except-items <id...>", "never these items")
    .option("--except-tags <tag...>", "never items with one of these tags")
    .option("--min-users <n>", "only items of so many training users", number(0));
}

export function addListOptions(command: Command): Command {
  return addFilterOptions(command)
    .option("--popularity <p>", "balance: unpopular items move up (from -1), or popular ones (to 1)", number())
    .option("--variety <v>", "balance: items unlike each other, from 0 to 1", number())
    .option("--calibration <c>", "balance: tags mixed as in the history, from 0 to 1", number())
    .option("--pool <n>", "balance: the best so many items are re-ranked (default: 100)", number(1))
    .addOption(new Option("--seen <what>", "whether the profile's own items are left out").choices(["drop", "keep"]))
    .addOption(new Option("--empty <what>", "what a profile without any known item gets (default: popular)")
      .choices(["popular", "refuse"]));
}

export function listRequestOf(
  { count, offset, onlyItems, onlyTags, exceptItems, exceptTags, seen, minUsers, empty, ...weights }: ListOptions,
): ListRequest {
  const { popularity, variety, calibration, pool } = weights;
  const balance = [popularity, variety, calibration, pool].some((one) => one !== undefined)
    ? { popularity, variety, calibration, pool } : undefined;
  const only = onlyItems || onlyTags ? { ids: onlyItems, tags: onlyTags } : undefined;
  const except = exceptItems || exceptTags ? { ids: exceptItems, tags: exceptTags } : undefined;
  return { n: count, offset, only, except, seen, minUsers, empty, balance };
}

/** A line on ids that were skipped; none when none were. */
export function ignoredNote(ignored: readonly string[], session: Session): string[] {
  if (ignored.length === 0) return [];
  const { titles } = session.model.items;
  const named = ignored.some((id) => titles.includes(id)) ? " (a title: --titles finds items by theirs)" : "";
  const some = ignored.slice(0, 10).map((id) => `"${quotable(id, 60)}"`).join(", ");
  const more = ignored.length > 10 ? `, and ${ignored.length - 10} more` : "";
  return [`not in the model, left out: ${some}${more}${named}`];
}

export function addProfileOptions(command: Command): Command {
  return command
    .option("--user <id>", "a user of the data set that the model was trained on, or of --data")
    .option("--likes <id...>", "items by id, instead of a user")
    .option("--titles <title...>", "items by title or a part of it that only one has, instead of ids or beside them")
    .option("--dislikes <id...>", "items by id that the person does not like: each subtracts what it would add")
    .option("--weights <n...>", "how much each item counts, in their order",
      (text: string, before?: number[]) => [...before ?? [], number()(text)])
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

/** The person meant by --user, or by --likes, --titles and --dislikes. */
export async function profileOf(
  options: ProfileOptions, session: Session, context: Context,
): Promise<Required<WeightedProfile>> {
  const { user, likes = [], titles = [], dislikes = [], weights } = options;
  if ((user === undefined) === (options.likes === undefined && options.titles === undefined)) {
    throw new UsageError("say whose taste: --user ID, or --likes ID ID …, or --titles TITLE …");
  }
  const items = user === undefined
    ? [...likes, ...session.idsByTitle(titles)] : await itemsOfUser(options, session, context);
  if (weights && weights.length !== items.length) {
    throw new UsageError(`--weights: ${items.length} items need as many weights, got ${weights.length}`);
  }
  return { items, weights: weights ?? items.map(() => 1), dislikes };
}

/** Item ids of a user of the data set. */
async function itemsOfUser(options: ProfileOptions, session: Session, context: Context): Promise<string[]> {
  return itemsIn(await datasetOf(options, session, context), options.user!, session);
}

/** The data set of a command on a model: of --data or --world, or the model's own. */
export async function datasetOf(options: ModelOptions, session: Session, context: Context): Promise<Dataset> {
  return readData(await dataOf(options, session.model, options.model), options, context);
}

/** Item ids of a user that the model knows, at least one. @throws UserError for an unknown user, with the nearest. */
export function itemsIn(dataset: Dataset, userId: string, session: Session): string[] {
  const user = dataset.userIds.indexOf(userId);
  if (user < 0) {
    const hint = suggestion(userId, dataset.userIds) || ` among its ${dataset.userIds.length} users`;
    throw new UserError(`${dataset.name} has no user "${quotable(userId, 80)}"${hint}`);
  }
  const known = new Set(session.model.items.ids);
  const items = csrRow(dataset.interactions, user);
  const ids = Array.from(items, (item) => dataset.itemIds[item]).filter((id) => known.has(id));
  if (ids.length === 0) throw new UserError(`user "${quotable(userId, 80)}" has no item that the model knows`);
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
