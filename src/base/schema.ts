/**
 * What a request may contain, said once: each schema checks a value and describes itself as JSON Schema, so that the
 * OpenAPI description cannot differ from what the service accepts.
 *
 * It is not a JSON Schema validator: it has the few kinds that the routes need. Fields that are not listed are refused,
 * because a misspelt option that is silently ignored is worse than an error. Nothing here recurses into what a schema
 * does not name, so depth and size of hostile input do not matter.
 */

/** A fragment of JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One thing that is wrong, and where. */
export interface Fault {
  /** JSON pointer into the value: "/items/3"; "" is the value itself. */
  readonly at: string;
  readonly detail: string;
}

export interface Schema<T> {
  readonly json: JsonSchema;
  /** May be left out; `check` is then given undefined and returns the default, if there is one. */
  readonly optional: boolean;
  /** Returns the value as the handler gets it. What it returns after adding a fault is not used. */
  check(value: unknown, at: string, faults: Fault[]): T;
}

export type Fields = Readonly<Record<string, Schema<unknown>>>;
export type Checked<F extends Fields> = { readonly [K in keyof F]: F[K] extends Schema<infer T> ? T : never };

/** No request needs to be told more at once. */
const MAX_FAULTS = 10;

export interface TextOptions {
  readonly min?: number;
  readonly max: number;
  readonly about?: string;
  readonly example?: string;
}

/** Text of `min` (default 1) to `max` UTF-16 units. */
export function text({ min = 1, max, about, example }: TextOptions): Schema<string> {
  return {
    json: tidy({ type: "string", minLength: min, maxLength: max, description: about, example }),
    optional: false,
    check(value, at, faults) {
      if (typeof value !== "string") return refuse(faults, at, "text", value);
      if (value.length < min || value.length > max) {
        faults.push({ at, detail: `expected ${min} to ${max} characters, got ${value.length}` });
      }
      return value;
    },
  };
}

export function choice<const T extends string>(names: readonly T[], about?: string): Schema<T> {
  return {
    json: tidy({ type: "string", enum: names, description: about }),
    optional: false,
    check(value, at, faults) {
      if (typeof value === "string" && (names as readonly string[]).includes(value)) return value as T;
      return refuse(faults, at, `one of ${names.map((name) => `"${name}"`).join(", ")}`, value);
    },
  };
}

export interface NumberOptions {
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
  readonly about?: string;
  readonly example?: number;
}

/** A finite number between `min` and `max`, both included. */
export function number(options: NumberOptions): Schema<number> {
  const { min = -Infinity, max = Infinity, whole = false, about, example } = options;
  const bound = (limit: number): number | undefined => (Number.isFinite(limit) ? limit : undefined);
  const range = Number.isFinite(max) ? ` from ${min} to ${max}` : Number.isFinite(min) ? ` from ${min} on` : "";
  const expected = `${whole ? "a whole number" : "a number"}${range}`;
  return {
    json: tidy({
      type: whole ? "integer" : "number", minimum: bound(min), maximum: bound(max), description: about, example,
    }),
    optional: false,
    check(value, at, faults) {
      const fits = typeof value === "number" && Number.isFinite(value) && value >= min && value <= max
        && (!whole || Number.isInteger(value));
      return fits ? value : refuse(faults, at, expected, value);
    },
  };
}

export function flag(about?: string): Schema<boolean> {
  return {
    json: tidy({ type: "boolean", description: about }),
    optional: false,
    check: (value, at, faults) => (typeof value === "boolean" ? value : refuse(faults, at, "true or false", value)),
  };
}

export interface ListOptions {
  readonly min?: number;
  readonly max: number;
  readonly about?: string;
}

