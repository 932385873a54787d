/** Sweeps through a queue on a real Redis server: the file that one machine writes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { kill, start } from "./processes.js";
import { redisHere } from "./redis-at-hand.js";
import { alone, GRID, inFolder, RUNS, sweepArgs, textOf, WORK } from "./tiny-sweep.js";

const withServer = redisHere ? test : test.skip;

withServer("two workers write the file of one machine, byte for byte; a drained worker leaves nothing undone", () =>
  inFolder(GRID, async (folder, address) => {
    const workers = [1, 2].map(() => start(["work", address, ...WORK]));
    const swept = await unknot(sweepArgs(folder, "out.jsonl", "--queue", address));
    assert.is(swept.code, 0, swept.stderr);
    assert.is(textOf(folder), await alone(folder));
    for (const { process: one } of workers) one.kill("SIGTERM");
    const codes = await Promise.all(workers.map(({ ended }) => ended));
    assert.equal(codes, [0, 0], workers.map(({ said }) => said()).join());
    const done = workers.map(({ said }) => Number(/(\d+) jobs done/.exec(said())?.[1]));
    assert.is(done[0] + done[1], RUNS, done.join());
    // The same command again: nothing to do, and no worker needed.
    assert.is((await unknot(sweepArgs(folder, "out.jsonl", "--queue", address))).code, 0);
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
    assert.match(right.said(), /1 jobs done/);
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
