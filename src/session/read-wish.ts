/**
 * A wish in words, as knobs: "more film noir, less romance". Plain text search, no language model: the wish is cut at
 * commas and joining words, each part says how much (more, a bit more, less, no …) and of what, and what is looked up
 * among the names of tags and concepts. A name that has commas or joining words itself ("black and white", "like Alien,
 * Aliens") is found as it is spelt. What is not understood comes back as it was said.
 *
 * A model of language can take the reader's place: anything of type `WishReader`, for example one that asks a service,
 * may fill `Wish` from the same vocabulary.
 */
import { folded } from "../base/folded.js";
import type { KnobRequest } from "./session-types.js";

/** Names that a wish may speak of. */
export interface Vocabulary {
  readonly tags: readonly string[];
  readonly concepts: readonly string[];
}

/** Knobs that a wish asks for. */
export interface Wish {
  /** One for each name: of "more horror, no, less horror" the last word counts. */
  readonly knobs: readonly KnobRequest[];
  /** Parts that no name was found for. */
  readonly unknown: readonly string[];
}

/** What reads wishes: `readWish`, or a model of language in its place; `session.wish(text, reader)` takes either. */
export type WishReader = (text: string, vocabulary: Vocabulary) => Wish | Promise<Wish>;

/** What is said by the way, in front of an amount; the desk's other language is understood too. */
const OPENING = new RegExp("^(?:(?:please|bitte|i (?:want|like|love|prefer)|i (?:d|would) (?:like|love|prefer)|" +
  "(?:give|show) me|ich (?:will|mag|mochte))\\b ?)+");
/** Longest first, so that "a bit more" is not read as "more". */
const AMOUNTS: readonly (readonly [words: RegExp, turn: number])[] = [
  [/^(?:a (?:bit|little)|slightly|somewhat) (?:more|of)\b/, 0.25],
  [/^(?:a (?:bit|little)|slightly|somewhat) (?:less|fewer)\b/, -0.25],
  [/^(?:much|lots|a lot|far|way) (?:less|fewer)\b/, -0.75],
  [/^(?:much|lots|a lot|far|way) (?:more|of)\b/, 0.75],
  [/^(?:less|fewer|not (?:so|too) much)\b/, -0.5],
  [/^(?:no|without|never|not|none of|anything but|nothing with|hide|remove|avoid|skip)\b/, -1],
  [/^(?:i (?:hate|dislike)|(?:i )?(?:do not|don t) (?:want|like|show me|give me))\b/, -1],
  [/^(?:more|extra|some|with)\b/, 0.5],
  [/^(?:etwas|ein (?:bisschen|wenig)) mehr\b/, 0.25],
  [/^(?:etwas|ein (?:bisschen|wenig)) weniger\b/, -0.25],
  [/^viel mehr\b/, 0.75],
  [/^viel weniger\b/, -0.75],
  [/^(?:keine?n?|ohne|nie)\b/, -1],
  [/^weniger\b/, -0.5],
  [/^mehr\b/, 0.5],
];
/** What a wish is turned to that says no amount. */
const SOME = 0.5;
const FILLER = /\b(?:any|of|the|please|films?|movies?|books?|items?|things?|stuff|more)\b/g;
const CUT = /([,;.!\n]|\b(?:and|but|also|plus|und|aber|auch)\b)/i;

/** A wish, cut at commas and joining words. */
export function partsOf(text: string): string[] {
  return placesOfParts(text).map(({ from, to }) => text.slice(from, to));
}

/**
 * Knobs from words, by plain text search: "more film noir, less romance" turns the first to .5 and the second to −.5,
 * "a bit more" is .25, "much less" −.75, "no" −1; in English and German.
 */
