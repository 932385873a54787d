/**
 * The words of the planted-concept world: concept names that read like genres, and invented titles that hint at them.
 *
 * Every concept brings two adjectives and three nouns. A title takes an adjective of one of the item's concepts and a
 * noun of each other one, so a person who looks at the top items of a neuron can guess the concept. All titles and
 * places are made up here. Not a language model: a dozen patterns and a table of syllables.
 */
import type { Random } from "../../base/random.js";

export interface ConceptWords {
  readonly name: string;
  readonly adjectives: readonly string[];
  readonly nouns: readonly string[];
}

/** name: adjectives / nouns. */
const TABLE = `
heist: Crooked, Gilded / Vault, Getaway, Safecracker
sea voyage: Salt-Worn, Windward / Lighthouse, Schooner, Harbour
space opera: Starlit, Orbital / Nebula, Starship, Armada
cosy mystery: Curious, Tea-Stained / Parsonage, Teapot, Village Fete
courtroom: Sworn, Contested / Verdict, Witness, Jury
road trip: Dusty, Sunburnt / Highway, Motel, Hitchhiker
haunted house: Creaking, Shuttered / Attic, Staircase, Cellar
coming of age: Awkward, Barefoot / Summer, Schoolyard, First Kiss
noir: Rain-Slicked, Smoky / Alley, Gumshoe, Cigarette
folk tale: Wandering, Thrice-Told / Woodcutter, Millstone, Fox
time loop: Repeating, Backward / Clock, Yesterday, Pendulum
revenge: Merciless, Unforgiven / Reckoning, Grudge, Blood Oath
survival: Starving, Stranded / Wilderness, Raft, Campfire
swashbuckler: Dashing, Reckless / Rapier, Musketeer, Duel
satire: Pompous, Ridiculous / Minister, Committee, Press Office
melancholy: Grey, Unanswered / Letter, Farewell, November
feel-good: Sunny, Big-Hearted / Bakery, Neighbour, Second Chance
martial arts: Iron, Whirling / Fist, Dojo, Grandmaster
robots: Clockwork, Tin / Automaton, Circuit, Android
dystopia: Numbered, Forbidden / Regime, Checkpoint, Sector
kitchen: Simmering, Peppered / Recipe, Chef, Banquet
romance: Tender, Moonlit / Sweetheart, Promise, Honeymoon
underdog sports: Unbeaten, Muddy / Penalty, Locker Room, Championship
spies: Covert, Double / Agent, Cipher, Dead Drop
submarine: Sunken, Silent / Periscope, Torpedo, Fathom
western: Dry, Tumbling / Saloon, Sheriff, Prairie
war: Shell-Shocked, Marching / Trench, Battalion, Armistice
musical: Tap-Dancing, Melodious / Chorus, Encore, Overture
mockumentary: Alleged, Unscripted / Interview, Film Crew, Outtake
body swap: Borrowed, Mistaken / Mirror, Stranger, Twin
dragons: Scaled, Fire-Breathing / Wyrm, Hoard, Dragon
vampires: Pale, Undying / Coffin, Bite, Count
zombies: Shambling, Infected / Outbreak, Horde, Quarantine
detective: Methodical, Suspicious / Inspector, Clue, Alibi
conspiracy: Redacted, Shadowy / Dossier, Cover-Up, Informant
small town: Sleepy, Gossiping / Main Street, Diner, Mayor
big city: Neon, Restless / Skyline, Subway, Taxi
desert: Scorched, Shifting / Dune, Caravan, Oasis
arctic: Frozen, Northern / Glacier, Sled, Icebreaker
jungle: Tangled, Feverish / Canopy, Temple, River Guide
high school: Popular, Detained / Prom, Yearbook, Cafeteria
family saga: Inherited, Estranged / Dynasty, Heirloom, Reunion
royal court: Crowned, Scheming / Throne, Courtier, Coronation
circus: Tumbling-Down, Painted / Trapeze, Clown, Big Top
chess: Calculated, Checkered / Gambit, Bishop, Endgame
jazz: Blue, Syncopated / Saxophone, Quartet, Nightclub
railways: Steaming, Overnight / Locomotive, Platform, Sleeper Car
aliens: Glowing, Unearthly / Saucer, Visitor, Signal
cyberpunk: Wired, Chrome / Hacker, Implant, Mainframe
steampunk: Brass, Riveted / Airship, Boiler, Goggles
treasure hunt: Buried, Mapped / Doubloon, Compass, Catacomb
mountaineering: Sheer, Breathless / Summit, Crevasse, Base Camp
ghost story: Whispering, Translucent / Seance, Apparition, Churchyard
fairy tale: Enchanted, Thorny / Slipper, Spinning Wheel, Godmother
gothic: Brooding, Ivy-Clad / Manor, Governess, Crypt
political thriller: Leaked, Classified / Senator, Ballot, Motorcade
medical drama: Sterile, Critical / Surgeon, Night Shift, Diagnosis
prison break: Barred, Tunnelling / Warden, Cell Block, Escape
talking animals: Chattering, Whiskered / Badger, Burrow, Hedgehog
time travel: Paradoxical, Misplaced / Century, Chronometer, Ancestor
existential: Absurd, Nameless / Void, Waiting Room, Philosopher
surreal: Melting, Upside-Down / Dream, Umbrella, Lobster
superheroes: Masked, Invincible / Cape, Sidekick, Nemesis
parenting: Sleepless, Sticky / Nursery, Babysitter, Lullaby
`;

