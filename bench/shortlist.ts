/**
 * The exact shortlist (src/models/exact-shortlist.ts) on vectors of trained models: whether lists are those of a full
 * scan, how many items its bounds leave, what it reads, and how long it takes beside the scan.
 *
 *   node dist/bench/shortlist.js [--world small,ml-1m] [--data FOLDER,FOLDER] [--factors 128,512] [--profiles 10000]
 *   node dist/bench/shortlist.js --world ml-25m --factors 1024 --share .1 --epochs 2 --columns 8192 --profiles 500
 *
 * ELSA as the default preset trains it, until its validation loss no longer falls; or for --epochs, over --share of the
 * users and --columns of the items a step, where only vectors like trained ones are wanted. Lists of --profiles
 * histories are compared, of 20 items without their own: those of all users and, where these are fewer, parts of them,
 * a random half each. Times are medians of 300 histories, one at a time, scan and shortlist in turns. Figures:
 * docs/scale.md.
 */
import { parseArgs } from "node:util";
import { Tape } from "../src/autograd/index.js";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import { Random } from "../src/base/random.js";
import { presets } from "../src/config/presets.js";
import { openData, type DataSource, type OpenedData } from "../src/data/data-source.js";
import type { Engine } from "../src/engine/engine.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { range } from "../src/models/encode-all.js";
import { ExactShortlist } from "../src/models/exact-shortlist.js";
import { Elsa, elsa } from "../src/models/recommenders/elsa.js";
import { rankAll } from "../src/models/recommenders/rank-all.js";
import { trainRecommender } from "../src/train/train-recommender.js";

const LENGTH = 20;
const TIMED = 300;

const { values: options } = parseArgs({
  options: {
    world: { type: "string" }, data: { type: "string" }, factors: { type: "string", default: "128" },
    profiles: { type: "string", default: "10000" }, threads: { type: "string", default: "1" },
    seed: { type: "string", default: "42" }, share: { type: "string", default: "1" }, epochs: { type: "string" },
    columns: { type: "string", default: "0" },
  },
});
enableRelaxedSimd();
const [seed, share, maxOutput, wanted] = [options.seed, options.share, options.columns, options.profiles].map(Number);
const sources: DataSource[] = [
  ...(options.world?.split(",") ?? []).map((world) => ({ world, seed })),
  ...(options.data?.split(",") ?? []).map((folder) => ({ folder, seed })),
];

for (const source of sources) {
  const opened = await openData(source);
  const histories = historiesOf(opened.dataset.interactions, wanted);
  for (const factors of options.factors.split(",").map(Number)) {
    const engine = openEngine({ threads: Number(options.threads) });
    await engine.ready();
    const { model, epochs } = await trained(engine, opened, factors);
    const { name } = opened.dataset;
    console.log(`${name}, ${model.items} × ${factors}, ${epochs} epochs: ${await compare(model, histories)}`);
    engine.close();
  }
}

async function trained(
  engine: Engine, { dataset, split }: OpenedData, factors: number,
): Promise<{ model: Elsa; epochs: number }> {
  const train = share < 1 ? csrSelectRows(split.train, range(0, Math.round(share * split.train.rows))) : split.train;
  const watched = csrSelectRows(dataset.interactions, split.validation.users.slice(0, 1024));
  const fixed = options.epochs === undefined ? {} : { epochs: Number(options.epochs), patience: 0 };
  const config = { ...presets.default.elsa, factors, maxOutput, ...fixed };
  const { weights, fit } = await trainRecommender(engine, elsa, { train, validation: watched }, config, seed);
  return { model: new Elsa(engine, weights.encoder.data, train.cols, factors), epochs: fit.bestEpoch };
}

/** Those of users, and halves of them where there are fewer. */
function historiesOf(interactions: Csr, count: number): Csr {
  const random = new Random(seed);
  const lists = Array.from({ length: count }, (_, at) => {
    const all = [...csrRow(interactions, at % interactions.rows)];
    const some = at < interactions.rows ? all : all.filter(() => random.uniform() < 0.5);
    return some.length > 0 ? some : all;
  });
  return csrFromLists(lists, interactions.cols);
}

/** Lists, candidates, bytes and times. */
async function compare(model: Elsa, histories: Csr): Promise<string> {
  const { engine, items, factors } = model;
  const shortlist = new ExactShortlist(engine, model.itemVectors);
  const asked = <T>(row: number, of: (u: ReturnType<Elsa["encode"]>, seen: Int32Array) => T): T => engine.scope(() => {
    const tape = new Tape(engine, false);
    return of(model.encode(tape, tape.sparseInput(histories, range(row, row + 1))), csrRow(histories, row));
  });
  let [different, candidates, scanned] = [0, 0, 0];
  rankAll(engine, model, histories, (row, list) => {
    const short = asked(row, (u, seen) => shortlist.best(u, seen, LENGTH).items);
    if (list.filter((item) => item >= 0).join() !== short.join()) different++;
    const kept = asked(row, (u, seen) => shortlist.candidates(u.data, seen, LENGTH));
    if (kept) candidates += kept.length;
    else scanned++;
  }, { n: LENGTH, batchSize: 1 });
  const mean = candidates / Math.max(1, histories.rows - scanned);
  const bytes = (items * factors + 4 * mean * factors) / (4 * items * factors);
  const [scan, short]: [number[], number[]] = [[], []];
  // Helper threads that have had nothing to do for long rest until the program takes a turn.
  await engine.ready();
  for (let row = 0; row < Math.min(TIMED, histories.rows); row++) {
    const at = [performance.now()];
    model.recommend(csrRow(histories, row), LENGTH);
    at.push(performance.now());
    asked(row, (u, seen) => shortlist.best(u, seen, LENGTH));
    at.push(performance.now());
    scan.push(at[1] - at[0]);
    short.push(at[2] - at[1]);
  }
  return `${histories.rows} histories, ${different} lists differ; ${mean.toFixed(0)} candidates on average, ` +
    `${scanned} times all items; ${(100 * bytes).toFixed(0)} % of the bytes; one user ${median(scan)} ms by scan, ` +
    `${median(short)} ms by shortlist`;
}

function median(times: number[]): string {
  return times.sort((a, b) => a - b)[times.length >> 1].toFixed(3);
}
