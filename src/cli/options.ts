/** Options that several commands share, and how they become what the pipeline takes. */
import { Option, InvalidArgumentError, type Command } from "commander";
import { layouts, type LayoutName } from "../data/layouts/layouts.js";
import type { Separator } from "../files/csv/row-parser.js";
import type { ColumnName, ColumnNames, ReadOptions } from "../data/read-options.js";
import type { WeightKind } from "../data/strengths.js";
import { worldNames } from "../data/world/named-worlds.js";
import type { EngineOptions } from "../engine/open.js";
import type { DataSource } from "../data/data-source.js";
import { UsageError, type OutputOptions } from "./context.js";

export interface DataOptions {
  data?: string;
  world?: string;
  layout?: LayoutName;
  minRating?: number;
  minUserItems?: number;
  minItemUsers?: number;
  column?: string[];
  file?: string[];
  tagSource?: "tags" | "genres" | "both";
  tagSeparator?: string;
  header?: "yes" | "no";
  separator?: string;
  encoding?: string;
  skipBadRows?: boolean;
  weight?: WeightKind;
  halfLife?: number;
  splitBy?: "users" | "time";
  query?: string[];
  split?: string;
}

export interface MachineOptions {
  threads?: number;
  kernels?: EngineOptions["kernels"];
  numerics?: EngineOptions["numerics"];
}

const COLUMN_ROLES = [
  "user", "item", "rating", "timestamp", "weight", "title", "genres", "year", "tag", "count", "none",
] as const;
const FILE_ROLES = ["interactions", "titles", "tags", "dictionary", "links"] as const;
/** Options that say how a folder is read. */
const FOLDER_ONLY = [
  "layout", "minRating", "minUserItems", "minItemUsers", "column", "file", "tagSource", "tagSeparator", "header",
  "separator", "encoding", "skipBadRows", "query", "weight", "halfLife", "splitBy",
] as const;
/** Separators that are awkward to type. */
const SEPARATOR_WORDS: Readonly<Record<string, string>> = {
  comma: ",", semicolon: ";", tab: "\t", bar: "|", blank: " ", colons: "::", "\\t": "\t",
};
const SEPARATOR_NAMES = Object.keys(SEPARATOR_WORDS).slice(0, 6);

/** A number; a whole one from `least` on when given. */
export function number(least?: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("Expected a number.");
    if (least !== undefined && (!Number.isInteger(value) || value < least)) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} on.`);
    }
    return value;
  };
}

/** An option as it is typed: minUsers, --min-users. */
export function asOption(name: string): string {
  return `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
}

