/**
 * Settings of the knobs that a person keeps under a name, in this browser. Each is kept as the address of a desk with
 * these knobs and no taste (address.ts), so that another model finds what it has of them by name (fit-link.ts).
 */
import { recall, remember } from "../widgets/remembered.js";

export interface SavedMix {
  readonly name: string;
  /** What stands behind the "#". */
  readonly link: string;
}

const KEY = "unknot-mixes";

/** In the order of saving. What another page wrote there and is no mix is left out. */
export function savedMixes(text = recall(KEY)): SavedMix[] {
  try {
    const entries: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(entries) ? entries.filter(isMix).map(({ name, link }) => ({ name, link })) : [];
  } catch {
    return [];
  }
}

export function keepMixes(mixes: readonly SavedMix[]): void {
  remember(KEY, JSON.stringify(mixes));
}

/** A name is there once: saving under it again puts the new setting in its place. */
export function saveMix(mixes: readonly SavedMix[], mix: SavedMix): SavedMix[] {
  const known = mixes.some(({ name }) => name === mix.name);
  return known ? mixes.map((one) => (one.name === mix.name ? mix : one)) : [...mixes, mix];
}

/** The same mixes where the new name is empty or another's. */
export function renameMix(mixes: readonly SavedMix[], from: string, to: string): readonly SavedMix[] {
  if (to === "" || mixes.some(({ name }) => name === to)) return mixes;
  return mixes.map((one) => (one.name === from ? { ...one, name: to } : one));
}

function isMix(entry: unknown): entry is SavedMix {
  const { name, link } = (entry ?? {}) as Partial<SavedMix>;
  return typeof name === "string" && name !== "" && typeof link === "string";
}
