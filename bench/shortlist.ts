/**
 * The exact shortlist (src/models/exact-shortlist.ts) on vectors of trained models: whether lists are those of a full
 * scan, how many items its bounds leave, what it reads, and how long it takes beside the scan.
 *
 *   node dist/bench/shortlist.js [--world small,ml-1m] [--data FOLDER,FOLDER] [--factors 128,512] [--users 10000]
 *
 * ELSA as the default preset trains it, until its validation loss no longer falls. Lists of --users users (all, where
 * there are fewer) are compared, of 20 items without their own. Times are medians of 300 users, one at a time, scan and
 * shortlist in turns. Figures: docs/scale.md.
 */
import { parseArgs } from "node:util";
import { Tape } from "../src/autograd/index.js";
import { csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import { presets } from "../src/config/presets.js";
import { openData, type DataSource } from "../src/data/data-source.js";
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
    users: { type: "string", default: "10000" }, threads: { type: "string", default: "1" },
    seed: { type: "string", default: "42" },
  },
});
enableRelaxedSimd();
const seed = Number(options.seed);
const sources: DataSource[] = [
  ...(options.world?.split(",") ?? []).map((world) => ({ world, seed })),
  ...(options.data?.split(",") ?? []).map((folder) => ({ folder, seed })),
];

for (const source of sources) {
  const { dataset, split } = await openData(source);
  const watched = csrSelectRows(dataset.interactions, split.validation.users);
  const users = csrSelectRows(
    dataset.interactions, range(0, Math.min(dataset.interactions.rows, Number(options.users))),
  );
  for (const factors of options.factors.split(",").map(Number)) {
    const engine = openEngine({ threads: Number(options.threads) });
    await engine.ready();
    const { weights, fit } = await trainRecommender(
      engine, elsa, { train: split.train, validation: watched }, { ...presets.default.elsa, factors }, seed,
    );
    const model = new Elsa(engine, weights.encoder.data, users.cols, factors);
    console.log(`${dataset.name}, ${users.cols} × ${factors}, ${fit.bestEpoch} epochs: ${compare(model, users)}`);
    engine.close();
  }
}

/** Lists, candidates, bytes and times. */
function compare(model: Elsa, users: Csr): string {
  const { engine, items, factors } = model;
  const shortlist = new ExactShortlist(engine, model.itemVectors);
  const asked = <T>(row: number, of: (u: ReturnType<Elsa["encode"]>, seen: Int32Array) => T): T => engine.scope(() => {
    const tape = new Tape(engine, false);
    return of(model.encode(tape, tape.sparseInput(users, range(row, row + 1))), csrRow(users, row));
  });
  let [different, candidates, scanned] = [0, 0, 0];
  rankAll(engine, model, users, (row, list) => {
    const short = asked(row, (u, seen) => shortlist.best(u, seen, LENGTH).items);
    if (list.filter((item) => item >= 0).join() !== short.join()) different++;
    const kept = asked(row, (u, seen) => shortlist.candidates(u.data, seen, LENGTH));
    if (kept) candidates += kept.length;
    else scanned++;
  }, { n: LENGTH, batchSize: 1 });
  const mean = candidates / Math.max(1, users.rows - scanned);
  const bytes = (items * factors + 4 * mean * factors) / (4 * items * factors);
  const [scan, short]: [number[], number[]] = [[], []];
  for (let row = 0; row < Math.min(TIMED, users.rows); row++) {
    const at = [performance.now()];
    model.recommend(csrRow(users, row), LENGTH);
    at.push(performance.now());
    asked(row, (u, seen) => shortlist.best(u, seen, LENGTH));
    at.push(performance.now());
    scan.push(at[1] - at[0]);
    short.push(at[2] - at[1]);
  }
  return `${users.rows} users, ${different} lists differ; ${mean.toFixed(0)} candidates on average, ${scanned} times ` +
    `all items; ${(100 * bytes).toFixed(0)} % of the bytes; one user ${median(scan)} ms by scan, ` +
    `${median(short)} ms by shortlist`;
}

function median(times: number[]): string {
  return times.sort((a, b) => a - b)[times.length >> 1].toFixed(3);
}
