/** `unknot train` that is killed, at any moment and by any signal, goes on and writes the same model. */
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/base/random.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { MAIN, unknot, type Finished } from "./run-cli.js";

const SETTINGS = ["elsa.factors=16", "elsa.epochs=40", "elsa.batchSize=64", "elsa.patience=0", "multvae.factors=8",
  "multvae.epochs=20", "multvae.batchSize=64", "sae.expansion=2", "sae.k=4", "sae.epochs=40", "sae.batchSize=64",
  "sae.patience=0", "sae.auxWeight=0.1"].flatMap((setting) => ["--set", setting]);

function command(out: string, model: string, ...more: string[]): string[] {
  return ["train", "--world", "tiny", "--model", model, ...SETTINGS, "--threads", "1", "--out", out, ...more];
}

function filesOf(folder: string): Buffer[] {
  return ["model.safetensors", "unknot.json"].map((name) => readFileSync(join(folder, name)));
}

/** Runs a command and kills it so many milliseconds after its checkpoint folder has appeared. */
function killed(args: readonly string[], folder: string, delay: number, signal: NodeJS.Signals): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const finished: Finished = { code: null, stdout: "", stderr: "" };
    child.stderr.setEncoding("utf8").on("data", (text: string) => { finished.stderr += text; });
    const watch = setInterval(() => {
      if (!existsSync(join(folder, "cfae.checkpoint"))) return;
      clearInterval(watch);
      setTimeout(() => child.kill(signal), delay);
    }, 2);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      resolve({ ...finished, code });
    });
  });
}

for (const model of ["elsa", "multvae"]) {
  test(`${model}: killed at random moments and resumed, the same bytes`, () => inTemporaryFolder(async (folder) => {
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    assert.is((await unknot(command(whole, model))).code, 0);
    const random = new Random(model === "elsa" ? 1 : 2);
    let kills = 0;
    for (let attempt = 0; attempt < 6 && !existsSync(broken); attempt++) {
      const more = ["--checkpoint-every", "3", "--resume"];
      const { code } = await killed(
        command(broken, model, ...more), `${broken}.checkpoint`, random.below(400), "SIGKILL",
      );
      if (code === null) kills++;
    }
    assert.ok(kills > 0, "a run was killed");
    const last = await unknot(command(broken, model, "--resume"));
    assert.is(last.code, 0, last.stderr);
    filesOf(whole).forEach((file, i) => assert.ok(file.equals(filesOf(broken)[i]), `file ${i} differs`));
    assert.equal(readdirSync(folder).sort(), ["broken", "whole"], "the checkpoints are gone");
  }));
}

test("SIGINT and SIGTERM save where the run is: codes 130 and 143, and a line that says how to go on", () =>
  inTemporaryFolder(async (folder) => {
    const whole = join(folder, "whole");
    assert.is((await unknot(command(whole, "elsa"))).code, 0);
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const out = join(folder, signal);
      const long = command(out, "elsa", "--checkpoint-every", "1");
      const stopped = await killed(long, `${out}.checkpoint`, 0, signal);
      assert.is(stopped.code, code, stopped.stderr);
      assert.match(
        stopped.stderr, /stopped\nwhat is done is in .*\.checkpoint; go on with:\n {2}unknot train .* --resume\n$/,
      );
      const refused = await unknot(long);
      assert.is(refused.code, 1);
      assert.match(refused.stderr, /holds an unfinished run\. Go on with it \(--resume\), or delete the folder/);
      const other = await unknot([...command(out, "elsa", "--resume"), "--set", "elsa.learningRate=0.5"]);
      assert.is(other.code, 1);
      assert.match(other.stderr, /the checkpoint was written with other data or settings, .*\(learningRate was [\d.e-]+, is 0\.5\): give the same/);
      const plain = await unknot(command(out, "elsa", "--resume", "--kernels", "plain"));
      assert.match(plain.stderr, /has numerics \w+, this one numerics plain/);
      const resumed = await unknot(command(out, "elsa", "--resume"));
      assert.is(resumed.code, 0, resumed.stderr);
      assert.match(resumed.stderr, /going on with /);
      filesOf(whole).forEach((file, i) => assert.ok(file.equals(filesOf(out)[i]), `file ${i} differs`));
      rmSync(out, { recursive: true });
    }
  }));

test("--resume without a checkpoint starts from the beginning and says so", () => inTemporaryFolder(async (folder) => {
  const { code, stderr } = await unknot(command(join(folder, "m"), "elsa", "--resume"));
  assert.is(code, 0);
  assert.match(stderr, /holds no checkpoint: from the beginning/);
}));

test.run();
