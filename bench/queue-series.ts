/**
 * Does every run of a sweep come out once when machines die? Not a timing bench: it counts.
 *
 *   node dist/bench/queue-series.js [--workers 4] [--kills 20] [--coordinators 3] [--seed 1]
 *
 * 200 runs on the built-in tiny world through a Redis server of its own (redis-server must be installed). Workers are
 * killed (SIGKILL) and started again, the coordinator too; at the end the file is held against that of one process on
 * one machine, byte for byte. Kills are spread over the file's length, a random moment after it has come so far: all
 * of them happen while runs are under way, however fast the machine is. It fails if one comes too late.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";
import { kill, start, type Started } from "../test/queue/processes.js";
import { withRedis } from "../test/queue/redis-at-hand.js";

const { values: options } = parseArgs({
  options: {
    workers: { type: "string", default: "4" },
    kills: { type: "string", default: "20" },
    coordinators: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
  },
});
const GRID = {
  name: "series", preset: "default", seeds: Array.from({ length: 20 }, (_, i) => i + 1), baselines: false,
  cfaes: [{ model: "elsa", factors: 8, epochs: 5, batchSize: 64 }],
  saes: [{ kind: "topk", k: [1, 2, 4], loss: ["l2", "cosine"], expansion: 2, epochs: 25, batchSize: 64 },
    { kind: "basic", l1: [1e-4, 3e-4, 1e-3], expansion: 2, epochs: 25, batchSize: 64 }],
};

const folder = mkdtempSync(join(tmpdir(), "unknot-series-"));
const random = new Random(Number(options.seed));
const [kills, coordinators] = [Number(options.kills), Number(options.coordinators)];
writeFileSync(join(folder, "grid.json"), JSON.stringify(GRID));
const args = (out: string, ...more: string[]): string[] => [
  "sweep", join(folder, "grid.json"), "--world", "tiny", "--threads", "1", "--out", join(folder, out), ...more,
];
const linesOf = (out: string): string[] =>
  existsSync(join(folder, out)) ? readFileSync(join(folder, out), "utf8").split("\n").filter(Boolean) : [];
/** Kills are spread over so many of the file's 200 lines, which come in bursts: a late run holds back others. */
const SPREAD = 150;

/** Waits until the file has so many lines. @throws Error when its coordinator ends before. */
async function lines(out: string, wanted: number, leading: Started): Promise<void> {
  let over = false;
  void leading.ended.then(() => { over = true; });
  do {
    await sleep(20);
    if (over) throw new Error(`the coordinator ended after ${linesOf(out).length} lines: ${leading.said()}`);
  } while (linesOf(out).length < wanted);
}

await withRedis(folder, async (address) => {
  const worker = (): Started => start(["work", address, "--processes", "1", "--threads", "1", "--stalled-after", "3"]);
  const coordinator = (): Started => start(args("queue.jsonl", "--queue", address));
  const workers = Array.from({ length: Number(options.workers) }, worker);
  let leading = coordinator();
  const began = performance.now();
  // Which of the deaths are the coordinator's, and after how many lines each comes.
  const length = kills + coordinators;
  const deaths = random.shuffle(Int32Array.from({ length }, (_, i) => (i < coordinators ? 1 : 0)));
  const places = Float64Array.from(deaths, (_, d) => SPREAD * (d + random.uniform()) / length);
  const count = [0, 0];
  for (const [d, leads] of deaths.entries()) {
    await lines("queue.jsonl", places[d], leading);
    // Time for whoever was started last to begin something.
    await sleep(1000 + 1500 * random.uniform());
    await lines("queue.jsonl", 0, leading);
    if (leads) {
      await kill(leading);
      leading = coordinator();
    } else {
      const victim = random.below(workers.length);
      await kill(workers[victim]);
      workers[victim] = worker();
    }
    count[leads]++;
    const since = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${since} s, ${linesOf("queue.jsonl").length} lines: ${leads ? "coordinator" : "worker"} killed`);
  }
  const code = await leading.ended;
  console.log(`${count[0]} workers and ${count[1]} coordinators killed; the last coordinator ended with ${code}`);
  for (const one of workers) await kill(one);
});
const alone = start(args("alone.jsonl", "--processes", "1"));
await alone.ended;
const [got, expected] = [linesOf("queue.jsonl"), linesOf("alone.jsonl")];
const runs = got.map((line) => (JSON.parse(line) as { run: string }).run);
console.log(
  `${got.length} lines, ${new Set(runs).size} different runs; one process alone: ${expected.length}, ` +
  (got.join("\n") === expected.join("\n") ? "the same bytes" : "NOT the same"),
);
rmSync(folder, { recursive: true });
