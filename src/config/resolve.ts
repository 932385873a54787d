/**
 * From what somebody says to a whole configuration: every field filled in, every value checked, everything that is
 * wrong said in one message. It knows the tables and what recommenders and kinds of SAE declare about themselves;
 * which of them there are, models/resolve-config.ts tells it.
 */
import { UserError } from "../base/user-error.js";
import { suggestion } from "../base/suggest.js";
import { MODEL, sectionOf, type Config, type PartialConfig, type Section } from "./config.js";
import { allowed, defaultsOf, fits, type Field, type Fields } from "./field.js";
import { SAE, type SaeConfig } from "./sae.js";

/** What a recommender that an SAE can sit in declares of its settings. */
export interface DeclaredRecommender {
  /** What `model` calls it. */
  readonly name: string;
  /** The part of a configuration that is its own; two may share one. */
  readonly section: string;
  /** With `factors` among them: D. */
  readonly fields: Fields;
}

/** What a kind of SAE declares of its settings. */
export interface DeclaredSae {
  /** What `sae.kind` calls it. */
  readonly name: string;
  /** What k is to it: active neurons of each row, of a row on average, a mean to aim at, or nothing. */
  readonly k: "row" | "batch" | "mean" | "unused";
  /** The only expansion that it can have. */
  readonly expansion?: number;
}

export interface Declared {
  readonly recommenders: readonly DeclaredRecommender[];
  readonly saes: readonly DeclaredSae[];
}

/** A field by its path: "model", "elsa.factors". */
export interface NamedField {
  readonly path: string;
  readonly field: Field;
}

/** All fields, in the order of a configuration. */
export function fieldsOf(declared: Declared): NamedField[] {
  const named = Object.entries(tablesOf(declared)).flatMap(([section, fields]) =>
    Object.entries(fields).map(([name, field]) => ({ path: `${section}.${name}`, field })));
  return [{ path: "model", field: modelField(declared) }, ...named];
}

/**
 * @param said what it leaves out is the base's.
 * @throws UserError listing everything that makes no sense, in one message. Of the recommenders' settings only those of
 *   the one that is trained are checked for their values.
 */
export function resolve(said: PartialConfig, base: Config, declared: Declared): Config {
  const tables = tablesOf(declared);
  const wrong = unknownOf(said, tables);
  const config = merged(said, base, tables);
  if (!fits(modelField(declared), config.model)) wrong.push(refusal("model", modelField(declared), config.model));
  const chosen = declared.recommenders.find(({ name }) => name === config.model);
  if (chosen && !Object.hasOwn(config, chosen.section)) {
    Object.assign(config, { [chosen.section]: defaultsOf(chosen.fields) });
  }
  for (const section of [...(chosen ? [chosen.section] : []), "sae"]) {
    for (const [name, field] of Object.entries(tables[section])) {
      const value = sectionOf(config, section)[name];
      if (!fits(field, value)) wrong.push(refusal(`${section}.${name}`, field, value));
    }
  }
  const factors = chosen ? sectionOf(config, chosen.section).factors as number : Infinity;
  checkSae(config.sae, factors, declared.saes.find(({ name }) => name === config.sae.kind), wrong);
  if (wrong.length > 0) throw new UserError(wrong.join("; "));
  return config;
}

/** Sections in the order in which they were said, fields in that of their table: a saved file keeps its bytes. */
function merged(said: PartialConfig, base: Config, tables: Readonly<Record<string, Fields>>): Config {
  const whole: Section = {};
  for (const name of Object.keys({ ...said, ...base })) {
    if (name === "model") whole.model = said.model ?? base.model;
    else if (Object.hasOwn(tables, name)) {
      whole[name] = filled(sectionOf(said, name), sectionOf(base, name), tables[name]);
    }
  }
  return whole as unknown as Config;
}

function filled(said: Section, base: Section, fields: Fields): Section {
  const values: Section = {};
  for (const [name, field] of Object.entries(fields)) {
    const leader = field.type === "number" ? field.follows : undefined;
    const led = leader && said[leader.field] !== undefined ? leader.by * (said[leader.field] as number) : undefined;
    values[name] = said[name] ?? led ?? base[name] ?? field.default;
  }
  return values;
}

function unknownOf(said: PartialConfig, tables: Readonly<Record<string, Fields>>): string[] {
  const sections = ["model", ...Object.keys(tables)];
  return Object.entries(said).flatMap(([name, section]) => {
    if (name === "model" || section === undefined) return [];
    if (!Object.hasOwn(tables, name)) return [`there is no setting "${name}"${near(name, sections)}`];
    if (typeof section !== "object" || section === null) return [`${name} must be settings, got ${shown(section)}`];
    return Object.keys(section).filter((field) => !Object.hasOwn(tables[name], field))
      .map((field) => `there is no setting "${name}.${field}"${near(field, Object.keys(tables[name]))}`);
  });
}

function near(name: string, names: readonly string[]): string {
  return suggestion(name, names) || `; there are ${names.join(", ")}`;
}

function refusal(path: string, field: Field, value: unknown): string {
  return `${path} must be ${allowed(field)}, got ${shown(value)}`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
}

/** What no field can say alone. */
function checkSae(sae: SaeConfig, factors: number, kind: DeclaredSae | undefined, wrong: string[]): void {
  const need = (ok: boolean, what: string): void => { if (!ok) wrong.push(what); };
  const neurons = Math.round(sae.expansion * factors);
  need(kind?.k === "unused" || !(sae.k > neurons), `sae.k is ${sae.k}, but there are only ${neurons} neurons`);
  need(
    kind?.expansion === undefined || sae.expansion === kind.expansion,
    `sae.expansion must be ${kind?.expansion} for ${sae.kind}, got ${sae.expansion}`,
  );
  need(
    sae.reconstruction > 0 || sae.blend > 0 || sae.downstream > 0,
    "sae.reconstruction, sae.blend and sae.downstream are all 0: there is nothing to learn from",
  );
  need(!sae.denoise || sae.inputDropout > 0, "sae.denoise is set, but sae.inputDropout is 0: nothing is hidden");
  need(
    sae.refine === 0 || kind?.k === "row",
    `sae.refine needs a kind that keeps k neurons in each row, as topk does, not ${sae.kind}`,
  );
  need(sae.refineHead === 0 || sae.refine > 0, "sae.refineHead is set, but sae.refine is 0: nothing is refined");
  if (!(sae.kStart > 0)) return;
  need(kind?.k === "row" || kind?.k === "batch", `sae.kStart needs a kind that keeps k neurons, not ${sae.kind}`);
  need(
    sae.kStart >= sae.k && sae.kStart <= neurons,
    `sae.kStart must be between k (${sae.k}) and ${neurons} neurons, got ${sae.kStart}`,
  );
  need(sae.kEpochs > 0, "sae.kStart is set, but sae.kEpochs is 0: over how many epochs shall it fall?");
}

/** Every section's table; recommenders that share one have the same. */
function tablesOf({ recommenders, saes }: Declared): Record<string, Fields> {
  const tables: Record<string, Fields> = {};
  for (const { section, fields } of recommenders) tables[section] = fields;
  tables.sae = { ...SAE, kind: { ...SAE.kind, words: saes.map(({ name }) => name) } };
  return tables;
}

function modelField({ recommenders }: Declared): Field {
  return { ...MODEL, words: recommenders.map(({ name }) => name) };
}
