/**
 * A link made with another model, or by hand: what this model does not have is left out and named, what has moved is
 * found again. Items, tags and concepts are found by what they are called, neurons by the name that the link carries: a
 * new training numbers them anew.
 */
import type { DeskSession } from "./desk-session.js";
import {
  addChannel, setChannel, type Channel, type DeskState, type Inspected, type Mix, type Target,
} from "./state.js";
import type { LinkOrigin } from "./address.js";
import { words } from "../words/words.js";

/** What of a model the links are checked against. */
export interface ModelNames {
  /** See ModelSummary. */
  readonly fingerprint: string;
  /** (H) */
  readonly labels: readonly (string | null)[];
  readonly concepts: ReadonlySet<string>;
}

export interface FittedLink {
  readonly state: DeskState;
  /** What was left out, in words; null when nothing was. */
  readonly note: string | null;
}

/** Titles that are named before "and N more". */
const NAMED = 3;

export async function fitLink(
  { mix, place }: DeskState, origin: LinkOrigin, names: ModelNames, session: Pick<DeskSession, "recommend" | "findTag">,
): Promise<FittedLink> {
  const lost: string[] = [];
  const has = (tag: string): Promise<boolean> => session.findTag(tag).then(() => true, () => false);
  const find = (target: Target): Promise<Target | null> => findTarget(target, origin, names, has);
  const ids = [...mix.profile, ...mix.disliked, ...mix.never];
  const ignored = ids.length > 0 ? await unknownOf(ids, session) : [];
  const unknown = new Set(ignored);
  if (unknown.size > 0) lost.push(titles(ignored));
  const channels: Channel[] = [];
  for (const channel of mix.channels) {
    const target = await find(channel.target);
    if (target) channels.push({ ...channel, target });
    else lost.push(inWords(channel.target, origin));
  }
  const known = (id: string): boolean => !unknown.has(id);
  let fitted: Mix = {
    ...mix, profile: mix.profile.filter(known), disliked: mix.disliked.filter(known), never: mix.never.filter(known),
    channels: [],
  };
  for (const { target, ...set } of channels) fitted = setChannel(addChannel(fitted, target), target, set);
  const { paper } = mix;
  if (paper !== null && paper.tag !== null && !await has(paper.tag)) {
    lost.push(words.link.tag(paper.tag));
    fitted = { ...fitted, paper: { ...paper, tag: null } };
  }
  const inspected = await fitInspected(place.inspected, find, session);
  if (place.inspected && !inspected) {
    lost.push(place.inspected.kind === "item" ? `“${place.inspected.id}”` : inWords(place.inspected, origin));
  }
  return { state: { mix: fitted, place: { ...place, inspected } }, note: noteOf([...new Set(lost)], origin, names) };
}

async function fitInspected(
  inspected: Inspected | null, find: (target: Target) => Promise<Target | null>,
  session: Pick<DeskSession, "recommend">,
): Promise<Inspected | null> {
  if (inspected === null) return null;
  if (inspected.kind !== "item") return find(inspected);
  return (await unknownOf([inspected.id], session)).length === 0 ? inspected : null;
}

/** Ids that the model does not have. */
function unknownOf(ids: readonly string[], session: Pick<DeskSession, "recommend">): Promise<readonly string[]> {
  // Of nothing but unknown ones a model that knows no popular items makes no list.
  return session.recommend(ids, 1).then(({ ignored }) => ignored, () => ids);
}

/** The same thing in this model: a concept may have become a tag's knob and the reverse. */
async function findTarget(
  target: Target, origin: LinkOrigin, { fingerprint, labels, concepts }: ModelNames,
  hasTag: (tag: string) => Promise<boolean>,
): Promise<Target | null> {
  if (target.kind === "neuron") {
    const { neuron } = target;
    if (origin.model === null || origin.model === fingerprint) return neuron < labels.length ? target : null;
    const label = origin.names.get(neuron);
    if (label === undefined) return null;
    const found = labels[neuron] === label ? neuron : labels.indexOf(label);
    return found < 0 ? null : { kind: "neuron", neuron: found };
  }
  const name = target.kind === "tag" ? target.tag : target.concept;
  const [tag, concept] = [{ kind: "tag", tag: name }, { kind: "concept", concept: name }] as const;
  if (target.kind === "concept" && concepts.has(name)) return concept;
  if (await hasTag(name)) return tag;
  return concepts.has(name) ? concept : null;
}

function inWords(target: Target, { names }: LinkOrigin): string {
  switch (target.kind) {
    case "tag": return words.link.tag(target.tag);
    case "concept": return words.link.concept(target.concept);
    case "neuron": {
      const label = names.get(target.neuron);
      return label === undefined ? words.neuron(target.neuron) : words.link.neuronNamed(target.neuron, label);
    }
  }
}

function titles(ids: readonly string[]): string {
  const some = ids.slice(0, NAMED).map((id) => `“${id}”`).join(", ");
  const more = ids.length > NAMED ? words.link.more(ids.length - NAMED) : "";
  return (ids.length === 1 ? words.link.title : words.link.titles)(`${some}${more}`);
}

function noteOf(lost: readonly string[], { model }: LinkOrigin, { fingerprint }: ModelNames): string | null {
  if (lost.length === 0) return null;
  const other = model !== null && model !== fingerprint ? words.link.otherModel : "";
  return other + words.link.leftOut(lost.join(", "));
}
