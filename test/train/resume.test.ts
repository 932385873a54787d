/** Training that survives: resumed runs have the same bits, checkpoints are whole or refused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parameter } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { Random } from "../../src/base/random.js";
import { PAPER_ADAM, type FitConfig } from "../../src/config/training.js";
import { Adam } from "../../src/train/adam.js";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.js";
import { fit, type FitHooks, type Trainee } from "../../src/train/fit.js";
import { checkSameRun, runName, type FitState } from "../../src/train/fit-state.js";
import { killAndResume, resultOf, run, type RunKind } from "../support/kill-and-resume.js";

const test = suite("resume");
const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 24 });
const folder = mkdtempSync(join(tmpdir(), "unknot-resume-"));
test.after(() => { rmSync(folder, { recursive: true, force: true }); });

/** Four numbers that are drawn to noisy targets: a trainee with a generator and an array of its own. */
function trainee(rows = 10): Trainee {
  const w = parameter(engine, [1, 2, 3, 4], 2, 2);
  const parameters = [{ name: "w", tensor: w, unitRows: true }];
  const noise = new Random(8);
  const counted = new Float64Array(1);
  return {
    rows, parameters, optimiser: new Adam(engine, parameters, { ...PAPER_ADAM, learningRate: 0.05 }),
    step(batch) {
      counted[0] += batch.length;
      w.grad!.forEach((_, i) => { w.grad![i] = w.data[i] - noise.normal() - batch[0] / 10 + counted[0] / 100; });
      w.gradReady = true;
      return Math.abs(w.data[0]) + Math.abs(w.data[3]);
    },
    validate: () => Math.abs(w.data[1] - 0.3) + Math.abs(w.data[2]),
    run: runName("test", 1, {}, {}), randoms: [noise], arrays: { counted },
  };
}

const weightsOf = (of: Trainee): number[] => [...of.parameters[0].tensor.data];

for (const config of [
  { batchSize: 3, epochs: 7, patience: 3 },
  { batchSize: 4, epochs: 5, patience: 0, averaging: 0.8, warmUp: 3, decay: 0.5 },
  { batchSize: 10, epochs: 6, patience: 2, averaging: 0.5 },
] satisfies FitConfig[]) {
  test(`from every step of a run: ${JSON.stringify(config)}`, async () => {
    const states: FitState[] = [];
    const whole = trainee();
    const hooks: FitHooks = { checkpoint: { due: () => true, save: (state) => { states.push(state); } } };
    const result = await fit(whole, config, new Random(2), hooks);
    assert.ok(states.length >= result.history.length);
    for (const state of states) {
      // A fresh process would start with other numbers: all of them must come from the state.
      const again = trainee();
      const resumed = await fit(again, config, new Random(99), { resume: state });
      assert.equal(resumed, result);
      assert.equal(weightsOf(again), weightsOf(whole));
    }
  });
}

