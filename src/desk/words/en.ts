/**
 * Every word that the desk shows or says, in English: the pattern of the other languages.
 * One section a view. What the model brings (titles, tags, names, terms) and what the library says of a mistake is
 * not here.
 */
import { enCards } from "./en-cards.js";
import { enDialogs } from "./en-dialogs.js";
import { enFirstTouch } from "./en-first-touch.js";
import { counted } from "./counted.js";

const SHARES: readonly [least: number, words: string][] = [
  [0.985, "all"], [0.82, "nearly all"], [0.7, "about three quarters"], [0.58, "about two thirds"], [0.42, "about half"],
  [0.29, "about a third"], [0.17, "about a quarter"], [0.05, "little"],
];

export const en = {
  /** For numbers and the page's `lang`. */
  locale: "en-US",
  /** The language's own name. */
  name: "English",

  items: (n: number): string => counted("en-US", n, "item"),
  titles: (n: number): string => counted("en-US", n, "title"),
  neurons: (n: number): string => counted("en-US", n, "neuron"),
  neuron: (n: number): string => `neuron ${n}`,
  askParts: (title: string): string => `${title}: what its score is made of`,
  /** "0 → 10 of 20": what turning did. */
  effect: (before: number, after: number, of: number): string => `${before} → ${after} of ${of}`,
  close: "Close",
  undo: "Undo",
  dismiss: "Dismiss",
  add: "Add to the profile",
  putOnDesk: "Put on the desk",
  onDesk: "On the desk",
  mute: "Mute",
  solo: "Solo",
  suggestions: "Suggestions",
  nothingFound: "Nothing found.",

  /** "about half", for a share of 1; "next to nothing" below a twentieth. */
  share: (share: number): string => SHARES.find(([least]) => share >= least)?.[1] ?? "next to nothing",
  /** "1st", "22nd", "113th" */
  ordinal: (n: number): string => {
    const teen = n % 100 >= 11 && n % 100 <= 13;
    return `${n}${teen ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
  },
  /** "a", "a and b", "a, b and c" */
  listed: (names: readonly string[]): string =>
    (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`),

  load: {
    begin: "Loading the model",
    progress: (loaded: string, total: string): string => `Loading the model, ${loaded} of ${total} MB`,
    failed: (message: string): string => `The desk cannot start: ${message}`,
    again: "Try again",
  },

  page: {
    skip: "Skip to the list",
    views: "Views",
    desk: "Desk",
    atlas: "Atlas",
    copyLink: "Copy link",
    linkCopied: "Link copied",
    copyAddress: "Copy the address",
    on: (model: string, data: string): string => `${model} on ${data}`,
    light: "Light",
    dark: "Dark",
    lightOrDark: "Light or dark",
    language: "Language",
    size: (items: string, alive: string, tags: string): string => `${items} items, ${alive} living neurons, ` +
      `${tags} tags. Everything is computed in this page; `,
    nothingSent: "nothing is sent anywhere.",
    usersAsked: "only a user’s titles are asked of the service.",
    asTrained: "Weights as trained.",
    storedAs: (precision: string): string => `Weights stored as ${precision}.`,
    storedWith: (precision: string, overlap: string, profiles: string): string => `Weights stored as ${precision}: ` +
      `${overlap} of the 20 best items are those of the model as trained, over ${profiles} profiles.`,
    neuronsAlone: "Lists show what comes through the neurons alone.",
    residualKept: (model: string, residual: string): string =>
      `With nothing turned, lists are ${model}’s own: what no neuron explains is kept (residual “${residual}”).`,
    trainedOn: "Trained on ",
    startAfresh: "Start afresh",
  },

  taste: {
    heading: "Taste",
    search: "Search for items to add to the profile",
    placeholder: "Add something you like",
    added: "added",
    clear: "Clear",
    nothing: "Nothing yet. Start from a sample, or search for what you like.",
    samples: "Sample profiles",
    items: "Items in the profile",
    takenOut: (titles: string): string => `${titles} taken out.`,
    replaced: (sample: string): string => `“${sample}” took the place of your taste.`,
    remove: (title: string): string => `Remove ${title}`,
  },

  mix: {
    heading: "Mix",
    channels: "Channels",
    paper: "Paper’s α",
    paperMeaning: "One tag, its best neurons, and α, as in the paper",
    kind: "Kind of knob",
    addTag: "Add a tag to the desk, or say what you want: more film noir, less romance",
    wish: "a wish",
    wishInPart: (rest: string): string => `a wish; not understood: ${rest}`,
    addTagShort: "Add a tag",
    moved: "Moved",
    movedMeaning: "share of the code’s activation that neurons’ faders move, at most all of it",
    nothing: "The profile’s concepts get their strips here.",
    undoKey: "Undo (Ctrl Z)",
    redo: "Redo",
    redoKey: "Redo (Ctrl Shift Z)",
    reset: "Reset",
    browse: "Browse",
    scaled: (force: string): string =>
      `Together these faders ask for more than there is: those that are up act at ${force} of their force.`,
    spent: "Neurons share what can be moved, and it is spent: turn one down to turn another up.",
    history: "History",
    close: "Close the mix",
    inShort: "Mix in short",
    noTag: "no tag yet",
    nothingTurned: "nothing is turned",
    mutedName: (name: string): string => `${name} muted`,
    soloMark: " solo",
  },

  strip: {
    card: (name: string, target: string): string => `${name}: card of ${target}`,
    theTag: "the tag",
    theConcept: "the concept",
    tagNamed: (name: string): string => `the tag ${name}`,
    neuronNamed: (name: string, neuron: number): string => `${name}, neuron ${neuron}`,
    muted: ", muted",
    mute: (name: string): string => `Mute ${name}`,
    muteKey: "Mute (M)",
    solo: (name: string): string => `Solo ${name}`,
    soloKey: "Solo (S)",
    less: (name: string): string => `Less ${name}`,
    more: (name: string): string => `More ${name}`,
    remove: (name: string): string => `Take ${name} off the desk`,
    removeKey: "Take off the desk (Delete)",
    tag: "tag",
    concept: "concept",
    notProven: "not proven",
    tagPosition: (name: string): string => `Position of the tag ${name}`,
    position: (name: string, part: string): string => `Position of ${name}, ${part}`,
    unprovenPosition: (name: string, part: string): string => `Position of ${name}, whose name is not proven, ${part}`,
    strength: (name: string, neuron: number, part: string): string => `Strength of ${name}, neuron ${neuron}, ${part}`,
    inactive: "not active in this profile",
    part: (percent: string): string => `${percent} of this profile`,
  },

  paper: {
    search: "Tag to steer towards",
    choose: "Choose a tag",
    neurons: "neurons",
    that: "that",
    characterise: "characterise it best",
    unique: "are most its own",
    towards: (strength: string, tag: string): string => `${strength} towards ${tag}`,
    formula: "e′ = s·((1−α)·e/s + Σ (α/r)·1): the share α of the activation moves to the tag’s neurons; the total " +
      "stays.",
  },

  lists: {
    heading: "Recommended",
    before: "Before",
    after: "After",
    which: "Which list",
    prompt: "Turn a fader: the list that it makes appears here, beside it.",
    nothing: "Recommendations appear here as soon as the profile has an item.",
    stays: "stays",
    stay: (staying: number, of: number): string => `${staying} of ${of} stay`,
    stayMeaning: "titles in both lists",
    kept: "taste kept",
    keptWords: (share: string): string => `${share} of your taste`,
    keptMeaning: (percent: string): string => `${percent} of the score that your taste gives the list before`,
    titleMeaning: (title: string, score: string): string => `${title}, score ${score}: why?`,
    add: (title: string): string => `Add ${title} to the profile`,
    leaves: ", leaves the list",
    has: (names: string): string => `has ${names}`,
    newMark: "new",
    newWords: "new in the list",
    unchanged: "unchanged",
    up: (places: number, from: number): string => `up ${places}, was ${from}`,
    down: (places: number, from: number): string => `down ${places}, was ${from}`,
    empty: "The list is empty.",
    untouched: (n: number, first: string): string => `${n} recommendations, first: ${first}.`,
    turned: (staying: number, of: number, percent: number, first: string): string =>
      `${staying} of ${of} stay, ${percent} percent of the taste is kept. First: ${first}.`,
    fresh: (titles: string): string => ` New: ${titles}.`,
  },

  why: {
    page: (title: string, host: string): string => `${host} ↗: page of ${title}, in a new tab`,
    inTaste: "In your taste",
    notInList: "Not in your list",
    inList: "Why it is in your list",
    have: "You have it already, so no list recommends it.",
    goesWith: (titles: string): string => `It goes with ${titles}.`,
    notAmong: (length: number): string => `It is not among the ${length}.`,
    speaksFor: (titles: string): string => `What speaks for it: you like ${titles}.`,
    place: (place: string, of: number, before: string): string => `${place} of ${of}${before}.`,
    asBefore: ", as before turning",
    placeBefore: (place: string): string => `; ${place} before turning`,
    because: (titles: string): string => `Mostly because you like ${titles}.`,
    part: (name: string): string => `What ${name} stands for`,
    noConcept: "neurons of no concept",
    baseline: "baseline",
    others: (n: number): string => `${n} others`,
    unexplained: "not explained by any neuron",
    heldBack: "held back",
    own: "already in the profile",
    score: "score",
    scoreBefore: (score: string): string => `${score} before`,
    caption: (title: string): string => `Parts of the score of ${title}`,
    columns: ["part", "bar", "points"] as readonly string[],
    approximate: "Approximate: a bar is what the score loses without the part, so the bars need not add up.",
    addUp: "The bars are points of the score and add up to it.",
    marks: " Marks show each part before turning.",
  },

  atlas: {
    search: "Search neurons by name or number",
    placeholder: "Name or number",
    columns: { number: "No.", label: "Name", confidence: "Confidence", density: "Density" },
    hint: "Larger: fires for more items. Darker: surer of its name. A card lists the neurons that do alike.",
    all: "All neurons",
    count: (neurons: string, dead: string): string => `${neurons} neurons, ${dead} dead`,
    found: (n: string): string => `${n} found`,
    more: (n: string): string => `Show more of ${n}`,
    dead: "dead",
    map: (points: number): string => `Map of ${points} living neurons; arrows go from point to point`,
  },

  link: {
    tag: (name: string): string => `the tag “${name}”`,
    concept: (name: string): string => `the concept “${name}”`,
    neuronNamed: (neuron: number, name: string): string => `neuron ${neuron} (“${name}”)`,
    title: (quoted: string): string => `the title ${quoted}`,
    titles: (quoted: string): string => `the titles ${quoted}`,
    more: (n: number): string => ` and ${n} more`,
    otherModel: "The link was made with another model. ",
    leftOut: (things: string): string => `This model does not have ${things}: left out.`,
  },

  ...enCards,
  ...enDialogs,
  ...enFirstTouch,
};

/** Texts, and functions that make one; a language has them all and nothing else (the compiler sees to it). */
export type Words = typeof en;
