/**
 * Steering curves measured elsewhere, to be drawn behind our own. A JSON file with a list `rows`, one a point:
 *
 *   { "sae": "L2, embedding target", "mapping": "best characterizes", "top_n": 5, "alpha": 0.2,
 *     "ndcg20_personal": .30, "ndcg20_segment": .20, … }
 *
 * Points of one SAE, mapping and number of neurons are a curve.
 */
import { readFile } from "node:fs/promises";
import { UserError } from "../base/user-error.js";
import { CheckedJson } from "../base/checked-json.js";
import type { TfidfMapping } from "../interpret/tfidf.js";

/** A point of a steering curve that was measured elsewhere. */
export interface ReferencePoint {
  readonly sae: string;
  readonly mapping: TfidfMapping | "teaser";
  /** 0 for TEASER. */
  readonly neurons: number;
  readonly strength: number;
  readonly personal: number;
  readonly segment: number;
}

const MAPPINGS = {
  "best characterizes": "characterises", characterises: "characterises", "most unique": "unique", unique: "unique",
  "direct tag": "teaser", teaser: "teaser",
} as const;

/** @throws UserError naming the file and the entry. */
export async function readReference(file: string): Promise<ReferencePoint[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`);
  });
  return CheckedJson.parse(text, file).at("rows").list().map((row) => ({
    sae: row.at("sae").string(),
    mapping: MAPPINGS[row.at("mapping").oneOf(Object.keys(MAPPINGS) as (keyof typeof MAPPINGS)[])],
    neurons: row.at("top_n").whole(0),
    strength: row.at("alpha").number(),
    personal: row.at("ndcg20_personal").number(),
    segment: row.at("ndcg20_segment").number(),
  }));
}

/**
 * The SAE of the reference that is most like the model's: same loss, same target if one says so; else the first.
 * @returns its name and points.
 */
export function likest(
  points: readonly ReferencePoint[], { loss, target }: { readonly loss: string; readonly target: string },
): { sae: string; points: readonly ReferencePoint[] } | null {
  const names = Array.from(new Set(points.map(({ sae }) => sae)));
  if (names.length === 0) return null;
  const fit = (name: string): number =>
    Number(name.toLowerCase().includes(loss)) + Number(name.toLowerCase().includes(target));
  const sae = names.reduce((best, name) => (fit(name) > fit(best) ? name : best));
  return { sae, points: points.filter((point) => point.sae === sae) };
}