test("stopping by the signal saves the state, also between two epochs", async () => {
  const config = { batchSize: 5, epochs: 6, patience: 0 };
  const whole = trainee();
  const result = await fit(whole, config, new Random(2));
  for (let stopAt = 1; stopAt < 12; stopAt++) {
    const stop = new AbortController();
    const saved: FitState[] = [];
    try {
      await fit(trainee(), config, new Random(2), {
        signal: stop.signal, onStep: (step) => { if (step === stopAt) stop.abort(new Error("enough")); },
        checkpoint: { due: () => false, save: (state) => { saved.push(state); } },
      });
      assert.unreachable("the run should have stopped");
    } catch (error) {
      assert.is((error as Error).message, "enough");
    }
    assert.is(saved.length, 1);
    const again = trainee();
    assert.equal(await fit(again, config, new Random(5), { resume: saved[0] }), result);
    assert.equal(weightsOf(again), weightsOf(whole));
  }
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

test("a state of another run is refused, naming what differs", async () => {
  const states: FitState[] = [];
  const config = { batchSize: 5, epochs: 1, patience: 0 };
  const one = { ...trainee(), run: runName("elsa", 1, { factors: 8, epochs: 2 }, { train: Int32Array.of(1, 2) }) };
  await fit(one, config, new Random(1), { checkpoint: { due: () => true, save: (s) => { states.push(s); } } });
  const other = (model: string, settings: object, data: number): Promise<string> => messageOf(fit(
    { ...trainee(), run: runName(model, 1, settings, { train: Int32Array.of(1, data) }) }, config,
    new Random(1), { resume: states[0] },
  ));
  const chosen = /^the checkpoint was written with other data or settings, .*: give the same data and settings, or delete/;
  for (const [message, what] of [
    [await other("elsa", { epochs: 2, factors: 16 }, 2), "(factors was 8, is 16)"],
    [await other("sae", { levels: 3 }, 2), "(model was elsa, is sae)"],
    [await other("elsa", { epochs: 3, factors: 8 }, 3), "(epochs was 2, is 3; train: other data)"],
  ] as const) {
    assert.match(message, chosen);
    assert.ok(message.includes(what), message);
  }
  assert.is(await other("elsa", { epochs: 2, factors: 8 }, 2), "no error");
});

test("a state of another version is refused in plain words: what either does not know, and what to do", async () => {
  const run = (settings: object): string => runName("elsa", 1, settings, {});
  const refused = (was: object, is: object): Promise<string> =>
    messageOf(Promise.resolve().then(() => { checkSameRun({ run: run(was), arrays: {} }, run(is)); }));
  const earlier = await refused({ factors: 8, warmUp: 0 }, { factors: 8, start: "random", startSeed: 0, warmUp: 0 });
  assert.match(earlier, /^the checkpoint was written by another version of unknot, /);
  assert.match(earlier, /\(it knows nothing of start, startSeed\): finish it with the version that began it, or delete/);
  const later = await refused({ factors: 8, start: "random" }, { factors: 4 });
  assert.match(later, /\(factors was 8, is 4; this version knows nothing of start\)/);
});

test("a checkpoint file gives back the same state, and replaces an earlier one", async () => {
  const file = join(folder, "state");
  assert.is(await readCheckpoint(file), null);
  const state: FitState = {
    run: "model ü\nseed 1",
    arrays: {
      position: Float64Array.of(1, Infinity, NaN, -0, 1e-310), odd: Float32Array.of(1.5, -2, 3),
      empty: new Int32Array(0), ints: Int32Array.of(-1, 2 ** 31 - 1, 7),
    },
  };
  await writeCheckpoint(file, { run: "old", arrays: {} });
  await writeCheckpoint(file, state);
  const read = (await readCheckpoint(file))!;
  assert.is(read.run, state.run);
  assert.equal(Object.keys(read.arrays), Object.keys(state.arrays));
  for (const [name, array] of Object.entries(state.arrays)) {
    assert.is(read.arrays[name].constructor, array.constructor);
    // Bytes, since a NaN is not equal to itself.
    assert.equal([...new Uint8Array(read.arrays[name].buffer)], [...new Uint8Array(array.buffer)]);
  }
  assert.equal(readdirSync(folder).filter((name) => name.startsWith("state")), ["state", "state.before"]);
});

test("damaged, truncated, foreign and newer files are refused by name", async () => {
  const file = join(folder, "damaged");
  await writeCheckpoint(file, { run: "a run", arrays: { w: Float32Array.of(1, 2, 3, 4) } });
  const good = readFileSync(file);
  const read = async (bytes: Buffer): Promise<string> => {
    writeFileSync(file, bytes);
    return messageOf(readCheckpoint(file));
  };
  for (let at = 0; at < good.length; at++) {
    const flipped = Buffer.from(good);
    flipped[at] ^= 4;
    assert.match(await read(flipped), `${file}: `);
    assert.match(await read(good.subarray(0, at)), `${file}: `);
  }
  assert.match(await read(Buffer.concat([good, Buffer.of(0)])), "damaged or truncated");
  const foreign = Buffer.from("PK\u0003\u0004 something else altogether, long enough for all");
  assert.match(await read(foreign), "is not a checkpoint of unknot");
  const newer = Buffer.from(good);
  newer.writeUInt32LE(2, 8);
  assert.match(await read(newer), "of version 2, this unknot reads up to 1");
  assert.is(await read(good), "no error");
  const nowhere = writeCheckpoint(join(folder, "missing", "x"), { run: "", arrays: {} });
  assert.match(await messageOf(nowhere), "cannot be written: there is no folder");
});

for (const kind of ["elsa", "working-sets", "sae"] satisfies RunKind[]) {
  test(`${kind}: killed by SIGKILL at random points and resumed, the same bytes`, async () => {
    await run(kind, folder, kind, null);
    const expected = resultOf(folder, kind);
    const outcome = await killAndResume(kind, folder, expected, 3, new Random(kind === "elsa" ? 1 : 2));
    assert.equal(outcome, { killed: 3, finished: outcome.finished, same: true });
  });
}

test("SIGTERM: the run saves where it is and goes on from there", async () => {
  await run("elsa", folder, "whole", null);
  const stopped = await run("elsa", folder, "stopped", { steps: 25, delay: 0, signal: "SIGTERM" });
  assert.is.not(stopped.code, 0);
  assert.match(stopped.complaints, "stopped by SIGTERM");
  const rest = await run("elsa", folder, "stopped", null);
  assert.is(rest.code, 0);
  assert.ok(rest.steps > 0);
  assert.ok(resultOf(folder, "stopped").equals(resultOf(folder, "whole")));
});

test.run();
