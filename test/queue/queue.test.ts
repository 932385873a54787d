/** Sweeps through a queue on a real Redis server: the file that one machine writes, whoever dies on the way. */
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { kill, start, type Started } from "./processes.js";
import { redisHere, withRedis } from "./redis-at-hand.js";

const withServer = redisHere ? test : test.skip;

const GRID = {
  name: "tiny", preset: "default", seeds: [1, 2], baselines: false,
  cfaes: [{ model: "elsa", factors: 8, epochs: 3, batchSize: 64 }],
  saes: [{ kind: "topk", k: [2, 4], expansion: 2, epochs: 3, batchSize: 64 }],
};
const RUNS = 2 * (1 + 2);
const WORK = ["--processes", "1", "--threads", "1", "--stalled-after", "2"];

async function inFolder(grid: object, use: (folder: string, address: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, "grid.json"), JSON.stringify(grid));
    await withRedis(folder, (address) => use(folder, address));
  });
}

function sweepArgs(folder: string, out: string, ...more: string[]): string[] {
  return ["sweep", join(folder, "grid.json"), "--world", "tiny", "--threads", "1", "--out", join(folder, out), ...more];
}

/** What one process on this machine writes. */
async function alone(folder: string): Promise<string> {
  const { code, stderr } = await unknot(sweepArgs(folder, "alone.jsonl", "--processes", "1"));
  assert.is(code, 0, stderr);
  return readFileSync(join(folder, "alone.jsonl"), "utf8");
}

function textOf(folder: string): string {
  return existsSync(join(folder, "out.jsonl")) ? readFileSync(join(folder, "out.jsonl"), "utf8") : "";
}

withServer("two workers write the file of one machine, byte for byte; a drained worker leaves nothing undone", () =>
  inFolder(GRID, async (folder, address) => {
    const workers = [1, 2].map(() => start(["work", address, ...WORK]));
    const swept = await unknot(sweepArgs(folder, "out.jsonl", "--queue", address));
    assert.is(swept.code, 0, swept.stderr);
    assert.is(textOf(folder), await alone(folder));
    for (const { process: one } of workers) one.kill("SIGTERM");
    const codes = await Promise.all(workers.map(({ ended }) => ended));
    assert.equal(codes, [0, 0], workers.map(({ said }) => said()).join());
    const done = workers.map(({ said }) => Number(/(\d+) runs done/.exec(said())?.[1]));
    assert.is(done[0] + done[1], RUNS, done.join());
    // The same command again: nothing to do, and no worker needed.
    assert.is((await unknot(sweepArgs(folder, "out.jsonl", "--queue", address))).code, 0);
  }));

withServer("workers and the coordinator killed at random: every result once, the same file", () =>
  inFolder({ ...GRID, cfaes: [{ ...GRID.cfaes[0], epochs: 40, patience: 0 }] }, async (folder, address) => {
    const whole = await alone(folder);
    const random = new Random(20);
    const workers = [1, 2].map(() => start(["work", address, ...WORK]));
    const coordinate = (): Started => start(sweepArgs(folder, "out.jsonl", "--queue", address));
    let coordinator = coordinate();
    for (let round = 0; round < 3; round++) {
      await sleep(800 + 700 * random.uniform());
      if (round === 1) {
        await kill(coordinator);
        coordinator = coordinate();
      } else {
        const victim = random.below(workers.length);
        await kill(workers[victim]);
        workers[victim] = start(["work", address, ...WORK]);
      }
    }
    assert.is(await coordinator.ended, 0, coordinator.said());
    assert.is(textOf(folder), whole);
    for (const worker of workers) await kill(worker);
  }));

withServer("a worker with other data, or too little memory, says why it takes nothing; another one does", () =>
  inFolder({ ...GRID, seeds: [1], saes: [] }, async (folder, address) => {
    const coordinator = start(sweepArgs(folder, "out.jsonl", "--queue", address));
    for (const [args, why] of [
      [["--world", "tiny", "--seed", "7"], "its data set is another: the fingerprints differ"],
      [["--memory", "0.01"], "the budget is 0.01 GiB"],
    ] as const) {
      const declining = start(["work", address, ...WORK, ...args]);
      for (const one of [declining, coordinator]) while (!one.said().includes(why)) await sleep(50);
      await kill(declining);
    }
    const right = start(["work", address, ...WORK, "--leave-after", "12"]);
    assert.is(await coordinator.ended, 0, coordinator.said());
    assert.is(await right.ended, 0, right.said());
    assert.match(right.said(), /1 runs done/);
    assert.is(textOf(folder), await alone(folder));
  }));

withServer("a run that fails is recorded, and tried again the next time", () => inFolder(
  { ...GRID, seeds: [1], saes: [{ kind: "topk", k: 2, expansion: 2, epochs: 2, l1: [0, 1e39] }] },
  async (folder, address) => {
    const worker = start(["work", address, ...WORK]);
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { code, stderr } = await unknot(sweepArgs(folder, "out.jsonl", "--queue", address));
      assert.is(code, 1, stderr);
      assert.match(stderr, /1 of 3 runs failed, the first \(TopK-16 k=2 L2 on ELSA-8\) with: training diverged/);
      const kinds = textOf(folder).trim().split("\n").map((line) => (JSON.parse(line) as { kind: string }).kind);
      assert.equal(kinds, ["cfae", "sae", ...Array<string>(attempt).fill("failed")]);
    }
    await kill(worker);
  },
));

test("no server, and no address", () => inTemporaryFolder(async (folder) => {
  writeFileSync(join(folder, "grid.json"), JSON.stringify(GRID));
  for (const [args, is] of [
    [["work", "redis://127.0.0.1:9"], /redis:\/\/127\.0\.0\.1:9 cannot be reached: .*is a Redis server running there\?/],
    [["work", "localhost:6379"], /"localhost:6379" is no address of a Redis server, expected redis:\/\/HOST:PORT/],
    [sweepArgs(folder, "out.jsonl", "--queue", "redis://127.0.0.1:9"), /cannot be reached/],
  ] as const) {
    const { code, stderr } = await unknot(args);
    assert.is(code, 1, stderr);
    assert.match(stderr, is);
    assert.not.match(stderr, /\n {4}at /);
  }
}));

test.run();
