/** unknot extend: items that nobody has chosen yet, into a trained model, by their tags. */
import type { Command } from "commander";
import { fraction, whole } from "../base/numbers.js";
import { quotable } from "../base/printable.js";
import { readNewItems } from "../data/read-new-items.js";
import { openEngine } from "../engine/open.js";
import { addItems, type ExtendedModel } from "../model-folder/add-items.js";
import { checkModelFolder, loadModel, saveModel } from "../model-folder/folder.js";
import type { Context, OutputOptions } from "./context.js";
import { estimated as figure } from "./tables/format.js";
import { addMachineOptions, addModelOption, addOutputOptions, type MachineOptions } from "./options.js";
import { withOutput, writeOrKeep } from "./output.js";
import { right, wide } from "./tables/table.js";

interface ExtendOptions extends MachineOptions, OutputOptions {
  model: string;
  items: string;
  tagSeparator?: string;
  out: string;
}

/** New items that are shown one by one. */
const SHOWN = 20;
/** Unknown tags that are named. */
const NAMED = 8;

export function addExtend(command: Command, context: Context): void {
  addModelOption(command)
    .requiredOption("--items <file>", "table of the new items: item, title, tags (several in a cell, or in rows)")
    .option("--tag-separator <s>", "between several tags in a cell, or none (default: found out)")
    .requiredOption("--out <folder>", "where the larger model goes; it may be the model itself");
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Nothing that was trained changes: neurons keep their numbers and names, old items their scores. A new item is marked
with ≈ in lists. How sure its vector is, the known items say: each is predicted from the others by its tags and held
against what training found. Train again (train --from) once people have chosen it.

Examples:
  unknot extend --model small-model --items new-films.csv --out small-model
  unknot recommend --model small-model --titles "Alien (1979)" -n 20`)
    .action((options: ExtendOptions) => extend(options, context));
}

async function extend(options: ExtendOptions, context: Context): Promise<void> {
  const place = await checkModelFolder(options.out);
  await withOutput(place, async () => {
    const model = await loadModel(options.model);
    const items = await readNewItems(options.items, { tagSeparator: options.tagSeparator });
    const engine = openEngine({ threads: options.threads, kernels: options.kernels, numerics: options.numerics });
    try {
      await engine.ready();
      const extended = addItems(engine, model, items);
      await writeOrKeep(options.out, (to) => saveModel(to, extended.model));
      describe(extended, options, context);
    } finally {
      engine.close();
    }
  });
}

function describe({ model, added, leftOut, unknownTags, lambda, cosine }: ExtendedModel, options: ExtendOptions,
  context: Context): void {
  const { ids, titles } = model.items;
  if (options.json) {
    context.json({
      out: options.out, lambda, cosine, leftOut, unknownTags: Object.fromEntries(unknownTags),
      added: added.map((one) => ({ id: ids[one.item], title: titles[one.item], ...one })),
    });
    return;
  }
  const shown = added.slice(0, SHOWN);
  const rows = shown.map(({ item, cosine: sure, low, high, reasons }) => [
    titles[item], fraction(sure, 2), `${fraction(low, 2)} … ${fraction(high, 2)}`,
    reasons.map(({ tag, share }) => `${tag} ${fraction(share, 2)}`).join(", "),
  ]);
  const notes = [
    ...(added.length > SHOWN ? [`… and ${whole(added.length - SHOWN)} more`] : []),
    `vectors by ridge regression on ${model.tags!.names.length} tags, λ = ${lambda}; predicted so, each by the ` +
    `others, the ${whole(cosine.n)} known items with tags have a cosine of ${figure(cosine)} with what training found`,
    ...(leftOut.length > 0 ? [`not added, as no tag of theirs is known: ${some(leftOut)}`] : []),
    ...(unknownTags.size > 0 ? [`tags that the model does not know: ${some([...unknownTags.keys()])}`] : []),
    `written to ${options.out}`,
  ];
  context.print(
    context.table([wide("new item"), right("cosine"), right("four of five"), wide("made of")], rows), notes.join("\n"),
  );
}

function some(names: readonly string[]): string {
  const first = names.slice(0, NAMED).map((name) => quotable(name)).join(", ");
  return `${first}${names.length > NAMED ? ` and ${whole(names.length - NAMED)} more` : ""}`;
}
