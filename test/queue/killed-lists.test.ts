/** `recommend --all --queue` whose workers and coordinator are killed: the file that one machine writes. */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { unknot } from "../cli/run-cli.js";
import { kill, start, type Started } from "./processes.js";
import { redisHere } from "./redis-at-hand.js";
import { inPlace } from "./tiny-lists.js";
import { WORK } from "./tiny-sweep.js";

const withServer = redisHere ? test : test.skip;

withServer("workers and the coordinator killed at random: the same file, every list once", () =>
  inPlace(async ({ folder, address, args, text }) => {
    assert.is((await unknot(args("alone.csv"))).code, 0);
    const random = new Random(21);
    const worker = (): Started => start(["work", address, ...WORK]);
    const coordinate = (): Started => start(args("out.csv", "--queue", address, "--batch-users", "2"));
    const workers = [worker(), worker()];
    let coordinator = coordinate();
    const written = (): number => Number(/"users":(\d+)/.exec(text("out.csv.part.json"))?.[1] ?? 0);
    for (const [round, users] of [20, 70, 120, 170, 220].entries()) {
      const until = users + random.below(40);
      while (written() < until && coordinator.process.exitCode === null) await sleep(2);
      assert.is(text("out.csv"), "", "there is nothing at the place before the end");
      if (round % 2 === 1) {
        await kill(coordinator);
        coordinator = coordinate();
      } else {
        const victim = random.below(workers.length);
        await kill(workers[victim]);
        workers[victim] = worker();
      }
    }
    assert.is(await coordinator.ended, 0, coordinator.said());
    assert.match(coordinator.said(), /300 lists in .*, \d+ of them from a run that was stopped/);
    assert.is(text("out.csv"), text("alone.csv"));
    assert.equal(readdirSync(folder).filter((name) => name.includes(".part")), []);
    for (const one of workers) await kill(one);
  }));

test.run();
