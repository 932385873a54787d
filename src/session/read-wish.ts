/**
 * A wish in words, as knobs: "more film noir, less romance". Plain text search, no language model: the wish is cut at
 * commas and joining words, each part says how much (more, a bit more, less, no …) and of what, and what is looked up
 * among the names of tags and concepts. What is not understood comes back as it was said.
 *
 * A model of language can take the reader's place: anything of type `WishReader`, for example one that asks a service,
 * may fill `Wish` from the same vocabulary.
 */
import type { KnobRequest } from "./session-types.js";

/** Names that a wish may speak of. */
export interface Vocabulary {
  readonly tags: readonly string[];
  readonly concepts: readonly string[];
}

/** Knobs that a wish asks for. */
export interface Wish {
  readonly knobs: readonly KnobRequest[];
  /** Parts that no name was found for. */
  readonly unknown: readonly string[];
}

export type WishReader = (text: string, vocabulary: Vocabulary) => Wish | Promise<Wish>;

/** Longest first, so that "a bit more" is not read as "more". The desk's other language is understood too. */
const AMOUNTS: readonly (readonly [words: RegExp, turn: number])[] = [
  [/^(?:please )?(?:a (?:bit|little)|slightly|somewhat) (?:more|of)\b/, 0.25],
  [/^(?:a (?:bit|little)|slightly|somewhat) (?:less|fewer)\b/, -0.25],
  [/^(?:much|lots|a lot|far|way) (?:less|fewer)\b/, -0.75],
  [/^(?:much|lots|a lot|far|way) (?:more|of)\b/, 0.75],
  [/^(?:no|without|never|not|none of|anything but|nothing with|hide|remove)\b/, -1],
  [/^(?:less|fewer|not so much|not too much)\b/, -0.5],
  [/^(?:more|extra|i (?:want|like|love)|give me|show me|some|with)\b/, 0.5],
  [/^(?:etwas|ein (?:bisschen|wenig)) mehr\b/, 0.25],
  [/^(?:etwas|ein (?:bisschen|wenig)) weniger\b/, -0.25],
  [/^viel mehr\b/, 0.75],
  [/^viel weniger\b/, -0.75],
  [/^(?:keine?n?|ohne|nie)\b/, -1],
  [/^weniger\b/, -0.5],
  [/^mehr\b/, 0.5],
];
const FILLER = /\b(?:any|of|the|please|films?|movies?|books?|items?|things?|stuff|more)\b/g;

/** A wish, cut at commas and joining words. */
export function partsOf(text: string): string[] {
  return text.split(/[,;.!\n]|\b(?:and|but|also|plus|und|aber|auch)\b/i).map((one) => one.trim()).filter((one) => one !== "");
}

export const readWish = (text: string, { tags, concepts }: Vocabulary): Wish => {
  const names: Named[] = [
    ...tags.map((name) => ({ what: { tag: name }, ...named(name) })),
    ...concepts.map((name) => ({ what: { concept: name }, ...named(name) })),
  ];
  const knobs: KnobRequest[] = [];
  const unknown: string[] = [];
  let turn = 0.5;
  for (const part of partsOf(text)) {
    let rest = folded(part);
    const amount = AMOUNTS.find(([words]) => words.test(rest));
    // "more noir and western": what says no amount has that of the part before.
    if (amount) [turn, rest] = [amount[1], rest.replace(amount[0], "")];
    const found = lookUp(rest, names) ?? lookUp(rest.replace(FILLER, " ").replace(/\s+/g, " "), names);
    if (found) knobs.push({ ...found.what, turn });
    else unknown.push(part);
  }
  return { knobs, unknown };
};

/** A name, with the forms that it is compared in: made once, since each part of a wish is compared with all names. */
interface Named {
  readonly what: { readonly tag: string } | { readonly concept: string };
  readonly words: string;
  readonly one: string;
  readonly parts: readonly string[];
}

function named(name: string): Omit<Named, "what"> {
  const words = folded(name);
  return { words, one: singular(words), parts: words.split(" ").map(singular) };
}

/** The name that is meant: the same words, then one that begins with them, then one that has all of them. */
function lookUp(text: string, names: readonly Named[]): Named | null {
  const wanted = text.trim();
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
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{Mark}/gu, "").toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, " ").trim();
}
