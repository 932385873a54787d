/** unknot data: look at a data set, download a public one, or write the built-in world as files. */
import { stat } from "node:fs/promises";
import { Argument, type Command } from "commander";
import { packDataset } from "../data/packed-dataset.js";
import { defaultCacheFolder, fetchDataset, publicDatasets } from "../data/public/fetch-dataset.js";
import { csrColumnCounts } from "../base/csr.js";
import { worldNames } from "../data/world/named-worlds.js";
import { chooseTags } from "../data/tags/choose-tags.js";
import { openDataset } from "../data/data-source.js";
import { writeDataset } from "../data/write-dataset.js";
import { type Interrupted, UsageError, type Context, type OutputOptions } from "./context.js";
import { bytes } from "./tables/format.js";
import { percent, whole } from "../base/numbers.js";
import { addDataOptions, addOutputOptions, number, sourceOf, type CommonOptions } from "./options.js";
import { right, wide } from "./tables/table.js";

export function addData(data: Command, context: Context): void {
  data.addHelpText("after", `
Examples:
  unknot data info ml-latest-small
  unknot data info plays.tsv --column user=listener --column item=artist
  unknot data fetch ml-latest-small
  unknot data pack ml-latest-small --out ml-latest-small.unknot
  unknot data world tiny --out tiny-world`);

  const info = data.command("info").argument("[folder]", "a folder or file, as for --data")
    .description("What a data set holds after filtering.");
  addDataOptions(info);
  addOutputOptions(info).action((folder: string | undefined, options: CommonOptions) =>
    describeData({ ...options, data: folder ?? options.data }, context));

  const fetch = data.command("fetch").addArgument(new Argument("<name>").choices(Object.keys(publicDatasets)))
    .description("Download a public data set from its publisher, resuming where an earlier attempt stopped.")
    .option("--cache <folder>", `where data sets are kept (default: ${defaultCacheFolder()})`)
    .option("--base-url <url>", "a mirror with the publisher's file names");
  addOutputOptions(fetch).action((name: string, options: FetchCommandOptions) => fetchData(name, options, context));

  const pack = data.command("pack").argument("[folder]", "a folder or file, as for --data")
    .description("Read a data set and keep it in one binary file, which is read in a moment: --data FILE.")
    .requiredOption("--out <file>", "the file, replaced when it is there");
  addDataOptions(pack);
  addOutputOptions(pack).action((folder: string | undefined, options: PackCommandOptions) =>
    packData({ ...options, data: folder ?? options.data }, context));

  const world = data.command("world")
    .addArgument(new Argument("[name]").choices(worldNames).default("small"))
    .description("Write a planted-concept world as CSV files, with its truth in concepts.csv.")
    .option("--seed <n>", "the same seed gives the same world", number(), 42)
    .requiredOption("--out <folder>", "a new or empty folder");
  addOutputOptions(world).action((name: string, options: WorldCommandOptions) => writeWorld(name, options, context));
}

interface PackCommandOptions extends CommonOptions {
  out: string;
}

async function packData(options: PackCommandOptions, context: Context): Promise<void> {
  const source = sourceOf(options, 42);
  if (!source) throw new UsageError("nothing to pack: give a folder, or --world NAME");
  const progress = context.progress(options);
  const { dataset } = await openDataset(source, progress.reading).finally(() => progress.clear());
  await packDataset(options.out, dataset, source.read);
  const { size } = await stat(options.out);
  const { rows: users, cols: items, indices: { length: interactions } } = dataset.interactions;
  if (options.json) context.json({ out: options.out, bytes: size, users, items, interactions, notes: dataset.notes });
  else {
    context.print(
      dataset.notes.map((note) => `  ${note}`).join("\n"),
      `${dataset.name}: ${whole(users)} users, ${whole(items)} items, ${whole(interactions)} interactions, ` +
      `${bytes(size)} in ${options.out}`,
    );
  }
}

async function describeData(options: CommonOptions, context: Context): Promise<void> {
  const source = sourceOf(options, 42);
  if (!source) throw new UsageError("nothing to look at: give a folder, or --world NAME");
  const progress = context.progress(options);
  const { dataset } = await openDataset(source, progress.reading).finally(() => progress.clear());
  const { interactions, tags } = dataset;
  const counts = csrColumnCounts(interactions);
  const popular = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b).slice(0, 5);
  const chosen = tags && chooseTags(tags, interactions.cols);
  const tagCount = chosen?.tags.names.length ?? 0;
  const names = chosen?.tags.names.slice(0, 6).join(", ") ?? "";
  const frequent = tagCount === 0 ? "" : `: ${names}${tagCount > 6 ? ", …" : ""}`;
  if (options.json) {
    context.json({
      name: dataset.name, users: interactions.rows, items: interactions.cols, interactions: interactions.indices.length,
      tagApplications: tags?.tag.length ?? 0, tags: chosen?.tags.names.length ?? 0,
      minTagApplications: chosen?.minApplications ?? null,
      popular: popular.map((i) => ({ id: dataset.itemIds[i], title: dataset.itemTitles[i], users: counts[i] })),
      notes: dataset.notes,
      understood: dataset.understood ?? null,
    });
    return;
  }
  const density = interactions.indices.length / (interactions.rows * interactions.cols);
  context.print(
    `${dataset.name}: ${whole(interactions.rows)} users, ${whole(interactions.cols)} items, ` +
    `${whole(interactions.indices.length)} interactions (${(100 * density).toFixed(2)} % of all pairs)`,
    dataset.notes.map((note) => `  ${note}`).join("\n"),
    context.table(
      [wide("most popular"), right("users"), right("share")],
      popular.map((i) => [dataset.itemTitles[i], whole(counts[i]), percent(counts[i] / interactions.rows)]),
    ),
    chosen ? `  ${tagCount} tags with ${chosen.minApplications} applications or more${frequent}` : "  no tags",
  );
}

interface WorldCommandOptions extends OutputOptions {
  seed: number;
  out: string;
}

interface FetchCommandOptions extends OutputOptions {
  cache?: string;
  baseUrl?: string;
}

async function fetchData(name: string, options: FetchCommandOptions, context: Context): Promise<void> {
  const progress = context.progress(options);
  const { terms } = publicDatasets[name as keyof typeof publicDatasets];
  progress.note(`${name}: ${terms}`);
  try {
    const folder = await fetchDataset(name, {
      cacheFolder: options.cache, baseUrl: options.baseUrl, signal: context.signal,
      onProgress: (done, total, file) => {
        const size = total > 0 ? ` of ${(total / 1e6).toFixed(1)}` : "";
        progress.show(file.replace(/^.*[\\/]/, ""), done, total, `${(done / 1e6).toFixed(1)}${size} MB`);
      },
    });
    progress.clear();
    if (options.json) context.json({ name, folder });
    else context.print(folder);
  } catch (error) {
    progress.clear();
    if (!context.signal.aborted) throw error;
    progress.note((error as Error).message);
    throw context.signal.reason as Interrupted;
  }
}

async function writeWorld(name: string, options: WorldCommandOptions, context: Context): Promise<void> {
  const { dataset, truth } = await openDataset({ world: name, seed: options.seed });
  await writeDataset(options.out, dataset, truth);
  if (options.json) context.json({ out: options.out, notes: dataset.notes });
  else context.print(...dataset.notes, `${options.out}: interactions, items, tags and concepts.csv written`);
}
