/**
 * A configuration field is declared once: what it is when nothing is said, what it may be, what it is for, and where
 * that comes from. Types are inferred from the declarations, and everything that lists, reads or checks settings asks
 * them: resolve.ts, --set, model files, grids, docs/config.md. Checks between fields are not here (resolve.ts).
 */

interface Told {
  /** What the field is for, in a sentence or two. */
  readonly about: string;
  /** Paper, or section of docs/method.md. */
  readonly source?: string;
}

/** A number within bounds: `from` and `to` belong to the range, `above` and `below` do not. */
export interface NumberField extends Told {
  readonly type: "number";
  readonly default: number;
  readonly whole: boolean;
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  /** Follows another field of its section while nobody says otherwise: `by` times its value. */
  readonly follows?: { readonly field: string; readonly by: number };
}

export interface WordField<W extends string = string> extends Told {
  readonly type: "word";
  readonly default: W;
  readonly words: readonly W[];
}

export interface FlagField extends Told {
  readonly type: "flag";
  readonly default: boolean;
}

export type Field = NumberField | WordField | FlagField;
export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F> = F extends { readonly type: "word"; readonly words: readonly (infer W)[] } ? W
  : F extends FlagField ? boolean : number;

/** The settings that a table of fields declares. */
export type Settings<F extends Fields> = { -readonly [Name in keyof F]: ValueOf<F[Name]> };

export function number(field: Omit<NumberField, "type" | "whole">): NumberField {
  return { type: "number", whole: false, ...field };
}

export function whole(field: Omit<NumberField, "type" | "whole">): NumberField {
  return { type: "number", whole: true, ...field };
}

export function word<const W extends string>(
  field: Omit<WordField<W>, "type" | "default"> & { readonly default: NoInfer<W> },
): WordField<W> {
  return { type: "word", ...field };
}

/** A word that names one of a registry's records: resolve.ts fills in which there are. */
export function nameOf(field: Omit<WordField, "type" | "words">): WordField {
  return { type: "word", words: [], ...field };
}

export function flag(field: Omit<FlagField, "type">): FlagField {
  return { type: "flag", ...field };
}

/** Every field as it is when nothing is said. */
export function defaultsOf<F extends Fields>(fields: F): Settings<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default])) as Settings<F>;
}

/** What a field may be: "a whole number from 1 on", "in [0, 1)", "l2 or cosine". */
export function allowed(field: Field): string {
  if (field.type === "flag") return "true or false";
  if (field.type === "word") return field.words.join(" or ");
  const { whole: isWhole, from, above, to, below } = field;
  const [low, high] = [from ?? above, to ?? below];
  if (low !== undefined && high !== undefined) {
    return `in ${from === undefined ? "(" : "["}${low}, ${high}${to === undefined ? ")" : "]"}`;
  }
  if (isWhole) return low === undefined ? "a whole number" : `a whole number from ${low} on`;
  if (from !== undefined) return `a number from ${from} on`;
  return above === undefined ? "a number" : `a number above ${above}`;
}

/** Whether a field may be this. */
export function fits(field: Field, value: unknown): boolean {
  if (field.type === "flag") return typeof value === "boolean";
  if (field.type === "word") return (field.words as readonly unknown[]).includes(value);
  const { whole: isWhole, from = -Infinity, above = -Infinity, to = Infinity, below = Infinity } = field;
  if (typeof value !== "number" || !Number.isFinite(value) || (isWhole && !Number.isInteger(value))) return false;
  return value >= from && value > above && value <= to && value < below;
}

/** A value as somebody typed it; undefined when it is of another type. Bounds are `fits`' to check. */
export function parseValue(field: Field, text: string): number | string | boolean | undefined {
  if (field.type === "word") return field.words.includes(text) ? text : undefined;
  if (field.type === "flag") return text === "true" ? true : text === "false" ? false : undefined;
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
}

/** The type of a field's values, in words: "number", "text", "boolean". */
export function typeName(field: Field): "number" | "text" | "boolean" {
  return field.type === "flag" ? "boolean" : field.type === "word" ? "text" : "number";
}
