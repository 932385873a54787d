/** unknot steer: one person's list before and after turning knobs. */
import { Option, type Command } from "commander";
import { mappings, type Mapping } from "../interpret/tag-neurons.js";
import type { KnobRequest, ListedItem, NamedNeuron, SteeredLists } from "../session/session-types.js";
import type { Session } from "../session/session.js";
import type { Wish } from "../session/read-wish.js";
import { nameKey } from "../base/folded.js";
import { fraction, percent } from "../base/numbers.js";
import { quotable } from "../base/printable.js";
import { suggestion } from "../base/suggest.js";
import { UserError } from "../base/user-error.js";
import { UsageError, type Context } from "./context.js";
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
Strengths of knobs that are turned up add up to 1 at most. Positions may be any: where they would move more together
than there is, all of them are taken back alike, and the answer says so.

Examples:
  unknot steer --model small-model --user 414 --tag "dark comedy"
  unknot steer --model small-model --user 414 --tag noir=0.4 --tag space=0.2 --neurons-per-tag 3
  unknot steer --model small-model --likes 1214 541 --neuron 17 --strength 0.5
  unknot steer --model small-model --user 414 --tag space --mute violence
  unknot steer --model small-model --user 414 --tag space=0.3 violence=-0.5
  unknot steer --model small-model --user 414 --turn noir=0.5 romance=-1
  unknot steer --model small-model --user 414 --wish "more film noir, less romance"
  unknot steer --model small-model --user 414 --tag noir --mapping characterises --neurons-per-tag 5`)
    .action((options: SteerOptions) => withSession(options, (session) => steer(options, session, context)));
}

async function steer(options: SteerOptions, session: Session, context: Context): Promise<void> {
  const wish = wishOf(options, session);
  const requests = [...requestsOf(options), ...turnsOf(options, session), ...wish?.knobs ?? []];
  if (requests.length === 0) {
    throw new UsageError(
      "no knob: give --tag NAME, --concept NAME, --turn NAME=POSITION, --wish WORDS, --neuron NUMBER, --mute NAME or " +
      "--only NAME",
    );
  }
  const lists = session.steer(await profileOf(options, session, context), requests, listRequestOf(options));
  if (options.json) {
    context.json(wish ? { ...lists, notUnderstood: wish.unknown } : lists);
    return;
  }
  context.print(
    ...(wish && wish.unknown.length > 0 ? [`not understood: ${quoted(wish.unknown)}`] : []),
    ...ignoredNote(lists.ignored, session), ...describeSteering(session, lists, context),
  );
}

/** What was turned, and both lists side by side. Also ends the demonstration. */
export function describeSteering(
  session: Session, { before, after, knobs, balance, scaled }: SteeredLists, context: Context,
): string[] {
  const turned = knobs.map((knob) => {
    const { tag, concept, names, weights } = knob;
    const what = tag ?? concept;
    const named = ({ neuron, label }: NamedNeuron, i: number): string =>
      (label === null || label === what?.trim().toLowerCase() ? String(neuron) : `${neuron} (${label})`) +
      (weights && names.length > 1 && knob.strength > 0 && !knob.only ? ` ${percent(weights[i])}` : "");
    const shown = names.slice(0, names.length > 4 ? 3 : 4).map(named).join(", ");
    const more = names.length > 4 ? ` and ${names.length - 3} more` : "";
    const neurons = `neuron${names.length === 1 ? "" : "s"} ${shown}${more}`;
    return `  ${what === null ? "" : `"${what}": `}${neurons} ${turn(knob)}`;
  });
  if (scaled < 1) {
    turned.push(`  together they would move more than there is: each moves ${percent(scaled)} of what it would alone`);
  }
  const wanted = knobs.filter(({ tag, concept }) => tag !== null || concept !== null);
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
      ? [`  • ${whatIsMarked(wanted, session)}: ${count(before)} of ${before.length} before, ` +
        `${count(after)} of ${after.length} after`]
      : []),
    ...(balance ? [priceLine(balance.before, "before"), priceLine(balance.after, "after")] : []),
    ...estimatedNote([...before, ...after]),
  ];
}

/** What a knob does, in words. */
function turn({ strength, only, turn: position, heldBack }: TurnedKnob): string {
  if (position !== null && position < 0 && heldBack > 0) {
    return `turned to ${position}: their items are held back by ${fraction(heldBack)}`;
  }
  if (position !== null) return `turned to ${position}: α ${fraction(strength)}`;
  if (only) return strength === 1 ? "alone" : `${strength} of all others taken away`;
  if (strength < 0) return strength === -1 ? "muted" : `${-strength} taken away`;
  return `turned up to ${strength}`;
}

type TurnedKnob = SteeredLists["knobs"][number];

/** What a dot in the lists says. */
function whatIsMarked(knobs: readonly TurnedKnob[], session: Session): string {
  if (knobs.every(({ tag }) => tag !== null)) return `has ${knobs.length > 1 ? "one of the tags" : "the tag"}`;
  const unproven = knobs.some(({ concept }) => concept !== null && session.inspectConcept(concept, 1).tag === null);
  return `has what is turned${unproven ? ", or is a foremost item of a concept without a proven tag" : ""}`;
}

/** Items that have one of the tags or concepts. */
function carriers(session: Session, knobs: readonly TurnedKnob[]): Set<number> {
  return new Set(knobs.flatMap(({ tag, concept }) =>
    session.carriers(tag === null ? { concept: concept! } : { tag })));
}

/** Tags before concepts, where both have the name. */
function turnsOf({ turn = [] }: SteerOptions, session: Session): KnobRequest[] {
  if (turn.length === 0) return [];
  const tags = session.model.tags?.names ?? [];
  const concepts = session.concepts().map(({ name }) => name);
  const has = (names: readonly string[], wanted: string): boolean =>
    names.some((name) => nameKey(name) === nameKey(wanted));
  return turn.map((text) => {
    const [name, position] = withStrength(text, NaN);
    if (Number.isNaN(position)) throw new UsageError(`--turn ${text}: expected NAME=POSITION, from -1 to 1`);
    if (has(tags, name)) return { tag: name, turn: position };
    if (has(concepts, name)) return { concept: name, turn: position };
    const hint = suggestion(name, [...tags, ...concepts]) ||
      ` among the model's ${tags.length} tags and ${concepts.length} concepts`;
    throw new UserError(`there is no tag or concept "${quotable(name, 80)}"${hint}`);
  });
}

/** @throws UserError for a wish of which nothing is understood. */
function wishOf({ wish }: SteerOptions, session: Session): Wish | null {
  if (wish === undefined) return null;
  const read = session.wish(wish);
  if (read.knobs.length > 0) return read;
  throw new UserError(
    `the wish ${wish.trim() === "" ? "is empty" : `"${quotable(wish, 80)}" names no tag or concept of the model`}: ` +
    '"more film noir, less romance" is one, of a model that has these (unknot inspect tags, unknot inspect concepts)',
  );
}

function quoted(parts: readonly string[]): string {
  return parts.map((part) => `"${quotable(part, 80)}"`).join(", ");
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

/** "noir=0.4" → noir, 0.4; the minus may be the one that is printed here. */
function withStrength(text: string, otherwise: number): [string, number] {
  const found = /^(.+)=\s*([-−+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i.exec(text);
  return found ? [found[1], Number(found[2].replace("−", "-"))] : [text, otherwise];
}
