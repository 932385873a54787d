/** Other recommenders than ELSA on the command line, and the baselines beside them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot } from "./run-cli.js";

const SMALL = ["multvae.factors=16", "multvae.epochs=3", "sae.expansion=2", "sae.k=4", "sae.epochs=3"]
  .flatMap((setting) => ["--set", setting]);

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await unknot([...args, "--threads", "1"]);
  assert.is(code, 0, stderr);
  return stdout;
}

test("MultVAE: train, evaluate with baselines, recommend and explain", () => inTemporaryFolder(async (folder) => {
  const out = join(folder, "m");
  const trained = await succeeds("train", "--world", "tiny", "--model", "multvae", ...SMALL, "--out", out);
  assert.match(trained, /MultVAE through the SAE/);
  const { config } = JSON.parse(readFileSync(join(out, "unknot.json"), "utf8")) as {
    config: { model: string; multvae: { hidden: number } };
  };
  assert.equal([config.model, config.multvae.hidden], ["multvae", 48], "the hidden layer follows the factors");

  const table = await succeeds("evaluate", "--model", out, "--baselines");
  for (const row of [
    /MultVAE +\./, /popularity +\.\d+ ± /, /item-kNN +\.\d+ ± .* neighbours/, /EASE +\.\d+ ± .*λ = \d+/,
    /TEASER +\.\d+ ± .* tags/,
  ]) assert.match(table, row);
  const { baselines } = JSON.parse(await succeeds("evaluate", "--model", out, "--baselines", "--json")) as {
    baselines: { name: string; test: { ndcg: { mean: number } } }[];
  };
  const [popularity, , ease] = baselines.map(({ test: { ndcg } }) => ndcg.mean);
  assert.ok(ease > popularity, "a world with structure");

  const why = await succeeds("recommend", "--model", out, "--likes", "i1", "i2", "--why", "i5");
  assert.match(why, /before the softmax; a neuron's part is what is lost without it/);
  assert.match(why, /the rest \(bias, and what neurons do together\)/);
}));

test("settings of the recommender that is trained are checked, those of others are not", async () => {
  const train = ["train", "--world", "tiny", "--out", "nowhere", "--set", "multvae.dropout=2"];
  const { code, stderr } = await unknot([...train, "--model", "multdae", "--set", "multvae.hidden=0"]);
  assert.is(code, 1);
  assert.match(stderr, /multvae\.hidden must be .*; multvae\.dropout must be in \[0, 1\), got 2/);
  const other = await unknot([...train, "--set", "elsa.factors=1"]);
  assert.match(other.stderr, /factors must be/);
  assert.not.match(other.stderr, /dropout/);
  const { stderr: refused } = await unknot([...train, "--model", "elza"]);
  assert.match(refused, /Allowed choices are elsa, multvae, multdae, recvae, edlae, elsa-sparse/);
});

test.run();
