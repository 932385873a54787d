/**
 * What a filter costs: a list of 20 of the 1 % of a million items that are allowed, against the full list. Verified
 * first (the same items as filtering the full ranking), then measured in turns, in processor time, which other programs
 * on the machine change little. Printed: both medians and the median of the pairs' ratios. Aim: ≤ 10 %.
 *
 *   npm run bench:filter [-- ITEMS]
 */
import { Tape } from "../src/autograd/index.js";
import { csrFromLists } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { openEngine } from "../src/engine/open.js";
import { Elsa } from "../src/models/recommenders/elsa.js";

const ITEMS = Number(process.argv[2] ?? 1_000_000);
const [FACTORS, LENGTH, PAIRS] = [128, 20, 41];

const engine = openEngine({ threads: 1, memoryBytes: 4 * ITEMS * (FACTORS + 40) + 2 ** 26 });
const random = new Random(42);
const vectors = new Float32Array(ITEMS * FACTORS);
for (let i = 0; i < vectors.length; i++) vectors[i] = random.uniform() - 0.5;
const elsa = new Elsa(engine, vectors, ITEMS, FACTORS);
const profile = Array.from({ length: 50 }, () => random.below(ITEMS));
const allowed = Int32Array.from({ length: ITEMS / 100 }, (_, i) => 100 * i + random.below(100));

/** Embeds the person anew each time, then scores and ranks all items, or the allowed ones. */
function list(n: number, listed: Int32Array | null): number[] {
  return engine.scope(() => {
    const tape = new Tape(engine, false);
    const x = tape.sparseInput(csrFromLists([profile], ITEMS));
    const u = elsa.encode(tape, x);
    const scores = listed ? elsa.decodeItems(tape, u, x, engine.intsFrom(listed)) : elsa.decode(tape, u, x);
    const [places, best] = [engine.ints(n), engine.floats(n)];
    engine.run("rankRows", places, best, scores.data, scores.cols, n);
    return Array.from(places, (place) => (listed ? listed[place] : place));
  });
}

const few = list(LENGTH, allowed);
const expected = engine.scope(() => {
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(csrFromLists([profile], ITEMS));
  const { data } = elsa.decode(tape, elsa.encode(tape, x), x);
  return Array.from(allowed).sort((a, b) => data[b] - data[a] || a - b).slice(0, LENGTH);
});
if (expected.some((item, i) => item !== few[i])) throw new Error("the filtered list is wrong");

/** Milliseconds of processor time, the kernel's part included. */
function cost(listed: Int32Array | null): number {
  const before = process.cpuUsage();
  list(LENGTH, listed);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const pairs = Array.from({ length: PAIRS }, () => ({ full: cost(null), filtered: cost(allowed) }));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
const full = median(pairs.map((pair) => pair.full));
const filtered = median(pairs.map((pair) => pair.filtered));
const share = median(pairs.map((pair) => pair.filtered / pair.full));
console.log(`${ITEMS} items, D = ${FACTORS}, one thread, ${engine.numerics}, ${PAIRS} pairs: list of ${LENGTH} of ` +
  `all ${full.toFixed(2)} ms, of the 1 % that are allowed ${filtered.toFixed(2)} ms: ${(100 * share).toFixed(1)} % ` +
  "(processor time, medians)");
engine.close();
