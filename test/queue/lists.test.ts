/** `recommend --all --queue` on a real Redis server: the file that one machine writes. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { QUEUE } from "../../src/queue/redis.js";
import { unknot } from "../cli/run-cli.js";
import { kill, start } from "./processes.js";
import { redisHere } from "./redis-at-hand.js";
import { inPlace, model } from "./tiny-lists.js";
import { WORK } from "./tiny-sweep.js";

const withServer = redisHere ? test : test.skip;

/** Names of the jobs that are in the queue. */
async function left(address: string): Promise<(string | undefined)[]> {
  const queue = new Queue(QUEUE, { connection: { url: address } });
  const jobs = await queue.getJobs(["waiting", "active", "delayed", "completed", "failed"]);
  await queue.close();
  return jobs.map(({ id }) => id);
}

withServer("two workers write the file of one machine, in both formats, and leave nothing in the queue", () =>
  inPlace(async ({ address, args, text }) => {
    const workers = [1, 2].map(() => start(["work", address, ...WORK]));
    for (const format of ["csv", "jsonl"]) {
      assert.is((await unknot(args(`alone.${format}`))).code, 0);
      const done = await unknot(args(`out.${format}`, "--queue", address, "--batch-users", "40"));
      assert.is(done.code, 0, done.stderr);
      assert.match(done.stdout, /300 lists in /);
      assert.is(text(`out.${format}`), text(`alone.${format}`));
      assert.equal(await left(address), []);
    }
    for (const { process: one } of workers) one.kill("SIGTERM");
    assert.equal(await Promise.all(workers.map(({ ended }) => ended)), [0, 0]);
    const done = workers.map(({ said }) => Number(/(\d+) jobs done/.exec(said())?.[1]));
    assert.is(done[0] + done[1], 2 * Math.ceil(300 / 40), done.join());
  }));

withServer("a stopped coordinator takes back what nobody began; without the queue the file is gone on with", () =>
  inPlace(async ({ address, args, text }) => {
    assert.is((await unknot(args("alone.csv"))).code, 0);
    const stopped = await unknot(args("out.csv", "--queue", address, "--batch-users", "10"), (said, interrupt) => {
      if (said.includes("nobody works on")) interrupt();
    });
    assert.is(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /the same command goes on/);
    assert.equal(await left(address), []);
    assert.is((await unknot(args("out.csv"))).code, 0);
    assert.is(text("out.csv"), text("alone.csv"));
  }));

withServer("a worker with another model or other data says why it takes nothing; another one does", () =>
  inPlace(async ({ folder, address, args, text }) => {
    const other = join(folder, "other");
    await saveModel(other, { ...model, sae: { ...model.sae, decoderW: model.sae.decoderW.map((w) => -w) } });
    assert.is((await unknot(args("alone.csv"))).code, 0);
    const coordinator = start(args("out.csv", "--queue", address));
    for (const [more, why] of [
      [["--model", other], "a worker does not take the lists of users 1 to 300: its model is another"],
      [["--world", "tiny"], "its data set is another: the fingerprints differ"],
      [["--model", join(folder, "nowhere")], "no such folder"],
    ] as const) {
      const declining = start(["work", address, ...WORK, ...more]);
      for (const one of [declining, coordinator]) while (!one.said().includes(why)) await sleep(20);
      await kill(declining);
    }
    const right = start(["work", address, ...WORK, "--model", join(folder, "model")]);
    assert.is(await coordinator.ended, 0, coordinator.said());
    assert.is(text("out.csv"), text("alone.csv"));
    await kill(right);
  }));

test("--queue is for --all", async () => {
  const { code, stderr } = await unknot(["recommend", "--user", "1", "--queue", "redis://127.0.0.1:9"]);
  assert.is(code, 2);
  assert.match(stderr, /--queue is for --all/);
});

test.run();
