/** A sweep through a queue whose workers and coordinator are killed: the file that one machine writes. */
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { kill, start, type Started } from "./processes.js";
import { redisHere } from "./redis-at-hand.js";
import { alone, GRID, inFolder, sweepArgs, textOf, WORK } from "./tiny-sweep.js";

const withServer = redisHere ? test : test.skip;

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

test.run();