/** Values of an option that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...before ?? [], text];
}

export function addDataOptions(command: Command): Command {
  return command
    .option("--data <place>", "folder, file, ZIP archive, pattern of files (quoted) or - for standard input; " +
      "its layout is recognised")
    .addOption(new Option("--world <name>", "the built-in planted-concept world instead of a folder")
      .choices(worldNames))
    .addOption(new Option("--layout <name>", "read the folder as this layout").choices(Object.keys(layouts)))
    .option("--min-rating <n>", "leave out lower ratings (default: that of the layout, mostly 4)", number())
    .option("--min-user-items <n>", "drop users with fewer items (default: that of the layout, mostly 5)", number(0))
    .option("--min-item-users <n>", "drop items with fewer users (default: that of the layout, mostly 1)", number(0))
    .option("--column <role=name>", `name or number of a column: ${COLUMN_ROLES.join(", ")}; of one file only as ` +
      "titles.item=name", collect)
    .option("--file <role=name>", `file to read as ${FILE_ROLES.join(", ")} (none: no such file)`, collect)
    .addOption(new Option("--header <whether>", "whether the first row is a header (default: found out)")
      .choices(["yes", "no"]))
    .option("--separator <s>", `between columns: ${SEPARATOR_NAMES.join(", ")} (default: found out)`)
    .option("--encoding <name>", "of the files, for example windows-1251 (default: UTF-8, UTF-16 or windows-1252)")
    .option("--query <sql>", "what to ask of a database (postgres://… or an SQLite file); titles=SQL, tags=SQL too",
      collect)
    .option("--skip-bad-rows", "leave rows out that cannot be read, and say how many")
    .addOption(new Option("--tag-source <what>", "what counts as a tag (default: both)")
      .choices(["tags", "genres", "both"]))
    .option("--tag-separator <s>", "between several tags in a cell, or none (default: found out)")
    .addOption(new Option("--weight <kind>", "how much ratings, counts or plays count in fitting (default: none, " +
      "all the same)").choices(["none", "linear", "log"]))
    .option("--half-life <days>", "an interaction of so long ago counts half in fitting (needs times)", number())
    .addOption(new Option("--split-by <what>", "hold out users, or what came last (needs times)")
      .choices(["users", "time"]))
    .option("--split <file>", "JSON file that says who is held out (default: users are split by the seed)");
}

export function addMachineOptions(command: Command): Command {
  return command
    .option(
      "--threads <n>", "threads that compute (default: the cores it may use, at most 16); never changes a result",
      number(1),
    )
    .addOption(new Option("--kernels <kind>", "who computes").choices(["auto", "simd", "plain"]).default("auto"))
    .addOption(new Option("--numerics <kind>", "fused: fastest; portable: the same bits on every machine")
      .choices(["fused", "portable"]).default("fused"));
}

export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document")
    .option("--quiet", "no progress on stderr");
}

export function addModelOption(command: Command): Command {
  return command.option("--model <folder>", "a model written by train", "model");
}

/** null when neither --data nor --world is given. */
export function sourceOf(options: DataOptions, seed: number): DataSource | null {
  if (options.data !== undefined && options.world !== undefined) {
    throw new UsageError("give either --data or --world, not both");
  }
  if (options.data === undefined) {
    const lonely = FOLDER_ONLY.find((name) => options[name] !== undefined);
    if (lonely !== undefined) {
      throw new UsageError(`${asOption(lonely)} needs --data`);
    }
    if (options.world === undefined && options.split !== undefined) throw new UsageError("--split needs --data");
    if (options.world === undefined) return null;
  }
  if (options.split !== undefined && options.splitBy !== undefined) {
    throw new UsageError("give either --split or --split-by, not both");
  }
  const split = {
    ...(options.split === undefined ? {} : { split: options.split }),
    ...(options.splitBy === undefined ? {} : { splitBy: options.splitBy }),
  };
  if (options.world !== undefined) return { world: options.world, ...split, seed };
  const read: ReadOptions = {
    layout: options.layout,
    minRating: options.minRating,
    minUserInteractions: options.minUserItems,
    minItemInteractions: options.minItemUsers,
    columns: columnsOf(options.column),
    files: Object.fromEntries(assignments(options.file, "--file", FILE_ROLES)),
    tagSource: options.tagSource,
    tagSeparator: options.tagSeparator,
    header: options.header === undefined ? undefined : options.header === "yes",
    separator: separatorOf(options.separator),
    encoding: options.encoding,
    skipBadRows: options.skipBadRows,
    weight: options.weight,
    halfLife: options.halfLife,
    queries: queriesOf(options.query),
  };
  // Only what was said is kept: the source is recorded with the model.
  const empty = (value: unknown): boolean =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  const said = Object.fromEntries(Object.entries(read).filter(([, value]) => !empty(value))) as ReadOptions;
  return { folder: options.data, ...(Object.keys(said).length > 0 ? { read: said } : {}), ...split, seed };
}

/** role=name, as often as given. */
function assignments(given: string[] | undefined, option: string, roles: readonly string[]): [string, string][] {
  return (given ?? []).map((text) => {
    const at = text.indexOf("=");
    const role = text.slice(0, at);
    if (at < 1 || !roles.includes(role) || at === text.length - 1) {
      throw new UsageError(`${option} ${text}: expected role=name with a role out of ${roles.join(", ")}`);
    }
    return [role, text.slice(at + 1)];
  });
}

/** user=a, none=b, titles.item=c as the columns of readDataset. */
function columnsOf(given: string[] | undefined): ColumnNames {
  const perFile = FILE_ROLES.flatMap((file) => [...COLUMN_ROLES, "id", "name", "key"].map((role) => `${file}.${role}`));
  const columns: Record<string, ColumnName | ColumnName[] | Record<string, ColumnName>> = {};
  for (const [role, text] of assignments(given, "--column", [...COLUMN_ROLES, ...perFile])) {
    const [file, inner] = role.split(".");
    const name = columnName(text);
    const ofFile = columns[file] as Record<string, ColumnName> | undefined;
    if (inner !== undefined) columns[file] = { ...ofFile, [inner]: name };
    else if (role === "none") columns.none = [...columns.none as ColumnName[] | undefined ?? [], name];
    else columns[role] = name;
  }
  return columns;
}

/** A plain query is that of the interactions. */
function queriesOf(given: string[] | undefined): ReadOptions["queries"] {
  if (given === undefined) return undefined;
  return Object.fromEntries(given.map((text) => {
    const role = FILE_ROLES.find((one) => text.startsWith(`${one}=`));
    return role ? [role, text.slice(role.length + 1)] : ["interactions", text];
  }));
}

function separatorOf(text: string | undefined): Separator | undefined {
  if (text === undefined) return undefined;
  const separator = SEPARATOR_WORDS[text] ?? text;
  if (!Object.values(SEPARATOR_WORDS).includes(separator)) {
    throw new UsageError(`--separator ${text}: expected one of ${SEPARATOR_NAMES.join(", ")}`);
  }
  return separator as Separator;
}

/** Columns have names or, counted from 1, numbers. */
function columnName(text: string): ColumnName {
  return /^\d+$/.test(text) ? Number(text) : text;
}

export type CommonOptions = DataOptions & MachineOptions & OutputOptions;
