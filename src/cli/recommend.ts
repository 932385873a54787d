/** unknot recommend: a list for one person, and why. */
import { Option, type Command } from "commander";
import type { ExplainedItem } from "../session/session-types.js";
import type { Session } from "../session/session.js";
import type { Context } from "./context.js";
import { fraction } from "../base/numbers.js";
import { addProfileOptions, profileOf, withSession } from "./open-model.js";
import { recommendToAll, type RecommendAllCommandOptions } from "./recommend-all.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { right, wide } from "./tables/table.js";

interface RecommendOptions extends RecommendAllCommandOptions {
  why?: string;
  all?: boolean;
}

export function addRecommend(command: Command, context: Context): void {
  addModelOption(command);
  addProfileOptions(command);
  command
    .option("-n, --count <n>", "length of the list", number(1), 10)
    .option("--why <item>", "take one item's score apart instead, neuron by neuron")
    .option("--all", "the list of every user of the data set, in its order, to --out; goes on after a kill")
    .option("--out <file>", "with --all: where the lists go")
    .addOption(new Option("--format <name>", "with --all (default: by the file's ending, else jsonl)")
      .choices(["jsonl", "csv"]))
    .option("--batch-users <n>", "with --all: users at once, at most (default: 512, fewer of large catalogues)",
      number(1));
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Examples:
  unknot recommend --model small-model --user 414
  unknot recommend --model small-model --likes "Alien (1979)" "Blade Runner (1982)" -n 5
  unknot recommend --model small-model --likes 1214 541 --why "Aliens (1986)"
  unknot recommend --model small-model --all --out lists.csv -n 20`)
    .action((options: RecommendOptions) => (options.all
      ? recommendToAll(options, context) : withSession(options, (session) => recommend(options, session, context))));
}

async function recommend(options: RecommendOptions, session: Session, context: Context): Promise<void> {
  const profile = await profileOf(options, session, context);
  if (options.why !== undefined) {
    explain(session.explain(profile, options.why), options, context);
    return;
  }
  const estimates = new Map(session.model.items.estimated?.map((one) => [one.item, one]));
  const list = session.recommend(profile, options.count)
    .map((listed) => ({ ...listed, why: session.explain(profile, listed.id) }));
  if (options.json) {
    context.json(list.map(({ why: { contributions, unexplained }, ...listed }) => ({
      ...listed, contributions, unexplained,
      ...(estimates.has(listed.item) ? { estimated: estimates.get(listed.item) } : {}),
    })));
    return;
  }
  context.print(
    `for a person with ${profile.length} item${profile.length === 1 ? "" : "s"}`,
    context.table(
      [right(""), wide("item"), right("score"), wide("mostly because of")],
      list.map(({ item, title, score, why }, i) =>
        [String(i + 1), `${estimates.has(item) ? "≈ " : ""}${title}`, fraction(score), reasons(why)]),
    ),
    ...(list.some(({ item }) => estimates.has(item)) ? ["≈ added by its tags: nobody had chosen it in training"] : []),
  );
}

/** The two strongest neurons that speak for an item. */
function reasons({ contributions }: ExplainedItem): string {
  return contributions.filter(({ contribution }) => contribution > 0).slice(0, 2)
    .map(({ neuron, label, contribution }) => `${label ?? `neuron ${neuron}`} ${fraction(contribution, 2)}`).join(", ");
}

function explain(explained: ExplainedItem, options: RecommendOptions, context: Context): void {
  if (options.json) {
    context.json(explained);
    return;
  }
  const { item, score, base, own, unexplained, contributions, approximate } = explained;
  context.print(
    approximate
      ? `${item.title}: score ${fraction(score, 4)} before the softmax; a neuron's part is what is lost without it`
      : `${item.title}: score ${fraction(score, 4)} before the relu, exactly the sum of`,
    context.table(
      [wide("part"), right("activation"), right("adds")],
      [
        ...contributions.map(({ neuron, label, activation, contribution }) =>
          [`neuron ${neuron}${label === null ? "" : ` (${label})`}`, fraction(activation), fraction(contribution, 4)]),
        [approximate ? "the rest (bias, and what neurons do together)" : "base (mean and bias)", "", fraction(base, 4)],
        ...(unexplained === 0 ? [] : [["not explained by any neuron", "", fraction(unexplained, 4)]]),
        ...(own === 0 ? [] : [["the item itself, already known", "", fraction(-own, 4)]]),
      ],
    ),
  );
}