const BASE: readonly ConceptWords[] = TABLE.trim().split("\n").map((line) => {
  const [name, words] = line.split(": ");
  const [adjectives, nouns] = words.split(" / ").map((list) => list.split(", "));
  return { name, adjectives, nouns };
});

/** Worlds with more concepts than the table has rows tell variants of them apart. */
const VARIANTS = [
  "", "midnight", "winter", "lost", "modern", "antique", "rural", "crimson", "hidden", "last", "quiet", "summer",
  "broken", "distant", "golden", "stolen", "wild", "silver", "unfinished", "northern", "drowned", "second", "bitter",
  "paper", "forgotten", "electric", "clouded", "endless", "provincial", "scarlet", "velvet", "final",
];

/** The most concepts that a world can name. */
export const maxConcepts = BASE.length * VARIANTS.length;

/** The first n concepts, n ≤ maxConcepts: the table, then its variants ("midnight heist"). */
export function worldConcepts(n: number): ConceptWords[] {
  return Array.from({ length: n }, (_, c) => {
    const base = BASE[c % BASE.length];
    const variant = VARIANTS[Math.floor(c / BASE.length)];
    if (variant === "") return base;
    const adjectives = base.adjectives.map((word) => `${capital(variant)} ${word}`);
    return { name: `${variant} ${base.name}`, adjectives, nouns: base.nouns };
  });
}

const SYLLABLES = ["va", "rin", "ol", "mar", "te", "sku", "bel", "dor", "hal", "ith", "ka", "len", "mo", "nor", "pel",
  "quo", "ras", "sil", "tor", "ul", "ven", "wyn", "yar", "zem"];

function place(random: Random): string {
  const syllables = 2 + random.below(2);
  let word = "";
  for (let i = 0; i < syllables; i++) word += SYLLABLES[random.below(SYLLABLES.length)];
  return capital(word);
}

/**
 * A title for an item of the given concepts (at least one). `seen` counts the titles given so far: a repeated one
 * becomes a sequel ("… 2"), so titles are distinct.
 */
export function itemTitle(concepts: readonly ConceptWords[], random: Random, seen: Map<string, number>): string {
  const pick = (words: readonly string[]): string => words[random.below(words.length)];
  const order = random.shuffle(concepts.map((_, c) => c)).map((c) => concepts[c]);
  const [first, second = first, third] = order;
  const head = `${pick(first.adjectives)} ${pick(second.nouns)}`;
  const patterns = third
    ? [`The ${head} and the ${pick(third.nouns)}`, `${pick(third.nouns)} of the ${head}`]
    : [`The ${head} of ${place(random)}`, `The ${head}`, `${head}, ${place(random)}`];
  const title = pick(patterns);
  const count = (seen.get(title) ?? 0) + 1;
  seen.set(title, count);
  return count === 1 ? title : `${title} ${count}`;
}

const capital = (word: string): string => word[0].toUpperCase() + word.slice(1);
