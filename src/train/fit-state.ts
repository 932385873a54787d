/**
 * Everything that a training run has to remember to go on as if it had never stopped: weights, both averages of Adam,
 * the averaged and the best weights, the order of the rows and the place in it, generators, history. Named plain
 * arrays, so that a file can hold them (checkpoint.ts); numbers are kept in double precision, exactly.
 *
 * Not in it: data, configuration and frozen models. `run` names them, and a state of another run is refused.
 */
import type { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";

/** A typed array of a training state. */
export type StateArray = Float32Array | Float64Array | Int32Array;

/** The whole state of a training run between two steps. */
export interface FitState {
  /** What was being trained: model, configuration, seed and a fingerprint of the data, as text. */
  readonly run: string;
  readonly arrays: Readonly<Record<string, StateArray>>;
}

/**
 * @throws UserError when the state is of another run, saying what differs: settings that one of the two does not have
 *   are those of another version of unknot, others were chosen.
 */
export function checkSameRun(state: FitState, run: string): void {
  if (state.run === run) return;
  const [was, is] = [partsOf(state.run), partsOf(run)];
  const differ = [...is.keys()].filter((name) => was.has(name) && was.get(name) !== is.get(name));
  // Another model has other settings, in any version.
  const [added, gone] = differ.includes("model") ? [[], []]
    : [[...is.keys()].filter((name) => !was.has(name)), [...was.keys()].filter((name) => !is.has(name))];
  const anotherVersion = added.length + gone.length > 0;
  const reasons = [
    ...differ.map((name) => difference(name, was.get(name)!, is.get(name)!)),
    ...added.length > 0 ? [`it knows nothing of ${added.join(", ")}`] : [],
    ...gone.length > 0 ? [`this version knows nothing of ${gone.join(", ")}`] : [],
  ];
  throw new UserError(
    `the checkpoint was written ${anotherVersion ? "by another version of unknot" : "with other data or settings"}, ` +
    `and this run would not go on as it began (${reasons.join("; ")}): ${anotherVersion
      ? "finish it with the version that began it, or delete the checkpoint and start anew"
      : "give the same data and settings, or delete the checkpoint and start anew"}`,
  );
}

/** Of data a run's name has the size and a hash, and its seed is one drawn from that which was given. */
function difference(name: string, was: string, is: string): string {
  if (name === "seed") return "another seed";
  return [was, is].some((value) => /^\d+ bytes /.test(value)) ? `${name}: other data` : `${name} was ${was}, is ${is}`;
}

/** The lines of a run's name (runName): what each is of, and what it says. */
function partsOf(run: string): ReadonlyMap<string, string> {
  return new Map(run.split("\n").map((line) => {
    const at = line.indexOf(" ");
    return at < 0 ? [line, "nothing"] : [line.slice(0, at), line.slice(at + 1)];
  }));
}

/** What a state of a run must fit. */
export interface FitShape {
  readonly rows: number;
  readonly stepsPerEpoch: number;
  /** Generators. */
  readonly randoms: number;
  readonly parameters: readonly { readonly name: string; readonly length: number }[];
  /** Kinds of arrays that there is one of for each parameter: "m", "best" … */
  readonly kinds: (bestEpoch: number) => readonly string[];
}

/**
 * A state whose checksum is right may still be none that this loop wrote.
 * @throws UserError naming what does not fit.
 */
export function checkFitState(state: FitState, { rows, stepsPerEpoch, randoms, parameters, kinds }: FitShape): void {
  const wrong = (what: string): never => { throw new UserError(`the checkpoint's ${what}: start anew`); };
  const position = arrayOf(state, "position", 6);
  const [epoch, step, , , bestEpoch, optimiserStep] = position;
  const whole = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most;
  if (!whole(epoch, 1, 2 ** 31) || !whole(step, 0, stepsPerEpoch) || !whole(bestEpoch, 0, epoch - 1) ||
    !whole(optimiserStep, 0, (epoch - 1) * stepsPerEpoch + step)) {
    wrong(`position (epoch ${epoch}, step ${step}, best ${bestEpoch}) is impossible`);
  }
  arrayOf(state, "history", 2 * (epoch - 1));
  arrayOf(state, "randoms", 4 * randoms);
  const order = arrayOf(state, "order", rows);
  const seen = new Uint8Array(rows);
  for (const row of order) {
    if (!whole(row, 0, rows - 1) || seen[row] === 1) wrong("order of the rows is none");
    seen[row] = 1;
  }
  for (const { name, length } of parameters) {
    for (const kind of kinds(bestEpoch)) arrayOf(state, `${kind}/${name}`, length);
  }
}

/** @throws UserError unless the state has such an array of this length. */
export function arrayOf(state: FitState, name: string, length: number): StateArray {
  const found = Object.hasOwn(state.arrays, name) ? state.arrays[name] : null;
  if (found?.length === length) return found;
  const got = found ? found.length : "no";
  throw new UserError(`the checkpoint's "${name}" has ${got} entries, expected ${length}`);
}

/** Copies one array of a state into a live one of the same kind. */
export function restoreArray(state: FitState, name: string, target: StateArray | Float32Array | Float64Array): void {
  target.set(arrayOf(state, name, target.length));
}

export function randomsToArray(randoms: readonly Random[]): Int32Array {
  return Int32Array.from(randoms.flatMap((random) => random.state()));
}

export function restoreRandoms(values: Int32Array, randoms: readonly Random[]): void {
  randoms.forEach((random, i) => {
    const [a, b, c, d] = values.subarray(4 * i, 4 * i + 4);
    random.restore([a, b, c, d]);
  });
}

/**
 * Names a run: one line a part, so that a mismatch can be shown. Settings are listed by name in alphabetical order.
 * @param data arrays whose content matters, by name; each enters as its length and FNV-1a hash.
 */
export function runName(
  model: string, seed: number, config: object, data: Readonly<Record<string, ArrayBufferView | null>>,
): string {
  const settings = Object.entries(config)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `model ${model}`, `seed ${seed}`,
    ...settings.map(([name, value]) => `${name} ${JSON.stringify(value)}`),
    ...Object.entries(data).map(([name, array]) =>
      `${name} ${array ? `${array.byteLength} bytes ${fnv1a(array)}` : "none"}`),
  ].join("\n");
}

/** FNV-1a over 32-bit words (Fowler, Noll & Vo): tells data sets apart, protects nothing. */
function fnv1a(array: ArrayBufferView): string {
  const words = new Uint32Array(array.buffer, array.byteOffset, array.byteLength >>> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  return (hash >>> 0).toString(16);
}
