/**
 * Reading JSON that somebody else may have written: every access says what it expects, and a miss names the file and
 * the path in it.
 */
import { UserError } from "./user-error.js";

export class CheckedJson {
  private constructor(readonly file: string, readonly path: string, private readonly value: unknown) {}

  /** @throws UserError when the text is not JSON. */
  static parse(text: string, file: string): CheckedJson {
    try {
      return new CheckedJson(file, "", JSON.parse(text));
    } catch {
      throw new UserError(`${file}: damaged or truncated: not JSON`);
    }
  }

  get isNull(): boolean {
    return this.value === null || this.value === undefined;
  }

  /** A member of an object. */
  at(key: string): CheckedJson {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) this.refuse("an object");
    const path = this.path === "" ? key : `${this.path}.${key}`;
    return new CheckedJson(this.file, path, (this.value as Record<string, unknown>)[key]);
  }

  /** The elements of an array. */
  list(length?: number): CheckedJson[] {
    if (!Array.isArray(this.value)) return this.refuse("a list");
    if (length !== undefined && this.value.length !== length) {
      return this.refuse(`${length} entries`, `${this.value.length}`);
    }
    return this.value.map((value, i) => new CheckedJson(this.file, `${this.path}[${i}]`, value));
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.refuse("a text");
  }

  /** A finite number. */
  number(): number {
    // JSON has no infinity, but 1e999 is read as one.
    const n = this.value;
    return typeof n === "number" && Number.isFinite(n) ? n : this.refuse("a finite number");
  }

  positive(): number {
    const n = this.number();
    return n > 0 ? n : this.refuse("a number above 0");
  }

  /** A number, or NaN where the file has null (JSON has no NaN). */
  numberOrNaN(): number {
    return this.value === null ? NaN : this.number();
  }

  /** A whole number from least to most, both included. */
  whole(least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const n = this.value;
    if (typeof n === "number" && Number.isInteger(n) && n >= least && n <= most) return n;
    return this.refuse(`a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}`);
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.refuse("true or false");
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    return found ?? this.refuse(choices.map((choice) => `"${choice}"`).join(" or "));
  }

  strings(length?: number): string[] {
    return this.list(length).map((entry) => entry.string());
  }

  /** As it stands, for values that are only carried along. */
  get raw(): unknown {
    return this.value;
  }

  refuse(expected: string, got = shortJson(this.value)): never {
    throw new UserError(`${this.file}: ${this.path || "the file"} is ${got}, expected ${expected}`);
  }
}

/** A value that was read from JSON, for a message: short, and however deep it is nested. */
export function shortJson(value: unknown): string {
  if (value === undefined) return "missing";
  // Nested thousands of times, a value can be read but not written.
  if (typeof value === "object" && value !== null && depthOver(value, 100)) return "nested too deep";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Whether lists and objects lie within each other more than so many times. */
function depthOver(value: object, most: number): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (Object.values(one) as unknown[])
      .filter((member): member is object => typeof member === "object" && member !== null));
  }
  return false;
}
