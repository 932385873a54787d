/** unknot recommend: a list for one person, and why. */
import { Option, type Command } from "commander";
import type { ExplainedItem, LeftOut } from "../../session/session-types.js";
import type { Session } from "../../session/session.js";
import { UsageError, type Context } from "../context.js";
import type { ItemEstimate } from "../../model-folder/model.js";
import { fraction, percent } from "../../base/numbers.js";
import {
  addListOptions, addProfileOptions, ignoredNote, listRequestOf, profileOf, withSession,
} from "../open-model.js";
import { recommendToAll, type RecommendAllCommandOptions } from "./recommend-all.js";
import { addSeveralOptions, areSeveral, recommendToSeveral, type SeveralOptions } from "./recommend-several.js";
import {
  addDataOptions, addMachineOptions, addModelOption, addOutputOptions, asOption, number,
} from "../options.js";
import { priceLine } from "../tables/price.js";
import { estimatedNote, NO_CONCEPT, shortName, titled } from "../tables/titled.js";
import { right, wide } from "../tables/table.js";

interface RecommendOptions extends RecommendAllCommandOptions, SeveralOptions {
  why?: string;
  neurons?: boolean;
  all?: boolean;
}

export function addRecommend(command: Command, context: Context): void {
  addModelOption(command);
  addProfileOptions(command);
  addSeveralOptions(command)
    .option("-n, --count <n>", "length of the list", number(1), 10)
    .option("--why <item>", "take one item's score apart instead, by concepts and what no neuron explains")
    .option("--neurons", "with --why: neuron by neuron")
    .option("--all", "the list of every user of the data set, in its order, to --out; goes on after a kill")
    .option("--out <file>", "with --all: where the lists go")
    .addOption(new Option("--format <name>", "with --all (default: by the file's ending, else jsonl)")
      .choices(["jsonl", "csv"]))
    .option("--batch-users <n>", "with --all: users at once, at most (default: 512, fewer of large catalogues)",
      number(1))
    .option("--queue <url>", "with --all: through a queue on this Redis server (redis://HOST:PORT) for " +
      "`unknot work`, instead of here; --batch-users is then a job's (default: 4096)");
  addListOptions(command);
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Examples:
  unknot recommend --model small-model --user 414
  unknot recommend --model small-model --titles "Alien (1979)" "Blade Runner (1982)" -n 5
  unknot recommend --model small-model --user 414 --only-tags noir --except-items 1214 --offset 10
  unknot recommend --model small-model --user 414 --popularity -0.3 --variety 0.2
  unknot recommend --model small-model --likes 1214 541 --why "Aliens (1986)" --neurons
  unknot recommend --model small-model --users 414 599 --group fuse-topk
  unknot recommend --model small-model --profiles visitors.jsonl --json
  unknot recommend --model small-model --all --out lists.csv -n 20
  unknot recommend --model small-model --all --out lists.csv --queue redis://10.0.0.5:6379    (and: unknot work …)`)
    .action((options: RecommendOptions) => {
      if (!options.all) {
        if (options.queue !== undefined) throw new UsageError("--queue is for --all");
        const answer = areSeveral(options) ? recommendToSeveral : recommend;
        return withSession(options, (session) => answer(options, session, context));
      }
      const unused = FOR_ONE.find((name) => options[name] !== undefined);
      if (unused !== undefined) throw new UsageError(`--all writes everybody's plain list: no ${asOption(unused)}`);
      return recommendToAll(options, context);
    });
}

/** What --all does not know. */
const FOR_ONE = [
  "why", "neurons", "users", "profiles", "group", "dislikes", "weights", "offset", "onlyItems", "onlyTags",
  "exceptItems", "exceptTags", "seen", "minUsers", "empty", "popularity", "variety", "calibration", "pool",
] as const satisfies readonly (keyof RecommendOptions)[];

const LEFT_OUT: Readonly<Record<NonNullable<LeftOut>, string>> = {
  seen: "the person knows it", disliked: "the person dislikes it", filtered: "the filters leave it out",
};

