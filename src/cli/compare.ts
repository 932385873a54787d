/** unknot compare: the results of a sweep as a table, and the paper's findings on them. */
import { Option, type Command } from "commander";
import { UserError } from "../base/user-error.js";
import { findings, type Finding } from "../sweep/findings.js";
import { readResults, type SweepResult } from "../sweep/results.js";
import { summarise, type Figure, type Summary } from "../sweep/summary.js";
import type { Context, OutputOptions } from "./context.js";
import { fraction } from "../base/numbers.js";
import { addOutputOptions, number } from "./options.js";
import { left, right } from "./tables/table.js";

const ORDERS = ["ndcg", "recall", "retention", "cosine", "l0", "dead", "title"] as const;
type Order = (typeof ORDERS)[number];

interface CompareOptions extends OutputOptions {
  sort: Order;
  only?: string;
  top?: number;
}

export function addCompare(command: Command, context: Context): void {
  command
    .argument("<results.jsonl>", "written by sweep")
    .addOption(new Option("--sort <figure>", "largest first; dead and title: smallest first").choices(ORDERS)
      .default("ndcg"))
    .option("--only <text>", "rows whose title contains this text")
    .option("--top <n>", "at most so many rows", number(1));
  addOutputOptions(command)
    .addHelpText("after", `
Examples:
  unknot compare results.jsonl
  unknot compare results.jsonl --sort retention --only "on ELSA" --top 20
  unknot compare results.jsonl --json`)
    .action((file: string, options: CompareOptions) => compare(file, options, context));
}

async function compare(file: string, options: CompareOptions, context: Context): Promise<void> {
  const results = await readResults(file);
  if (results.length === 0) throw new UserError(`${file}: holds no finished run yet`);
  const splits = Array.from(new Set(results.map(({ split }) => split)));
  const parts = splits.map((split) => {
    const own = results.filter((one) => one.split === split);
    return { data: own[0].data, split, runs: own.length, models: rows(own, options), findings: findings(own) };
  });
  if (options.json) {
    context.json(parts);
    return;
  }
  for (const { data, split, runs, models, findings: found } of parts) {
    context.print(
      `${data}, split ${split}: ${runs} runs`,
      context.table(
        [left("model"), right("seeds"), right("nDCG@20"), right("± users"), right("± seeds"), right("recall@20"),
          right("kept"), right("cosine"), right("L0"), right("dead"),
          right("÷ axis"), right("proven")],
        models.map(cells),
      ),
      "  kept: nDCG@20 with the SAE over that without; dead: neurons that fired for no test user\n" +
      "  ÷ axis: held-out F1 of a tag's best neuron over that of the best principal axis; proven: share of a test\n" +
      "  user's activation on concepts with a proven name\n" +
      "  ± users, ± seeds: standard errors of nDCG@20",
      `The paper's findings\n${found.map(line).join("\n")}`,
      "",
    );
  }
}

function rows(results: readonly SweepResult[], { sort, only, top }: CompareOptions): Summary[] {
  const value = (one: Summary): number => (sort === "title" ? 0 : one[sort]?.mean ?? -Infinity);
  const ascending = sort === "dead" ? -1 : 1;
  return summarise(results)
    .filter(({ title }) => only === undefined || title.toLowerCase().includes(only.toLowerCase()))
    .sort((a, b) => {
      if (sort === "title") return a.title < b.title ? -1 : 1;
      const [x, y] = [value(a), value(b)];
      if (x === y) return a.title < b.title ? -1 : 1;
      // Rows without the figure come last either way.
      if (x === -Infinity || y === -Infinity) return x === -Infinity ? 1 : -1;
      return ascending * (y - x);
    })
    .slice(0, top);
}

function cells({ title, seeds, ndcg, recall, retention, cosine, l0, dead, meaning, proven }: Summary): string[] {
  const share = (figure: Figure | null): string => (figure ? `${(100 * figure.mean).toFixed(1)} %` : "");
  return [
    title, String(seeds.length), fraction(ndcg.mean, 4), fraction(ndcg.seUsers, 4), fraction(ndcg.seSeeds, 4),
    fraction(recall.mean, 4), share(retention), cosine ? fraction(cosine.mean) : "", l0 ? l0.mean.toFixed(1) : "",
    share(dead), meaning ? fraction(meaning.mean, 2) : "", share(proven),
  ];
}

function line({ claim, verdict, numbers }: Finding): string {
  return `  ${verdict.toUpperCase().padEnd(13)}  ${claim}\n                 ${numbers}`;
}
