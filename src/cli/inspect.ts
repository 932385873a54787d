/** unknot inspect: what a tag, a neuron or a person looks like from inside. */
import type { Command } from "commander";
import { selectivityTable, type MatchCounts, type SelectivityRow } from "../interpret/selectivity.js";
import type { NeuronLabel } from "../interpret/labels.js";
import type { ListedItem } from "../session/session-types.js";
import type { ScoredNeuron } from "../interpret/tag-neurons.js";
import type { Session } from "../session/session.js";
import type { Context } from "./context.js";
import { fraction, percent } from "../base/numbers.js";
import {
  addProfileOptions, ignoredNote, profileOf, withSession, type ModelOptions, type ProfileOptions,
} from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { activeConcepts, activeNeurons } from "./tables/active-table.js";
import { right, wide } from "./tables/table.js";
import { estimatedNote, titled } from "./tables/titled.js";

interface CountOptions extends ModelOptions {
  count: number;
}

export function addInspect(inspect: Command, context: Context): void {
  inspect.addHelpText("after", `
Examples:
  unknot inspect tags --model small-model
  unknot inspect tag "dark comedy" --model small-model
  unknot inspect concepts --model small-model
  unknot inspect concept "film noir" --model small-model
  unknot inspect neuron 17 --model small-model
  unknot inspect user 414 --model small-model
  unknot inspect segments 414 --model small-model --rows 5
  unknot inspect selectivity --model small-model`);

  const whole = (command: Command): Command => addOutputOptions(addMachineOptions(addModelOption(command)));
  const finish = (command: Command): Command => whole(command)
    .option("-n, --count <n>", "length of the lists", number(1), 10);

  whole(inspect.command("tags").description("All tags of the model, with the neuron that stands for each."))
    .option("-n, --count <n>", "the foremost n only", number(1))
    .action((options: ModelOptions & Partial<CountOptions>) =>
      withSession(options, (session) => inspectTags(options, session, context)));
  finish(inspect.command("tag").argument("<name>")
    .description("The neurons behind a tag, by each mapping, and its items."))
    .action((name: string, options: CountOptions) =>
      withSession(options, (session) => inspectTag(name, options, session, context)));
  finish(inspect.command("concepts").description("Concepts: neurons of one meaning under one name, largest first."))
    .action((options: CountOptions) => withSession(options, (session) => inspectConcepts(options, session, context)));
  finish(inspect.command("concept").argument("<name>").description("A concept's neurons and its foremost items."))
    .action((name: string, options: CountOptions) =>
      withSession(options, (session) => inspectConcept(name, options, session, context)));
  finish(inspect.command("neuron").argument("<number>", "", number(0))
    .description("A neuron's name, items from all of its range, its neighbours."))
    .action((neuron: number, options: CountOptions) =>
      withSession(options, (session) => inspectNeuron(neuron, options, session, context)));
  const user = inspect.command("user").argument("[id]", "a user of the data set")
    .description("A person's active concepts, the past items behind them, and the list.");
  addDataOptions(addProfileOptions(finish(user)))
    .option("--neurons", "neurons instead of concepts")
    .action((id: string | undefined, options: ProfileOptions & CountOptions & { neurons?: boolean }) =>
      withSession(options, (session) => inspectUser({ ...options, user: id ?? options.user }, session, context)));
  const segments = inspect.command("segments").argument("[id]", "a user of the data set")
    .description("Rows of a home page for a person: items of one meaning, those wanted most first.");
  addDataOptions(addProfileOptions(finish(segments)))
    .option("--rows <n>", "how many rows", number(1), 8)
    .action((id: string | undefined, options: ProfileOptions & CountOptions & { rows: number }) =>
      withSession(options, (session) => inspectSegments({ ...options, user: id ?? options.user }, session, context)));
  finish(inspect.command("selectivity")
    .description("How narrowly tags and neurons belong together: entropy, divergence, matches, monosemanticity."))
    .action((options: CountOptions) =>
      withSession(options, (session) => { inspectSelectivity(options, session, context); }));
}

function inspectTags(options: Partial<CountOptions>, session: Session, context: Context): void {
  const { tags, labels } = session.model;
  const reports = (tags?.names ?? []).slice(0, options.count).map((name) => {
    const { characterises: [best], ...report } = session.inspectTag(name, 1);
    return { tag: name, items: report.items, applications: report.applications, neuron: best?.neuron ?? -1 };
  });
  if (options.json) {
    context.json(reports);
    return;
  }
  if (reports.length === 0) {
    context.print("this model has no tags");
    return;
  }
  context.print(context.table(
    [wide("tag"), right("items"), right("uses"), right("neuron"), wide("named")],
    reports.map(({ tag, items, applications, neuron }) => {
      const [number, name] = neuron < 0 ? ["–", ""] : [String(neuron), labels[neuron].label ?? ""];
      return [tag, String(items), String(applications), number, name];
    }),
  ));
}