async function recommend(options: RecommendOptions, session: Session, context: Context): Promise<void> {
  if (options.neurons && options.why === undefined) throw new UsageError("--neurons is for --why ITEM");
  const profile = await profileOf(options, session, context);
  if (options.why !== undefined) {
    const item = session.model.items.ids[session.findItem(options.why)];
    explain(session.explain(profile, item, [], listRequestOf(options)), options, context);
    return;
  }
  const { items, ignored, popular, balance } = session.recommend(profile, listRequestOf(options));
  const list = items.map((listed) => ({ ...listed, why: popular ? null : session.explain(profile, listed.id) }));
  if (options.json) {
    const withReasons = list.map(({ why, ...listed }) => ({
      ...listed,
      ...(why ? { concepts: why.concepts, contributions: why.contributions, unexplained: why.unexplained } : {}),
    }));
    context.json({ items: withReasons, ignored, popular, balance });
    return;
  }
  const known = profile.items.length + profile.dislikes.length - ignored.length;
  context.print(
    ...ignoredNote(ignored, session),
    popular ? "for nobody in particular: the popular items, with their training users"
      : `for a person with ${known} item${known === 1 ? "" : "s"}`,
    context.table(
      [right(""), wide("item"), right("score"), wide("mostly because of")],
      list.map(({ score, why, ...listed }, i) => [
        String(i + 1 + (options.offset ?? 0)), titled(listed),
        popular ? String(score) : fraction(score), why ? reasons(why) : "",
      ]),
    ),
    ...(balance ? [priceLine(balance)] : []),
    ...estimatedNote(items),
  );
}

/** Rows of an explanation; the rest is one. */
const PARTS = 10;
/** A reason is named when it has this share of the first one's weight. */
const WORTH_NAMING = 0.25;

/** A part of a score: what it is called, whether that is proven, what activates it, and what it adds. */
interface Part {
  readonly name: string;
  readonly proven: string;
  readonly activation: number;
  readonly contribution: number;
}

function conceptParts({ concepts }: ExplainedItem): Part[] {
  return concepts.map(({ concept, proven, activation, contribution }) =>
    ({ name: concept ?? NO_CONCEPT, proven: proven ? "yes" : "no", activation, contribution }));
}

function neuronParts({ contributions }: ExplainedItem): Part[] {
  return contributions.map(({ neuron, label, activation, contribution }) =>
    ({ name: `neuron ${neuron}${label === null ? "" : ` (${label})`}`, proven: "", activation, contribution }));
}

/** What speaks for an item, in words: "heist, noir". */
function mainReasons({ concepts }: ExplainedItem): string {
  const strongest = concepts.filter(({ concept, contribution }) => concept !== null && contribution > 0).slice(0, 3);
  return strongest.filter(({ contribution }) => contribution >= WORTH_NAMING * strongest[0].contribution)
    .map(({ concept }) => concept).join("; ");
}

/** The two strongest concepts that speak for an item. */
function reasons({ concepts }: ExplainedItem): string {
  return concepts.filter(({ contribution }) => contribution > 0).slice(0, 2)
    .map(({ concept, contribution }) => `${shortName(concept)} ${fraction(contribution, 2)}`).join("; ");
}

function explain(explained: ExplainedItem, options: RecommendOptions, context: Context): void {
  if (options.json) {
    context.json(explained);
    return;
  }
  const { item, score, base, own, unexplained, approximate, leftOut, estimate } = explained;
  const speaking = mainReasons(explained);
  const sorted = (options.neurons ? neuronParts : conceptParts)(explained)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const others = sorted.slice(PARTS);
  const row = (name: string, adds: number, proven = "", activation = ""): string[] =>
    [name, ...options.neurons ? [] : [proven], activation, fraction(adds, 4)];
  context.print(
    ...(estimate ? [describeEstimate(item.title, estimate)] : []),
    ...(speaking === "" ? [] : [`mostly because of ${speaking}`]),
    ...(leftOut ? [`no list of this request has it: ${LEFT_OUT[leftOut]}`] : []),
    approximate
      ? `${item.title}: score ${fraction(score, 4)} before the softmax; a neuron's part is what is lost without it`
      : `${item.title}: score ${fraction(score, 4)} before the relu, exactly the sum of`,
    context.table(
      [wide("part"), ...options.neurons ? [] : [right("proven")], right("activation"), right("adds")],
      [
        ...sorted.slice(0, PARTS).map(({ name, proven, activation, contribution }) =>
          row(name, contribution, proven, fraction(activation))),
        ...(others.length === 0 ? [] : [
          row(`${others.length} others (--json has them all)`, others.reduce((sum, one) => sum + one.contribution, 0)),
        ]),
        row(approximate ? "the rest (bias, and what neurons do together)" : "base (mean and bias)", base),
        ...(unexplained === 0 ? [] : [row("not explained by any neuron", unexplained)]),
        ...(own === 0 ? [] : [row("the item itself, already known", -own)]),
      ],
    ),
  );
}

function describeEstimate(title: string, { cosine, low, high, reasons: tags }: ItemEstimate): string {
  const made = tags.filter(({ share }) => share > 0).slice(0, 3).map(({ tag, share }) => `${tag} ${percent(share)}`);
  const figure = (one: number): string => fraction(one, 2);
  return `${title} was added${made.length > 0 ? ` by its tags (${made.join(", ")})` : ""}: nobody had chosen it in ` +
    `training. Such a vector has a cosine of ${figure(cosine)} with a trained one ` +
    `(four of five from ${figure(low)} to ${figure(high)})`;
}
