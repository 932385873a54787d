/**
 * Golden files: inputs and outputs of the reference code as JSON, arrays as `{shape, data}`.
 *
 * A golden is a tree; `array` and `value` walk it by a dotted path, and a missing or misshapen node is an error, so a
 * renamed field cannot make a test pass by comparing nothing. null (NaN in JSON) reads as NaN.
 */
import { readFileSync } from "node:fs";

export interface GoldenArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}

export class Golden {
  constructor(readonly name: string, private readonly tree: unknown) {}

  /** What the file says about itself. */
  get about(): string {
    return String(this.value("about"));
  }

  /** Whatever stands at the path, for example "config.lr" or "inputs.batches.0". */
  value(path: string): unknown {
    let node: unknown = this.tree;
    for (const key of path.split(".")) {
      if (typeof node !== "object" || node === null || !(key in node)) {
        throw new Error(`golden ${this.name}: nothing at "${path}" (no "${key}")`);
      }
      node = (node as Record<string, unknown>)[key];
    }
    return node;
  }

  has(path: string): boolean {
    try {
      return this.value(path) !== undefined;
    } catch {
      return false;
    }
  }

  /** The part of the file below the path, as a golden of its own. */
  under(path: string): Golden {
    return new Golden(`${this.name} ${path}`, this.value(path));
  }

  number(path: string): number {
    const got = this.value(path);
    if (typeof got !== "number") throw new Error(`golden ${this.name}: "${path}" is ${typeof got}, expected a number`);
    return got;
  }

  /** An array with its shape, from `{shape, data}` or from a plain list of numbers. */
  shaped(path: string): GoldenArray {
    const node = this.value(path);
    if (Array.isArray(node)) return { shape: [node.length], data: numbers(node, `${this.name}: "${path}"`) };
    const { shape, data } = (node ?? {}) as { shape?: unknown; data?: unknown };
    if (!Array.isArray(shape) || !Array.isArray(data)) {
      throw new Error(`golden ${this.name}: "${path}" is neither a list nor {shape, data}`);
    }
    const sizes = shape.map(Number);
    const expected = sizes.reduce((product, size) => product * size, 1);
    if (data.length !== expected) {
      const got = `golden ${this.name}: "${path}" has ${data.length} numbers`;
      throw new Error(`${got}, its shape [${sizes}] says ${expected}`);
    }
    return { shape: sizes, data: numbers(data, `${this.name}: "${path}"`) };
  }

  array64(path: string): Float64Array {
    return this.shaped(path).data;
  }

  array(path: string): Float32Array {
    return Float32Array.from(this.shaped(path).data);
  }

  ints(path: string): Int32Array {
    return Int32Array.from(this.shaped(path).data);
  }
}

function numbers(list: readonly unknown[], where: string): Float64Array {
  return Float64Array.from(list, (entry) => {
    if (entry === null) return NaN;
    if (typeof entry === "number") return entry;
    if (typeof entry === "boolean") return entry ? 1 : 0;
    throw new Error(`golden ${where} holds a ${typeof entry}, expected numbers`);
  });
}

/** The folder of golden files, found from the compiled test (dist/test/support) or from the sources. */
export function goldensFolder(): URL {
  for (const up of ["../goldens/", "../../../test/goldens/"]) {
    const folder = new URL(up, import.meta.url);
    try {
      readFileSync(new URL("adam.json", folder));
      return folder;
    } catch {
      // Not here: compiled tests stand one folder deeper than the sources.
    }
  }
  throw new Error("no test/goldens folder beside the tests");
}

/** `loadGolden("tfidf")` reads test/goldens/tfidf.json, or the file of that name in another folder of the same kind. */
export function loadGolden(name: string, folder: URL = goldensFolder()): Golden {
  return new Golden(name, JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}