function inspectTag(name: string, options: CountOptions, session: Session, context: Context): void {
  const report = session.inspectTag(name, Math.min(options.count, 5));
  if (options.json) {
    context.json(report);
    return;
  }
  const neurons = (list: readonly (ScoredNeuron & NeuronLabel)[]): string => context.table(
    [right("neuron"), right("TF-IDF"), wide("named"), right("r"), right("fires on")],
    list.map(({ neuron, score, label, confidence, density }) =>
      [String(neuron), fraction(score), label ?? "–", fraction(confidence, 2), percent(density)]),
  );
  const lifting = context.table(
    [right("neuron"), right("weight"), wide("named"), right("r"), right("fires on")],
    report.decoder.slice(0, options.count).map(({ neuron, weight, label, confidence, density }) =>
      [String(neuron), percent(weight), label ?? "–", fraction(confidence, 2), percent(density)]),
  );
  context.print(
    `"${report.tag}": on ${report.items} items, used ${report.applications} times`,
    ...(report.decoder.length === 0 ? [] : [
      `neurons that lift its items (--tag turns ${report.decoder.length})\n${lifting}`,
    ]),
    `neurons that characterise it best\n${neurons(report.characterises)}`,
    `neurons most unique to it\n${neurons(report.unique)}`,
    `items with most uses\n${context.table(
      [wide("item"), right("uses")],
      report.topItems.map(({ title, score }) => [title, String(score)]),
    )}`,
  );
}

function inspectConcepts(options: CountOptions, session: Session, context: Context): void {
  const concepts = session.concepts();
  if (options.json) {
    context.json(concepts);
    return;
  }
  const proven = concepts.filter((one) => one.proven);
  const names = proven.slice(0, PROVEN_NAMES).map(({ name }) => `"${name}"`).join(", ");
  const more = proven.length > PROVEN_NAMES ? `, and ${proven.length - PROVEN_NAMES} more` : "";
  context.print(
    `${concepts.length} concepts, ${proven.length} with a proven name${names === "" ? "" : `: ${names}${more}`}`,
    context.table(
      [wide("concept"), right("proven"), right("F1"), right("neurons"), wide("foremost")],
      concepts.slice(0, options.count).map(({ name, proven: sure, f1, neurons, like }) =>
        [name, sure ? "yes" : "no", heldOut(f1, session), String(neurons), like[0] ?? ""]),
    ),
  );
}

/** Without tags nothing was held out. */
function heldOut(f1: number, { model }: Session): string {
  return model.tags ? fraction(f1, 2) : "–";
}

function inspectConcept(name: string, options: CountOptions, session: Session, context: Context): void {
  const report = session.inspectConcept(name, options.count);
  if (options.json) {
    context.json(report);
    return;
  }
  const { proven, tag, f1, members, topItems } = report;
  context.print(
    `"${report.name}": ${proven ? `proven for the tag "${tag}"` : "no tag is proven"}, held-out F1 ` +
    heldOut(f1, session),
    context.table([right("neuron"), right("weight"), wide("named")], members.map(({ neuron, weight, label }) =>
      [String(neuron), percent(weight), label ?? "–"])),
    context.table([wide("foremost items")], topItems.map(({ title }) => [title])),
  );
}

function inspectNeuron(neuron: number, options: CountOptions, session: Session, context: Context): void {
  const report = session.inspectNeuron(neuron, options.count);
  if (options.json) {
    context.json(report);
    return;
  }
  const {
    label, confidence, runnersUp, density, topItems, middleItems, randomItems, lowers, neighbours, topTags, earlier,
  } = report;
  const tags = topTags.slice(0, 5).map(({ tag, items }) => `${tag} (${items})`).join(", ");
  const others = runnersUp.map((other) => `${other.label} ${fraction(other.confidence, 2)}`).join(", ");
  context.print(
    `neuron ${neuron}: ${label === null ? "no name" : `"${label}", correlation ${fraction(confidence, 2)}`}; ` +
    `fires on ${percent(density)} of the items` +
    (others === "" ? "" : `\n  it might also be called ${others}`) + (earlier ? earlierNames(earlier) : ""),
    ...(topItems.length === 0
      ? ["it is dead: no item activates it"]
      : [
        items(context, "strongest", topItems) + (tags === "" ? "" : `\n  tags of these: ${tags}`),
        items(context, "from the middle of its range", middleItems.slice(0, SAMPLE)),
        items(context, "drawn at random from all that fire it", randomItems.slice(0, SAMPLE)),
      ]),
    ...(lowers && lowers.length > 0
      ? [items(context, "scores that it lowers most", lowers.slice(0, SAMPLE), "points")] : []),
    `neurons that do nearly the same to the scores\n${context.table(
      [right("neuron"), wide("named"), right("cosine")],
      neighbours.map((other) => [String(other.neuron), other.label ?? "–", fraction(other.cosine, 2)]),
    )}`,
  );
}

