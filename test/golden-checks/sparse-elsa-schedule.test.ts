/**
 * The replay of a pruning schedule against the same in plain dense loops (docs/method.md §8.1, §8.3), with levels that
 * fall below the last one: from there the numbers hang on rounding, and the check has to say so.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { Golden } from "../support/goldens.js";
import { Checker, type Comparison } from "./checker.js";
import { checkSparseElsaSchedule } from "./sparse-elsa-schedule.js";

type Rows = number[][];
interface Batch { users: number[]; output_columns: number[] }

const [ITEMS, FACTORS, USERS, BATCH] = [13, 24, 8, 4];
const config = {
  n_items: ITEMS, dim: FACTORS, batch: BATCH, lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-7, epochs: 2, vals: [0, 12, 6],
};
/** The levels of these stages: the fourth falls below the last. */
const FALLING = [24, 8, 6, 4, 6];

function matrix(rows: number, cols: number, valueAt: (r: number, c: number) => number): Rows {
  return Array.from({ length: rows }, (_, r) => Array.from({ length: cols }, (_, c) => valueAt(r, c)));
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** M: 1 at the n largest of each row; of equals the lower columns, or the higher ones. */
function masks(a: Rows, n: number, lower = true): Rows {
  return a.map((row) => {
    const tie = lower ? 1 : -1;
    const best = [...row.keys()].sort((p, q) => Math.abs(row[q]) - Math.abs(row[p]) || tie * (p - q)).slice(0, n);
    return row.map((_, c) => (best.includes(c) ? 1 : 0));
  });
}

function normalised(a: Rows): { rows: Rows; norms: number[] } {
  const norms = a.map((row) => Math.max(Math.sqrt(dot(row, row)), 1e-12));
  return { rows: a.map((row, r) => row.map((value) => value / norms[r])), norms };
}

function pruned(a: Rows, n: number): Rows {
  const m = masks(a, n);
  return a.map((row, r) => row.map((value, c) => value * m[r][c]));
}

/** One step's loss and ∂loss/∂A. */
function differentiate(a: Rows, n: number, x: Rows, o: readonly number[]): { loss: number; gradient: Rows } {
  const { rows: N, norms } = normalised(pruned(a, n));
  const e = x.map((row) => matrix(1, FACTORS, (_, d) => row.reduce((sum, v, i) => sum + v * N[i][d], 0))[0]);
  const dN = matrix(ITEMS, FACTORS, () => 0);
  let loss = 0;
  x.forEach((row, u) => {
    const z = o.map((i) => dot(e[u], N[i]) - row[i]);
    const s = z.map((value) => Math.min(6, Math.max(0, value)));
    const [size, length] = [Math.sqrt(dot(s, s)), Math.sqrt(o.reduce((sum, i) => sum + row[i], 0))];
    const unit = s.map((value) => (size < 1e-5 ? 0 : value / size));
    const apart = unit.map((value, k) => value - row[o[k]] / Math.max(length, 1e-12));
    loss += dot(apart, apart) / (x.length * o.length);
    if (size < 1e-5) return;
    const g = apart.map((value) => (2 * value) / (x.length * o.length));
    const along = dot(g, unit);
    const back = g.map((value, k) => (z[k] > 0 && z[k] < 6 ? (value - along * unit[k]) / size : 0));
    const toE = matrix(1, FACTORS, (_, d) => back.reduce((sum, value, k) => sum + value * N[o[k]][d], 0))[0];
    back.forEach((value, k) => { for (let d = 0; d < FACTORS; d++) dN[o[k]][d] += value * e[u][d]; });
    row.forEach((value, i) => { for (let d = 0; d < FACTORS; d++) dN[i][d] += value * toE[d]; });
  });
  const m = masks(a, n);
  const gradient = dN.map((row, i) => {
    const along = dot(row, N[i]);
    return row.map((value, d) => (m[i][d] * (value - along * N[i][d])) / norms[i]);
  });
  return { loss, gradient };
}

/** So many steps with a new Nadam; the rows afterwards, pruned and at unit length. */
function train(start: Rows, n: number, batches: readonly Batch[], x: Rows, losses: number[]): Rows {
  const a = start.map((row) => [...row]);
  const [m, v] = [matrix(ITEMS, FACTORS, () => 0), matrix(ITEMS, FACTORS, () => 0)];
  const momentum = (t: number): number => 0.9 * (1 - 0.5 * 0.96 ** t);
  let product = 1;
  batches.forEach(({ users, output_columns: o }, step) => {
    const t = step + 1;
    product *= momentum(t);
    const { loss, gradient } = differentiate(a, n, users.map((u) => x[u]), o);
    losses.push(loss);
    gradient.forEach((row, i) => row.forEach((g, d) => {
      m[i][d] += (g - m[i][d]) * 0.1;
      v[i][d] += (g * g - v[i][d]) * 0.001;
      const ahead = (momentum(t + 1) * m[i][d]) / (1 - product * momentum(t + 1)) +
        ((1 - momentum(t)) * g) / (1 - product);
      a[i][d] -= (0.1 * ahead) / (Math.sqrt(v[i][d] / (1 - 0.999 ** t)) + 1e-7);
    }));
  });
  return normalised(pruned(a, n)).rows;
}

interface Matrix { shape: number[]; data: number[] }
interface Run { levels: number[]; batches: Batch[]; loss_per_step: number[]; A_final: Matrix }
interface File { config: object; inputs: object; restart: Run; no_restart: Run }

/** What a golden file of the schedule would hold. @param lower which of equal entries a level begins with. */
function fileOf(seed: number, lower = true): File {
  const random = new Random(seed);
  const x = matrix(USERS, ITEMS, () => (random.uniform() < 0.3 ? 1 : 0));
  x.forEach((row) => { row[random.below(ITEMS)] = 1; });
  const a = matrix(ITEMS, FACTORS, () => Math.fround(0.6 * random.uniform() - 0.3));
  const shaped = (rows: Rows): Matrix => ({ shape: [rows.length, rows[0].length], data: rows.flat() });
  const run = (restart: boolean): Run => {
    const [losses, batches]: [number[], Batch[]] = [[], []];
    const more = (count: number): Batch[] => Array.from({ length: count }, () => {
      const users = Array.from({ length: BATCH }, () => random.below(USERS));
      const own = [...x[0].keys()].filter((i) => users.some((u) => x[u][i] === 1));
      const others = [...x[0].keys()].filter((i) => !own.includes(i));
      const negatives = Array.from({ length: others.length && 3 }, () => others[random.below(others.length)]);
      batches.push({ users, output_columns: [...own, ...negatives] });
      return batches[batches.length - 1];
    });
    let now = train(a, FACTORS, more(1), x, losses);
    FALLING.forEach((n, level) => {
      const kept = masks(now, n, lower);
      const start = restart ? a.map((row, i) => row.map((value, d) => value * kept[i][d])) : now;
      const epochs = level === FALLING.length - 1 ? config.epochs : 1;
      now = train(start, n, more(1 + (epochs * USERS) / BATCH), x, losses);
    });
    return { levels: FALLING, batches, loss_per_step: losses, A_final: shaped(now) };
  };
  return { config, inputs: { A: shaped(a), X: shaped(x) }, restart: run(true), no_restart: run(false) };
}

function check(file: File): Comparison[] {
  const checker = new Checker(new Golden("schedule", file));
  checkSparseElsaSchedule(checker);
  return checker.comparisons;
}

const beyond = (found: readonly Comparison[]): string[] =>
  found.filter(({ scaled, allowed }) => !(scaled <= allowed)).map(({ what }) => what);

for (const seed of [1, 2]) {
  test(`both ways of starting a level against plain loops, seed ${seed}`, () => {
    const found = check(fileOf(seed));
    assert.is(found.length, 6);
    for (const { what, scaled, note } of found) {
      assert.ok(scaled < 1e-8, `${what}: ${scaled}`);
      assert.is(note, undefined);
    }
  });
}

test("which zeros a level gains is the file's choice", () => {
  const [lower, higher] = [fileOf(2), fileOf(2, false)];
  assert.not.equal(lower.restart.A_final, higher.restart.A_final);
  const found = check(higher).filter(({ what }) => what.startsWith("restart"));
  assert.is(found.length, 3);
  for (const { what, scaled } of found) assert.ok(scaled < 1e-8, `${what}: ${scaled}`);
});

test("a file that another rounding meets is right, and it is said", () => {
  const found = check(fileOf(8));
  assert.equal(beyond(found), []);
  assert.match(found[5].note ?? "", /level 5 gains entries .*rounding \d+ of at most 64 meets the file/);
});

test("wrong numbers are found where rounding does not decide, and where it does they are not called right", () => {
  const restart = fileOf(2);
  restart.restart.A_final.data[restart.restart.A_final.data.findIndex((value) => value !== 0)] += 1e-3;
  assert.equal(beyond(check(restart)), ["restart: final rows"]);
  const early = fileOf(8);
  early.no_restart.loss_per_step[3] += 1e-3;
  assert.equal(beyond(check(early)), ["no_restart: the first 14 losses"]);
  const late = fileOf(8);
  late.no_restart.loss_per_step[17] += 1e-3;
  const found = check(late);
  assert.match(found[found.length - 1].note ?? "", /^UNDECIDED after that: level 5 .* none met the file/);
  assert.not(found.some(({ what }) => what === "no_restart: final rows"));
});

test.run();