export const readWish = (text: string, { tags, concepts }: Vocabulary): Wish => {
  const names: Named[] = [
    ...tags.map((name) => ({ what: { tag: name }, ...named(name) })),
    ...concepts.map((name) => ({ what: { concept: name }, ...named(name) })),
  ].filter(({ words }) => words !== "");
  // Tags before concepts of the same words.
  const spelt = new Map(names.map((name): [string, Named] => [name.words, name]).reverse());
  const longest = names.reduce((most, { what }) => Math.max(most, placesOfParts(spellingOf(what)).length), 1);
  const parts = placesOfParts(text);
  const knobs = new Map<Named, KnobRequest>();
  const unknown: string[] = [];
  let turn = SOME;
  for (let at = 0; at < parts.length;) {
    // The longest run of parts that is a name as it is spelt; failing that, one part that has a name in it.
    let next = Math.min(parts.length, at + longest);
    const said = (): Said => saidBy(text.slice(parts[at].from, parts[next - 1].to), turn, spelt);
    while (next > at + 1 && !spelt.has(said().name)) next--;
    const { name, turn: wanted } = said();
    const found = spelt.get(name) ?? lookUp(name, names) ?? lookUp(withoutFiller(name), names);
    turn = wanted;
    if (found) {
      knobs.delete(found);
      knobs.set(found, { ...found.what, turn });
    } else unknown.push(text.slice(parts[at].from, parts[at].to));
    at = next;
  }
  return { knobs: [...knobs.values()], unknown };
};

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where the parts of a wish lie in its text, without blanks around them. */
function placesOfParts(text: string): Place[] {
  const places: Place[] = [];
  let from = 0;
  // The pattern captures: every other piece is what was cut at.
  text.split(CUT).forEach((piece, i) => {
    const trimmed = piece.trim();
    const at = from + piece.length - piece.trimStart().length;
    if (i % 2 === 0 && trimmed !== "") places.push({ from: at, to: at + trimmed.length });
    from += piece.length;
  });
  return places;
}

/** What a part of a wish says: how far to turn, and what. */
interface Said {
  readonly turn: number;
  readonly name: string;
}

/** @param before what says no amount has that of the part before: "more noir and western". */
function saidBy(part: string, before: number, spelt: ReadonlyMap<string, Named>): Said {
  const words = wordsOf(part);
  // "no wave" may be a name.
  if (spelt.has(words)) return { turn: before, name: words };
  const rest = words.replace(OPENING, "");
  const amount = AMOUNTS.find(([pattern]) => pattern.test(rest));
  if (amount) return { turn: amount[1], name: rest.replace(amount[0], "").trim() };
  return { turn: rest === words ? before : SOME, name: rest };
}

function withoutFiller(words: string): string {
  return words.replace(FILLER, " ").replace(/\s+/g, " ").trim();
}

/** A name, with the forms that it is compared in: made once, since each part of a wish is compared with all names. */
interface Named {
  readonly what: Pick<KnobRequest, "tag" | "concept">;
  readonly words: string;
  readonly one: string;
  readonly parts: readonly string[];
}

function named(name: string): Omit<Named, "what"> {
  const words = wordsOf(name);
  return { words, one: singular(words), parts: words.split(" ").map(singular) };
}

function spellingOf({ tag, concept }: Named["what"]): string {
  return tag ?? concept!;
}

/** The name that is meant: the same words, then one that begins with them, then one that has all of them. */
function lookUp(wanted: string, names: readonly Named[]): Named | null {
  if (wanted === "") return null;
  const { one, parts } = named(wanted);
  const tests: ((name: Named) => boolean)[] = [
    (name) => name.words === wanted, (name) => name.one === one, (name) => name.words.startsWith(wanted + " "),
    (name) => parts.every((word) => name.parts.includes(word)),
  ];
  for (const test of tests) {
    const fitting = names.filter(test);
    if (fitting.length > 0) return fitting.reduce((best, one) => (one.words.length < best.words.length ? one : best));
  }
  return null;
}

function singular(word: string): string {
  return word.replace(/ies$/, "y").replace(/(?<=[^s])s$/, "");
}

/** Lower case, without accents, signs as spaces. */
function wordsOf(text: string): string {
  return folded(text).replace(/[^\p{Letter}\p{Number}]+/gu, " ").trim();
}
