/**
 * The desk's state as the part of an address behind the "#", and back: a link is a copy of the desk. Pure; the store
 * (store.ts) keeps the page's address in step.
 *
 *   #like=1214,541&mix=tag:heist:0.3,neuron:12:-0.5:m&why=1200
 *
 *   like    item ids                  paper   tag:α:neurons:mapping, the paper's knob
 *   less    item ids, disliked        never   item ids, left out of every list
 *   mix     channels: target:strength or position, then m (muted), s (solo); targets are tag:…, concept:…, neuron:…
 *   why     an item taken apart       neuron  a neuron's card
 *   tag     a tag's card              concept a concept's card
 *   view    "atlas", with find and sort
 *   model   fingerprint of the names of the model that the link was made with, and with it
 *   names   what it called the neurons of this link, by number (fit-link.ts finds them in another model)
 *
 * Addresses come from anywhere: what cannot be understood is left out, never thrown. Names and ids are percent-encoded
 * one by one, so a comma or colon inside one cannot be taken for a separator.
 */
import { dislike, neverShow } from "./opinions.js";
import { tfidfMappings, type TfidfMapping } from "../../interpret/tfidf.js";
import {
  addChannel, addItem, atlasOrders, emptyState, setChannel, type AtlasOrder, type Channel, type DeskState,
  type Inspected, type Mix, type PaperKnob, type Place, type Target,
} from "./state.js";

/** Halves of characters: no text has them, but a string may. */
const HALVES = /\p{Surrogate}/gu;

/** What a link says of the model that it was made with. */
export interface LinkOrigin {
  /** Null: made by hand, or by an earlier version. */
  readonly model: string | null;
  /** Names of the neurons that the link is about. */
  readonly names: ReadonlyMap<number, string>;
}

/** @param labels of all neurons */
export function writeOrigin({ mix, place }: DeskState, model: string, labels: readonly (string | null)[]): string {
  const targets = [...mix.channels.map(({ target }) => target), ...(place.inspected ? [place.inspected] : [])];
  const named = new Map(targets.flatMap((target): [number, string][] => {
    const label = target.kind === "neuron" ? labels[target.neuron] ?? null : null;
    return target.kind === "neuron" && label !== null ? [[target.neuron, label]] : [];
  }));
  const names = [...named].map(([neuron, label]) => `${neuron}:${encode(label)}`).join();
  return `model=${encode(model)}${names === "" ? "" : `&names=${names}`}`;
}

export function readOrigin(hash: string): LinkOrigin {
  const parts = partsOf(hash);
  const names = (parts.get("names") ?? "").split(",").flatMap((entry): [number, string][] => {
    const [number, name] = entry.split(":");
    const [neuron, label] = [readNeuron(number), decode(name ?? "")];
    return neuron === null || label === null || label === "" ? [] : [[neuron, label]];
  });
  return { model: decode(parts.get("model") ?? "") || null, names: new Map(names) };
}

/** The state without "#"; an empty desk is the empty text. */
export function writeAddress({ mix, place }: DeskState): string {
  const parts: [name: string, value: string][] = [
    ["like", mix.profile.map(encode).join()],
    ["less", mix.disliked.map(encode).join()],
    ["never", mix.never.map(encode).join()],
    ["mix", mix.channels.map(writeChannel).join()],
    ["paper", mix.paper ? writePaper(mix.paper) : ""],
    ["view", place.view === "atlas" ? "atlas" : ""],
    ["find", encode(place.query)],
    ["sort", place.order === emptyState.place.order ? "" : place.order],
    ...writeInspected(place.inspected),
  ];
  return parts.filter(([, value]) => value !== "").map(([name, value]) => `${name}=${value}`).join("&");
}

/** The state of an address, with or without "#". */
export function readAddress(hash: string): DeskState {
  const parts = partsOf(hash);
  const list = (name: string): string[] => (parts.get(name) ?? "").split(",").filter((entry) => entry !== "");
  let mix: Mix = { ...emptyState.mix, paper: readPaper(parts.get("paper")) };
  for (const [name, add] of [["never", neverShow], ["less", dislike], ["like", addItem]] as const) {
    for (const entry of list(name)) {
      const id = decode(entry);
      if (id !== null && id !== "") mix = add(mix, id);
    }
  }
  for (const entry of list("mix")) {
    const channel = readChannel(entry);
    if (channel) mix = withChannel(mix, channel);
  }
  const order = parts.get("sort") as AtlasOrder | undefined;
  const place: Place = {
    view: parts.get("view") === "atlas" ? "atlas" : "desk",
    inspected: readInspected(parts),
    query: decode(parts.get("find") ?? "") ?? "",
    order: order !== undefined && atlasOrders.includes(order) ? order : emptyState.place.order,
  };
  return { mix, place };
}

