/** unknot steer: one person's list before and after turning knobs. */
import { Option, type Command } from "commander";
import { mappings, type Mapping } from "../interpret/tag-neurons.js";
import type { KnobRequest, ListedItem, NamedNeuron, SteeredLists } from "../session/session-types.js";
import type { Session } from "../session/session.js";
import { UsageError, type Context } from "./context.js";
import { fraction, percent } from "../base/numbers.js";
import {
  addListOptions, addProfileOptions, ignoredNote, listRequestOf, profileOf, withSession, type ListOptions,
  type ProfileOptions,
} from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { priceLine } from "./tables/price.js";
import { left, right, wide } from "./tables/table.js";
import { estimatedNote, titled } from "./tables/titled.js";

interface SteerOptions extends ProfileOptions, ListOptions {
  tag?: string[];
  concept?: string[];
  turn?: string[];
  wish?: string;
  neuron?: string[];
  mute?: string[];
  only?: string[];
  strength: number;
  neuronsPerTag?: number;
  mapping?: Mapping;
}

export function addSteer(command: Command, context: Context): void {
  addModelOption(command);
  addProfileOptions(command);
  command
    .option("--tag <name...>", "turn a tag: NAME, or NAME=STRENGTH from -1 (mute) to 1")
    .option("--concept <name...>", "turn a concept: NAME, or NAME=STRENGTH")
    .option("--turn <name...>", "a calibrated knob: TAG or CONCEPT=POSITION, the share of the list of 20 that " +
      "changes, or, from -1, of its items that leave the list")
    .option("--wish <words>", "calibrated knobs from words: \"more film noir, less romance\"")
    .option("--neuron <number...>", "turn a neuron: NUMBER, or NUMBER=STRENGTH")
    .option("--mute <tag...>", "silence a tag's neurons: the others take over")
    .option("--only <tag...>", "silence all neurons but these tags'")
    .option("--strength <share>", "share of the activation that moves to a knob without its own; negative: taken away",
      number(), 0.3)
    .option("--neurons-per-tag <n>", "how many neurons stand for a tag, at most (default: 40 with decoder, else 1)",
      number(1))
    .addOption(new Option("--mapping <kind>", "how they are chosen: by what they do to the scores (decoder), or as " +
      "in the paper (default: decoder, for MultVAE characterises)").choices(mappings))
    .option("-n, --count <n>", "length of the lists", number(1), 10);
  addListOptions(command);
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Strengths of knobs that are turned up add up to 1 at most.

Examples:
  unknot steer --model small-model --user 414 --tag "dark comedy"
  unknot steer --model small-model --user 414 --tag noir=0.4 --tag space=0.2 --neurons-per-tag 3
  unknot steer --model small-model --likes 1214 541 --neuron 17 --strength 0.5
  unknot steer --model small-model --user 414 --tag space --mute violence
  unknot steer --model small-model --user 414 --tag space=0.3 violence=-0.5
  unknot steer --model small-model --user 414 --tag noir --mapping characterises --neurons-per-tag 5`)
    .action((options: SteerOptions) => withSession(options, (session) => steer(options, session, context)));
}

async function steer(options: SteerOptions, session: Session, context: Context): Promise<void> {
  const requests = [...requestsOf(options), ...turnsOf(options, session), ...wishOf(options, session, context)];
  if (requests.length === 0) {
    throw new UsageError("no knob: give --tag NAME, --concept NAME, --neuron NUMBER, --mute NAME or --only NAME");
  }
  const lists = session.steer(await profileOf(options, session, context), requests, listRequestOf(options));
  if (options.json) {
    context.json(lists);
    return;
  }
  context.print(...ignoredNote(lists.ignored, session), ...describeSteering(session, lists, context));
}

/** Which neurons were turned, and both lists side by side. Also ends the demonstration. */
export function describeSteering(
  session: Session, { before, after, knobs, balance }: SteeredLists, context: Context,
): string[] {
  const turned = knobs.map((knob) => {
    const { tag, names, weights } = knob;
    const named = ({ neuron, label }: NamedNeuron, i: number): string =>
      (label === null || label === tag ? String(neuron) : `${neuron} (${label})`) +
      (weights && names.length > 1 && knob.strength > 0 && !knob.only ? ` ${percent(weights[i])}` : "");
    const shown = names.slice(0, names.length > 4 ? 3 : 4).map(named).join(", ");
    const more = names.length > 4 ? ` and ${names.length - 3} more` : "";
    return `  ${tag === null ? "" : `"${tag}": `}neuron${names.length === 1 ? "" : "s"} ${shown}${more} ${turn(knob)}`;
  });
  const wanted = knobs.flatMap(({ tag }) => (tag === null ? [] : [tag]));
  const carries = carriers(session, wanted);
  const rankBefore = new Map(before.map(({ item }, i) => [item, i]));
  const mark = (item: number): string => (carries.has(item) ? "•" : "");
  const moved = (item: number, rank: number): string => {
    const earlier = rankBefore.get(item);
    if (earlier === undefined) return "new";
    return earlier === rank ? "" : earlier > rank ? `+${earlier - rank}` : `−${rank - earlier}`;
  };
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => {
    const [a, b] = [before.at(i), after.at(i)];
    const earlier = a ? [mark(a.item), titled(a)] : ["", ""];
    return [String(i + 1), ...earlier, ...(b ? [mark(b.item), titled(b), moved(b.item, i)] : [])];
  });
  const count = (list: readonly ListedItem[]): number => list.filter(({ item }) => carries.has(item)).length;
  return [
    `knobs\n${turned.join("\n")}`,
    context.table(
      [right(""), left(""), wide("before"), left(""), wide("after"), right("")],
      rows,
    ),
    ...(wanted.length > 0
      ? [`  • has ${wanted.length > 1 ? "one of the tags" : "the tag"}: ${count(before)} of ${before.length} before, ` +
        `${count(after)} of ${after.length} after`]
      : []),
    ...(balance ? [priceLine(balance.before, "before"), priceLine(balance.after, "after")] : []),
    ...estimatedNote([...before, ...after]),
  ];
}

/** What a knob does, in words. */
function turn({ strength, only, turn: position, heldBack }: SteeredLists["knobs"][number]): string {
  if (position !== null && position < 0 && heldBack > 0) {
    return `turned to ${position}: their items are held back by ${fraction(heldBack)}`;
  }
  if (position !== null) return `turned to ${position}: α ${fraction(strength)}`;
  if (only) return strength === 1 ? "alone" : `${strength} of all others taken away`;
  if (strength < 0) return strength === -1 ? "muted" : `${-strength} taken away`;
  return `turned up to ${strength}`;
}

/** Items that carry one of the tags. */
function carriers(session: Session, tags: readonly string[]): Set<number> {
  const items = new Set<number>();
  for (const name of tags) {
    const tag = session.findTag(name);
    const { counts } = session.model.tags!;
    for (let q = counts.indptr[tag]; q < counts.indptr[tag + 1]; q++) items.add(counts.indices[q]);
  }
  return items;
}

/** Tags before concepts, where both have the name. */
function turnsOf({ turn = [] }: SteerOptions, session: Session): KnobRequest[] {
  const tags = new Set(session.model.tags?.names);
  return turn.map((text) => {
    const [name, position] = withStrength(text, NaN);
    if (Number.isNaN(position)) throw new UsageError(`--turn ${text}: expected NAME=POSITION, from -1 to 1`);
    return tags.has(name.trim().toLowerCase()) ? { tag: name, turn: position } : { concept: name, turn: position };
  });
}

function wishOf({ wish, json }: SteerOptions, session: Session, context: Context): readonly KnobRequest[] {
  if (wish === undefined) return [];
  const { knobs, unknown } = session.wish(wish);
  if (unknown.length > 0 && !json) context.print(`not understood: ${unknown.map((part) => `"${part}"`).join(", ")}`);
  return knobs;
}

function requestsOf(options: SteerOptions): KnobRequest[] {
  const { neuronsPerTag: neurons, mapping } = options;
  const tags = (options.tag ?? []).map((text) => {
    const [tag, strength] = withStrength(text, options.strength);
    return { tag, strength, neurons, mapping };
  });
  const concepts = (options.concept ?? []).map((text) => {
    const [concept, strength] = withStrength(text, options.strength);
    return { concept, strength };
  });
  const single = (options.neuron ?? []).map((text) => {
    const [name, strength] = withStrength(text, options.strength);
    if (!/^\d+$/.test(name)) throw new UsageError(`--neuron ${text}: expected a neuron's number, or number=strength`);
    return { neuron: Number(name), strength };
  });
  const muted = (options.mute ?? []).map((tag) => ({ tag, strength: -1, neurons, mapping }));
  const alone = (options.only ?? []).map((tag) => ({ tag, strength: 1, only: true, neurons, mapping }));
  return [...tags, ...concepts, ...single, ...muted, ...alone];
}

/** "noir=0.4" → noir, 0.4 */
function withStrength(text: string, otherwise: number): [string, number] {
  const found = /^(.+)=(-?[0-9.]+)$/.exec(text);
  return found ? [found[1], Number(found[2])] : [text, otherwise];
}