export function list<T>(of: Schema<T>, { min = 0, max, about }: ListOptions): Schema<readonly T[]> {
  return {
    json: tidy({ type: "array", items: of.json, minItems: min || undefined, maxItems: max, description: about }),
    optional: false,
    check(value, at, faults) {
      if (!Array.isArray(value)) return refuse(faults, at, "a list", value);
      if (value.length < min || value.length > max) {
        faults.push({ at, detail: `expected ${min} to ${max} entries, got ${value.length}` });
        return [];
      }
      // A place costs more to write than an entry to check: it is named when there is something to say of it.
      const found: Fault[] = [];
      const checked: T[] = [];
      for (let i = 0; i < value.length && faults.length < MAX_FAULTS; i++) {
        const entry = of.check(value[i], "", found);
        checked.push(found.length === 0 ? entry : of.check(value[i], `${at}/${i}`, faults));
        found.length = 0;
      }
      return checked;
    },
  };
}

/** An object with these fields and no others. */
export function object<F extends Fields>(fields: F, about?: string): Schema<Checked<F>> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, { optional: may }]) => !may).map(([name]) => name);
  return {
    json: tidy({
      type: "object",
      properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
      required: required.length > 0 ? required : undefined,
      additionalProperties: false,
      description: about,
    }),
    optional: false,
    check(value, at, faults) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return refuse(faults, at, "an object", value);
      }
      const given = value as Record<string, unknown>;
      const checked: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        if (faults.length >= MAX_FAULTS) break;
        if (Object.hasOwn(given, name)) checked[name] = field.check(given[name], `${at}/${name}`, faults);
        else if (field.optional) checked[name] = field.check(undefined, at, faults);
        else faults.push({ at: `${at}/${name}`, detail: "is missing" });
      }
      for (const name in given) {
        if (faults.length >= MAX_FAULTS) break;
        if (!Object.hasOwn(fields, name)) {
          const detail = `unknown field, expected ${listed(Object.keys(fields))}`;
          faults.push({ at: `${at}/${pointer(name)}`, detail });
        }
      }
      return checked as Checked<F>;
    },
  };
}

export function either<A, B>(a: Schema<A>, b: Schema<B>, expected: string): Schema<A | B> {
  return {
    json: { anyOf: [a.json, b.json] },
    optional: false,
    check(value, at, faults) {
      const first: Fault[] = [];
      const asA = a.check(value, at, first);
      if (first.length === 0) return asA;
      const second: Fault[] = [];
      const asB = b.check(value, at, second);
      if (second.length === 0) return asB;
      // The branch that got further knows better what is wrong.
      const deeper = [first, second].find((found) => found[0].at !== at);
      if (!deeper) return refuse(faults, at, expected, value);
      faults.push(...deeper);
      return asA;
    },
  };
}

/** May be left out. */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    json: schema.json,
    optional: true,
    check: (value, at, faults) => (value === undefined ? undefined : schema.check(value, at, faults)),
  };
}

/** May be left out and has then this value. */
export function withDefault<T>(schema: Schema<T>, fallback: T): Schema<T> {
  return {
    json: { ...schema.json, default: fallback },
    optional: true,
    check: (value, at, faults) => (value === undefined ? fallback : schema.check(value, at, faults)),
  };
}

/** For what is only described: answers. The tests check them against it. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { type } = schema.json;
  const typed = typeof type === "string";
  return {
    json: typed ? { ...schema.json, type: [type, "null"] } : { anyOf: [schema.json, { type: "null" }] },
    optional: schema.optional,
    check: (value, at, faults) => (value === null ? null : schema.check(value, at, faults)),
  };
}

/** `/`-joined names need escaping in a JSON pointer; names that somebody made up may be long. */
function pointer(name: string): string {
  return shortened(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

function refuse(faults: Fault[], at: string, expected: string, got: unknown): never {
  faults.push({ at, detail: `expected ${expected}, got ${describe(got)}` });
  // Nobody uses a value that came with a fault.
  return undefined as never;
}

/** What a value is, in a few words whatever its size. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `"${shortened(value)}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) return value === null ? "null" : "nothing";
  return Array.isArray(value) ? "a list" : "an object";
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value;
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.at(0) ?? "none at all";
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
}

/** Without the members that say nothing. */
function tidy(json: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