function partsOf(hash: string): Map<string, string> {
  return new Map(hash.replace(/^#/, "").split("&").map((part): [string, string] => {
    const [name, ...value] = part.split("=");
    return [name, value.join("=")];
  }));
}

function writeChannel({ target, strength, muted, solo }: Channel): string {
  const flags = `${muted ? "m" : ""}${solo ? "s" : ""}`;
  return `${target.kind}:${writeTarget(target)}:${strength}${flags === "" ? "" : `:${flags}`}`;
}

function writeTarget(target: Target): string {
  switch (target.kind) {
    case "tag": return encode(target.tag);
    case "concept": return encode(target.concept);
    case "neuron": return String(target.neuron);
  }
}

function readChannel(text: string): Channel | null {
  const [kind, name, strength, flags = ""] = text.split(":");
  const target = readTarget(kind, name);
  const number = readNumber(strength);
  if (!target || number === null) return null;
  return { target, strength: number, muted: flags.includes("m"), solo: flags.includes("s") };
}

function readTarget(kind: string, name: string | undefined): Target | null {
  if (kind === "tag" || kind === "concept") {
    const text = decode(name ?? "");
    if (text === null || text === "") return null;
    return kind === "tag" ? { kind, tag: text } : { kind, concept: text };
  }
  const neuron = readNeuron(name);
  return kind === "neuron" && neuron !== null ? { kind, neuron } : null;
}

/** Through the rules of state.ts, so that an address cannot hold more than the desk would allow. */
function withChannel(mix: Mix, { target, strength, muted, solo }: Channel): Mix {
  return setChannel(addChannel(mix, target), target, { strength, muted, solo });
}

function writePaper({ tag, strength, neurons, mapping }: PaperKnob): string {
  return `${encode(tag ?? "")}:${strength}:${neurons}:${mapping}`;
}

function readPaper(text: string | undefined): PaperKnob | null {
  if (text === undefined) return null;
  const [tag, alpha, count, mapping] = text.split(":");
  const strength = readNumber(alpha);
  const neurons = readNeuron(count);
  if (strength === null || neurons === null || neurons < 1 || !isMapping(mapping)) return null;
  return { tag: decode(tag) || null, strength: Math.max(0, strength), neurons, mapping };
}

function isMapping(text: string | undefined): text is TfidfMapping {
  return (tfidfMappings as readonly (string | undefined)[]).includes(text);
}

function writeInspected(inspected: Inspected | null): [string, string][] {
  if (!inspected) return [];
  return inspected.kind === "item" ? [["why", encode(inspected.id)]] : [[inspected.kind, writeTarget(inspected)]];
}

function readInspected(parts: ReadonlyMap<string, string>): Inspected | null {
  const neuron = readNeuron(parts.get("neuron"));
  if (neuron !== null) return { kind: "neuron", neuron };
  const tag = decode(parts.get("tag") ?? "");
  if (tag) return { kind: "tag", tag };
  const concept = decode(parts.get("concept") ?? "");
  if (concept) return { kind: "concept", concept };
  const id = decode(parts.get("why") ?? "");
  return id ? { kind: "item", id } : null;
}

/** A strength: −1 … 1, to hundredths. */
function readNumber(text: string | undefined): number | null {
  if (text === undefined || !/^-?\d(\.\d+)?$/.test(text)) return null;
  const value = Math.round(Number(text) * 100) / 100 + 0;
  return value >= -1 && value <= 1 ? value : null;
}

function readNeuron(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/** Also what encodeURIComponent leaves alone but an address bar or a chat would take for the link's end. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(HALVES, "\ufffd")).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text);
    return decoded.search(HALVES) < 0 ? decoded : null;
  } catch {
    return null;
  }
}