/** Named at the head of the list of concepts, which begins with the largest, proven or not. */
const PROVEN_NAMES = 24;

/** Items of a neuron's middle range, and of those drawn at random. */
const SAMPLE = 5;

/** What trainings before this one called it, the last one first. */
function earlierNames(names: readonly (string | null)[]): string {
  return names.length === 0 ? "\n  it meant something else before the last training"
    : `\n  in the trainings before, the last one first: ${names.map((name) => name ?? "no name").join(", ")}`;
}

function items(context: Context, title: string, list: readonly ListedItem[], unit = "activation"): string {
  return context.table([wide(title), right(unit)], list.map((item) => [item.title, fraction(item.score)]));
}

function inspectSelectivity(options: CountOptions, session: Session, context: Context): void {
  const found = session.inspectSelectivity();
  const { model } = session;
  const tags = model.tags!.names;
  const neurons = model.labels.map(({ neuron, label }) => `${neuron}${label === null ? "" : ` (${label})`}`);
  const tables = {
    tags: selectivityTable(found.tags, tags, options.count),
    neurons: selectivityTable(found.neurons, neurons, options.count),
  };
  if (options.json) {
    context.json({ ...found, tables });
    return;
  }
  const table = (head: string, rows: readonly SelectivityRow[]): string => context.table(
    [wide(head), right("entropy"), right("KL"), right("decrease")],
    rows.map(({ name, entropy, divergence, decrease }) =>
      [name, fraction(entropy, 2), fraction(divergence, 2), percent(decrease)]),
  );
  const { characterises, unique } = found.matches;
  const counts = (title: string, match: MatchCounts): string[] =>
    [title, String(match.neurons), String(match.tags), String(match.mutual)];
  context.print(
    `tags over neurons; the mean has ${fraction(found.tags.entropyOfMean, 2)} nats\n` +
    `${table("most selective tags", tables.tags.most)}\n\n${table("least selective tags", tables.tags.least)}`,
    `neurons over tags; the mean has ${fraction(found.neurons.entropyOfMean, 2)} nats\n` +
    `${table("most selective neurons", tables.neurons.most)}\n\n` +
    table("least selective neurons", tables.neurons.least),
    `first choices among ${tags.length} tags and ${found.alive} living neurons\n${context.table(
      [wide("mapping"), right("distinct neurons"), right("distinct tags"), right("mutual")],
      [counts("best characterises", characterises), counts("most unique", unique)],
    )}`,
    `  monosemanticity ${fraction(found.meanMonosemanticity)} on average; ` +
    `of any two items ${fraction(found.anyTwoItems)}`,
    "  entropy and KL (from the mean) in nats; decrease: entropy saved against the mean",
  );
}

async function inspectUser(
  options: ProfileOptions & CountOptions & { neurons?: boolean }, session: Session, context: Context,
): Promise<void> {
  const report = session.inspectUser(await profileOf(options, session, context), options.count);
  if (options.json) {
    context.json(report);
    return;
  }
  const { history, recommended, ignored } = report;
  const shown = history.slice(0, options.count);
  const rest = history.length - shown.length;
  context.print(
    ...ignoredNote(ignored, session),
    [
      `${history.length} item${history.length === 1 ? "" : "s"} known`, ...shown.map(({ title }) => `  ${title}`),
      ...(rest > 0 ? [`  … and ${rest} more`] : []),
    ].join("\n"),
    options.neurons ? activeNeurons(report, options.count, context) : activeConcepts(report, options.count, context),
    `recommended\n${context.table(
      [right(""), wide("item"), right("score")],
      recommended.map((one, i) => [String(i + 1), titled(one), fraction(one.score)]),
    )}`,
    ...estimatedNote(recommended),
  );
}

async function inspectSegments(
  options: ProfileOptions & CountOptions & { rows: number }, session: Session, context: Context,
): Promise<void> {
  const segments = session.segments(await profileOf(options, session, context), options.count, options.rows);
  if (options.json) {
    context.json(segments);
    return;
  }
  if (segments.length === 0) {
    context.print("no segment: none of this person's active neurons is an item's strongest");
    return;
  }
  const rows = segments.map(({ concept, proven, size, items }) =>
    `${concept}${proven ? "" : " (not proven)"}, of ${size} items\n${context.table(
      [right(""), wide("item"), right("score")],
      items.map((one, i) => [String(i + 1), titled(one), fraction(one.score)]),
    )}`);
  context.print(...rows, ...estimatedNote(segments.flatMap(({ items }) => items)));
}
