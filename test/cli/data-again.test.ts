/** What becomes of a model's data after training: sorted, moved, half there; and titles that two items share. */
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot, type Finished } from "./run-cli.js";

const CASES = resolve("test", "data", "cases");
const QUICK = ["elsa.factors=8", "elsa.epochs=2", "sae.expansion=2", "sae.k=2", "sae.epochs=2"]
  .flatMap((setting) => ["--set", setting]);

function run(cwd: string, ...args: string[]): Promise<Finished> {
  return unknot([...args, "--threads", "1"], undefined, cwd);
}

async function metrics(cwd: string, ...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(cwd, "evaluate", "--json", ...args);
  assert.is(code, 0, stderr);
  return (JSON.parse(stdout) as { metrics: unknown }).metrics;
}

const anywhere = "a model's data is found from anywhere, in any order; what is missing is named";
test(anywhere, () => inTemporaryFolder(async (folder) => {
  const [project, elsewhere] = [join(folder, "project"), join(folder, "elsewhere")];
  for (const place of [join(project, "models"), elsewhere]) mkdirSync(place, { recursive: true });
  cpSync(join(CASES, "rows-sorted-after-training"), join(project, "shop"), { recursive: true });
  const trained = await run(project, "train", "--data", "shop", "--out", "models/shop", ...QUICK);
  assert.is(trained.code, 0, trained.stderr);
  assert.match(trained.stderr, /read as layout "table"\n.*interactions\.csv: interactions .*separated by comma/);
  const model = join(project, "models", "shop");

  const first = await metrics(project, "--model", "models/shop");
  assert.equal(await metrics(elsewhere, "--model", model), first, "a relative path starts where train ran");

  const sorted = ["--data", join(project, "shop"), "--file", "interactions=interactions-sorted.csv"];
  assert.equal(await metrics(project, "--model", model, ...sorted), first, "items and users are known by their ids");

  writeFileSync(join(elsewhere, "interactions.csv"), "user,item\n1,1\n1,99\n2,1\n2,98\n3,1\n".repeat(3));
  const other = await run(elsewhere, "evaluate", "--model", model, "--data", ".", "--min-user-items", "1");
  assert.is(other.code, 1);
  assert.match(other.stderr, /has 3 items, the model 24: 23 of the model's are not there \(\d+, \d+, \d+, …\)/);
  assert.match(other.stderr, /, 2 are others \(99, 98\)/);

  renameSync(join(project, "shop"), join(project, "moved"));
  const lost = await run(elsewhere, "evaluate", "--model", model);
  assert.is(lost.code, 1);
  assert.match(lost.stderr, /the data of the model, shop, is not there any more \(nor is .*shop\): .*--data FOLDER/);
}));

const told = "train and data info say what was understood first, and --json has the same object";
test(told, () => inTemporaryFolder(async (folder) => {
  const source = ["--data", join(CASES, "float-ids")];
  const trained = await run(folder, "train", ...source, "--out", "m", ...QUICK, "--json");
  assert.is(trained.code, 0, trained.stderr);
  const info = await unknot(["data", "info", ...source, "--json"], undefined, folder);
  const [ofTraining, ofInfo] = [trained, info].map(({ stdout }) => (JSON.parse(stdout) as { understood: object }));
  assert.equal(ofTraining.understood, ofInfo.understood);
  const { tables, keys } = ofTraining.understood as { tables: { role: string }[]; keys: { rule: string }[] };
  assert.equal(tables.map(({ role }) => role), ["interactions", "titles", "tags"]);
  assert.equal(keys.map(({ rule }) => rule), ["without .0", "without .0"]);
  const first = trained.stderr.split("\n").slice(0, 3).join("\n");
  assert.match(first, /read as layout .*\n.*separated by comma.*\n.*column 1 "userId" = user/);
}));

const timed = "weights and a split by time: trained, and measured again by the same split";
test(timed, () => inTemporaryFolder(async (folder) => {
  const rows = Array.from({ length: 900 }, (_, n) =>
    `u${n % 40},i${(n * n + 3 * n) % 31},${4 + (n % 2)},${new Date(1.5e12 + n * 6e4).toISOString()}`);
  writeFileSync(join(folder, "ratings.csv"), `user,item,rating,timestamp\n${rows.join("\n")}\n`);
  const args = ["--data", "ratings.csv", "--split-by", "time", "--half-life", "0.001", "--weight", "log", "--out", "m"];
  const trained = await run(folder, "train", ...args, ...QUICK, "--json");
  assert.is(trained.code, 0, trained.stderr);
  const told = JSON.parse(trained.stdout) as { metrics: unknown };
  assert.equal(await metrics(folder, "--model", "m"), told.metrics);
  const plain = await run(folder, "train", ...args.slice(0, 4), "--out", "p", ...QUICK, "--json");
  assert.not.equal((JSON.parse(plain.stdout) as { metrics: unknown }).metrics, told.metrics, "weights matter");
  const other = await run(folder, "train", ...args, "--model", "multvae");
  assert.is(other.code, 1);
  assert.match(other.stderr, /MultVAE counts every interaction the same: --weight and --half-life are for ELSA/);
}));

test("a title that two items share lists both ids; an id is an id", () => inTemporaryFolder(async (folder) => {
  const out = join(folder, "m");
  const trained = await run(folder, "train", "--data", join(CASES, "duplicate-titles"), "--out", out, ...QUICK);
  assert.is(trained.code, 0, trained.stderr);
  const two = await run(folder, "recommend", "--model", out, "--titles", "emma");
  assert.is(two.code, 1);
  assert.match(two.stderr, /"emma" is the title of 2 items: say which by its id: "\d+", "\d+"/);
  assert.is((await run(folder, "recommend", "--model", out, "--likes", "3")).code, 0);
}));

test.run();
