/**
 * What a filter costs: a list of 20 of the 1 % of a million items that are allowed, against the full list. Verified
 * first (the same items as filtering the full ranking), then timed in turns; medians, and their ratio. Aim: ≤ 10 %.
 *
 *   npm run bench:filter [-- ITEMS]
 */
import { performance } from "node:perf_hooks";
import { Tape } from "../src/autograd/index.js";
import { csrFromLists } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { openEngine } from "../src/engine/open.js";
import { Elsa } from "../src/models/recommenders/elsa.js";

const ITEMS = Number(process.argv[2] ?? 1_000_000);
const [FACTORS, LENGTH, ROUNDS] = [128, 20, 7];

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

const times: Record<"full" | "filtered", number[]> = { full: [], filtered: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const kind of ["full", "filtered"] as const) {
    const began = performance.now();
    list(LENGTH, kind === "full" ? null : allowed);
    times[kind].push(performance.now() - began);
  }
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
const [full, filtered] = [median(times.full), median(times.filtered)];
console.log(`${ITEMS} items, D = ${FACTORS}, one thread, ${engine.numerics}: list of ${LENGTH} of all ` +
  `${full.toFixed(2)} ms, of the 1 % that are allowed ${filtered.toFixed(2)} ms: ` +
  `${(100 * filtered / full).toFixed(1)} %`);
engine.close();
