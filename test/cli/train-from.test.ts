/** `unknot train --from`: a world that has grown, and what does not go together. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadModel } from "../../src/model-folder/folder.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot } from "./run-cli.js";

const SMALL = [
  "--set", "elsa.factors=8", "--set", "elsa.epochs=10", "--set", "sae.epochs=10", "--set", "sae.k=2",
  "--set", "sae.itemK=0", "--set", "sae.levels=2",
];

test("goes on, says what became of the neurons, keeps the split", () => inTemporaryFolder(async (folder) => {
  const [first, second] = ["first", "second"].map((name) => join(folder, name));
  const trained = await unknot(["train", "--world", "tiny", ...SMALL, "--out", first, "--threads", "1"]);
  assert.is(trained.code, 0, trained.stderr);
  assert.match(trained.stdout, /held-out F1 of a planted concept: best neuron [\d.]+, set of neurons [\d.]+, principal/);
  const went = await unknot(["train", "--world", "tiny", "--from", first, "--out", second, "--threads", "1"]);
  assert.is(went.code, 0, went.stderr);
  assert.match(went.stdout, /of \d+ neurons that fired before, \d+ keep their meaning \(\d+ %\); 0 items are new, 0 gone/);
  assert.match(went.stdout, /of \d+ earlier concepts, \d+ are found again and keep their names \(\d+ %\), unless/);
  const [a, b] = [await loadModel(first), await loadModel(second)];
  assert.equal([b.config.elsa.epochs, b.config.elsa.factors], [2, 8]);
  assert.is(b.data.source!.splitsBefore!.length, 1);
  assert.is(b.data.source!.splitsBefore![0].users, a.data.users);
  // The split of the source gives the figures of the training again.
  const { stdout } = await unknot(["evaluate", "--model", second, "--threads", "1", "--json"]);
  assert.equal((JSON.parse(stdout) as { metrics: unknown }).metrics, b.metrics);
  assert.ok(b.namesKept!.kept <= b.namesKept!.concepts && b.namesKept!.concepts === a.concepts!.length);
  const against = await unknot(["evaluate", "--model", first, "--against", second, "--threads", "1"]);
  assert.is(against.code, 0, against.stderr);
  assert.match(against.stdout, /living neurons; effect MCC, of what they do to the scores, [\d.]+ \(random directions [\d.]+\)/);
  assert.match(against.stdout, /concepts: \d+ % are found again/);
  const wider = await unknot([
    "train", "--world", "tiny", "--from", first, "--set", "elsa.factors=16", "--out", second,
  ]);
  assert.is(wider.code, 1);
  assert.match(wider.stderr, /goes on from factors 8, the settings say 16/);
}));

test.run();
