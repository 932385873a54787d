import { test } from "uvu";
import * as assert from "uvu/assert";
import { readdir, readFile, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { generateWorld } from "../../src/data/world/world.js";
import { writeDataset } from "../../src/data/write-dataset.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot, type Finished } from "./run-cli.js";

const FAST = ["elsa.factors=16", "elsa.epochs=8", "sae.expansion=2", "sae.k=4", "sae.epochs=8"]
  .flatMap((setting) => ["--set", setting]);

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await unknot(args);
  assert.is(code, 0, `unknot ${args.join(" ")}: ${stderr}`);
  return stdout;
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await succeeds(...args, "--json")) as T;
}

async function fails(code: number, pattern: RegExp, ...args: string[]): Promise<Finished> {
  const result = await unknot(args);
  assert.is(result.code, code, `unknot ${args.join(" ")}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, pattern);
  assert.not.match(result.stderr, /\n {4}at /, "no stack trace");
  assert.is(result.stdout, "");
  return result;
}

/** A folder with the files of a small world in `data`. */
function withData(use: (folder: string, data: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const { dataset, truth } = generateWorld({ users: 200, items: 80, concepts: 5, meanInteractions: 12, seed: 1 });
    await writeDataset(join(folder, "data"), dataset, truth);
    await use(folder, join(folder, "data"));
  });
}

test("train → evaluate → inspect → recommend → steer on CSV files", () => withData(async (folder, data) => {
  const model = join(folder, "model");
  const trained = await succeeds("train", "--data", data, ...FAST, "--out", model, "--seed", "7");
  assert.match(trained, /popularity +\.\d+ ± \.\d+/);
  assert.match(trained, /ELSA through the SAE/);
  assert.equal((await readdir(folder)).sort(), ["data", "model"]);
  assert.equal((await readdir(model)).sort(), ["model.safetensors", "unknot.json"]);

  const { metrics } = await json<{ metrics: unknown }>("evaluate", "--model", model);
  const saved = JSON.parse(await readFile(join(model, "unknot.json"), "utf8")) as { metrics: unknown };
  assert.equal(metrics, saved.metrics, "the same figures as after training, from the folder that the model remembers");

  const inspect = (...what: string[]): Promise<string> => succeeds("inspect", ...what, "--model", model);
  const [{ tag, neuron }] = await json<{ tag: string; neuron: number }[]>("inspect", "tags", "--model", model);
  assert.match(await inspect("tag", tag.toUpperCase()), /neurons that characterise it best/);
  assert.match(await inspect("neuron", String(neuron)), new RegExp(`^neuron ${neuron}: `));
  assert.match(await inspect("user", "u3"), /items known/);

  const list = await succeeds("recommend", "--model", model, "--user", "u3", "-n", "4");
  assert.match(list, /\n +4 {2}\S/);
  assert.not.match(list, /\n +5 {2}\S/);
  const recommend = ["recommend", "--model", model, "--likes", "i1", "i2"];
  const { items: [item, second] } = await json<{ items: { id: string }[] }>(...recommend);
  const page = await json<{ items: { id: string }[] }>(...recommend, "--offset", "1", "-n", "1");
  assert.equal(page.items.map(({ id }) => id), [second.id]);
  const one = await json<{ items: { id: string }[] }>(...recommend, "--only-items", second.id, "i1", "--seen", "keep");
  assert.equal(one.items.map(({ id }) => id).sort(), [second.id, "i1"].sort());
  const why = await succeeds(...recommend, "--why", item.id);
  assert.match(why, /part +proven +activation +adds\n(.*\n)+.*base \(mean and bias\)(.*\n)+.*not explained by any neuron/);
  assert.not.match(why, /neuron \d/);
  assert.match(await succeeds(...recommend, "--why", item.id, "--neurons"), /\n +neuron \d+ .*\n/);
  await fails(2, /--neurons is for --why/, ...recommend, "--neurons");
  const balanced = await json<{ items: unknown[]; balance: { kept: number } }>(...recommend, "--popularity", "-0.5");
  assert.ok(balanced.items.length === 10 && balanced.balance.kept <= 1);
  assert.match(await succeeds(...recommend, "--variety", "0.4", "-n", "5"),
    /balanced: \d+ % of the score kept, \d of 5 .*training users an item \d+ → \d+; distance/);
  await fails(2, /--all writes everybody's plain list: no --min-users/, "recommend", "--all", "--min-users", "3");

  const several = ["recommend", "--model", model, "--users", "u3", "u4", "-n", "4"];
  const { lists } = await json<{ lists: { items: { id: string }[] }[] }>(...several);
  assert.equal(lists.map(({ items }) => items.length), [4, 4]);
  const profiles = join(folder, "profiles.jsonl");
  await writeFile(profiles, '["i1", "i2"]\n\n{"items": ["i3"], "dislikes": ["i1"]}\n');
  const ofFile = await json<{ lists: { items: { id: string }[] }[] }>(
    "recommend", "--model", model, "--profiles", profiles,
  );
  assert.equal(ofFile.lists[0].items.map(({ id }) => id),
    (await json<{ items: { id: string }[] }>(...recommend)).items.map(({ id }) => id));
  const together = await succeeds(...several, "--group", "fuse-topk");
  assert.match(together, /for 2 people, by fuse-topk/);
  assert.match(together, /user u4 gets \d+ % of what a list of their own would give, with \d of its 4 items/);
  assert.match(await succeeds(...several), /user u3\n(.*\n)+user u4\n/);
  await fails(2, /--group vote: expected one of add/, ...several, "--group", "vote");
  await fails(2, /--group is for several people/, ...recommend, "--group");
  await fails(2, /--likes is for one person, --users for several/, ...several, "--likes", "i1");
  await writeFile(profiles, '["i1"]\n{oops\n');
  await fails(1, /profiles\.jsonl, line 2: damaged/, "recommend", "--model", model, "--profiles", profiles);

  const similar = (...what: string[]): Promise<string> => succeeds("similar", "--model", model, ...what);
  const like = await json<{ by: string; items: { id: string; shared: { share: number }[] }[] }>(
    "similar", "--model", model, "--item", "i1", "-n", "3", "--by", "code", "--except-items", "i2",
  );
  assert.equal([like.by, like.items.length], ["code", 3]);
  assert.ok(like.items.every(({ id, shared }) => id !== "i2" && shared.length > 0));
  assert.match(await similar("--item", "i1", "-n", "2"), /by the recommender's vectors\n(.*\n)* +2 {2}\S/);
  const alike = await similar("--user", "u3", "-n", "4");
  assert.match(alike, /like user u3/);
  assert.not.match(alike, / u3 /, "the user is not compared with itself");
  await fails(2, /say what to compare/, "similar", "--model", model, "--item", "i1", "--user", "u3");
  await fails(2, /--only-tags filters items/, "similar", "--model", model, "--user", "u3", "--only-tags", tag);

  const steered = await succeeds("steer", "--model", model, "--user", "u3", "--tag", `${tag}=0.4`, "--neuron", "3=0.1");
  assert.match(steered, new RegExp(`"${tag}": neurons \\d+ .*turned up to 0.4`));
  const paper = await succeeds("steer", "--model", model, "--user", "u3", "--tag", tag, "--mapping", "characterises");
  assert.match(paper, new RegExp(`"${tag}": neuron ${neuron} (\\(.*\\) )?turned up to 0.3`));
  assert.match(await succeeds("steer", "--model", model, "--user", "u3", "--mute", tag), / muted\n/);
  assert.match(await succeeds("steer", "--model", model, "--user", "u3", "--only", tag), / alone\n/);
  assert.match(steered, /neuron 3.* turned up to 0.1/);
  await turnsConcepts(model, tag);
}));

async function turnsConcepts(model: string, tag: string): Promise<void> {
  const steer = ["steer", "--model", model, "--likes", "i1", "i2", "-n", "5"];
  const [{ name }] = await json<{ name: string }[]>("inspect", "concepts", "--model", model);
  const named = await succeeds(...steer, "--concept", `${name}=0.4`);
  assert.ok(named.includes(`  "${name}": neuron`), named);
  assert.match(named, /• has what is turned.*: \d of 5 before, \d of 5 after/);
  assert.ok((await succeeds(...steer, "--turn", `${name.toUpperCase()}=0.4`)).includes("turned to 0.4"));
  const tags = (await json<{ tag: string }[]>("inspect", "tags", "--model", model)).map((one) => `${one.tag}=1`);
  assert.match(await succeeds(...steer, "--turn", ...tags),
    /together they would move more than there is: each moves \d+ % of what it would alone/);
  assert.match(await succeeds(...steer, "--tag", `${tag}=−0.5`), /0.5 taken away/);
  await fails(1, /there is no tag or concept "nothing like it"/, ...steer, "--turn", "nothing like it=0.4");
  await fails(1, /turn must be between -1 and 1, got 2/, ...steer, "--turn", `${tag}=2`);
  await fails(2, /expected NAME=POSITION/, ...steer, "--turn", `${tag}=NaN`);
  await fails(1, /the wish is empty/, ...steer, "--wish", " ");
  await fails(1, /the wish "blorp" names no tag or concept/, ...steer, "--wish", "blorp");
  const wish = ["--wish", `more ${tag}, blorp`];
  assert.match(await succeeds(...steer, ...wish), /^not understood: "blorp"\n/);
  type Read = { knobs: { turn: number }[]; notUnderstood: string[] };
  const { knobs, notUnderstood } = await json<Read>(...steer, ...wish);
  assert.equal([knobs.map(({ turn }) => turn), notUnderstood], [[0.5], ["blorp"]]);
}

test("no line is wider than a terminal of 100 columns", () => withData(async (folder, data) => {
  const model = join(folder, "model");
  const all = await succeeds("train", "--data", data, ...FAST, "--out", model)
    + await succeeds("steer", "--model", model, "--user", "u3", "--neuron", "1")
    + await succeeds("inspect", "user", "u3", "--model", model);
  const tooWide = all.split("\n").filter((line) => line.length > 100 && !line.includes(folder));
  assert.equal(tooWide, []);
}));

test("a wrong option, command, setting or value ends with code 2 and a suggestion", async () => {
  await fails(2, /unknown option '--sed'\s+\(Did you mean one of --seed/, "train", "--sed", "1");
  await fails(2, /unknown command 'trian'\s+\(Did you mean train\?\)/, "trian");
  await fails(2, /did you mean "elsa\.factors"/, "train", "--world", "tiny", "--set", "elsa.factor=3");
  await fails(2, /expected l2 or cosine/, "train", "--world", "tiny", "--set", "sae.loss=l3");
  await fails(2, /Allowed choices are paper, default/, "train", "--world", "tiny", "--preset", "papper");
  await fails(2, /whole number from 1/, "train", "--world", "tiny", "--threads", "0");
  await fails(2, /give --data FOLDER or --world NAME/, "train");
  await fails(2, /either --data or --world/, "train", "--world", "tiny", "--data", "x");
  await fails(2, /--layout needs --data/, "train", "--layout", "msd");
  await fails(2, /role=name/, "train", "--data", "x", "--column", "usr=1");
});

test("every command has help with examples", async () => {
  for (const command of [
    "train", "evaluate", "inspect", "recommend", "steer", "similar", "data", "demo", "sweep", "compare",
  ]) {
    const text = await succeeds(command, "--help");
    assert.match(text, /Usage: unknot/);
    assert.match(text, /Examples?:\n {2}unknot/);
  }
  assert.match(await succeeds("--version"), /^\d+\.\d+\.\d+\n$/);
});

test("contradictory settings are refused in one message, code 1", () => inTemporaryFolder(async (folder) => {
  await fails(1, /factors must be.*sae\.k is/, "train", "--world", "tiny", "--out", join(folder, "m"),
    "--set", "elsa.factors=1", "--set", "sae.k=900");
  assert.equal(await readdir(folder), []);
}));

test("missing and broken data ends with file and line, and nothing is written", () => withData(async (folder, data) => {
  const out = join(folder, "model");
  await fails(1, /nowhere: no such folder/, "train", "--data", join(folder, "nowhere"), "--out", out);
  const csv = join(data, "interactions.csv");
  const lines = (await readFile(csv, "utf8")).split("\n");
  lines[4] = "u1";
  await writeFile(csv, lines.join("\n"));
  await fails(1, /interactions\.csv.*\b5\b/, "train", "--data", data, "--out", out);
  assert.equal(await readdir(folder), ["data"]);
}));

test("a damaged model, an unknown user, tag or item is refused by name", () => withData(async (folder, data) => {
  const model = join(folder, "model");
  await fails(1, /model: no such folder/, "evaluate", "--model", model);
  await succeeds("train", "--data", data, ...FAST, "--out", model);
  await fails(1, /has no user "nobody"/, "recommend", "--model", model, "--user", "nobody");
  await fails(2, /say whose taste/, "recommend", "--model", model);
  assert.match(await succeeds("recommend", "--model", model, "--likes", "i9999"),
    /not in the model, left out: "i9999"[\s\S]*for nobody in particular/);
  await fails(1, /none of the profile's items/, "recommend", "--model", model, "--likes", "i9999", "--empty", "refuse");
  await fails(1, /no item has the id or title "zzz"/, "recommend", "--model", model, "--titles", "zzz");
  await fails(2, /need as many weights/, "recommend", "--model", model, "--likes", "i1", "--weights", "1", "2");
  await fails(1, /there is no tag "zzz"/, "steer", "--model", model, "--user", "u3", "--tag", "zzz");
  await fails(1, /there is no neuron 32/, "inspect", "neuron", "32", "--model", model);
  await fails(2, /no knob/, "steer", "--model", model, "--user", "u3");
  await fails(1, /strength must be between -1 and 1/, "steer", "--model", model, "--user", "u3", "--neuron", "1=7");
  const file = join(model, "model.safetensors");
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, 1000));
  await fails(1, /model\.safetensors: truncated/, "recommend", "--model", model, "--user", "u3");
}));

test("a place that holds other files is refused before training begins", () => withData(async (folder, data) => {
  await mkdir(join(folder, "full"));
  await writeFile(join(folder, "full", "thesis.txt"), "");
  const { stderr } = await fails(1, /holds thesis\.txt/, "train", "--data", data, "--out", join(folder, "full"));
  assert.not.match(stderr, /training/);
}));

test("Ctrl-C in the middle of training: code 130, nothing left behind", () => withData(async (folder, data) => {
  let pressed = false;
  const result = await unknot(
    ["train", "--data", data, "--out", join(folder, "model"), "--set", "elsa.epochs=99999", "--set", "elsa.patience=0"],
    (stderr, interrupt) => {
      if (pressed || !stderr.includes("training ELSA")) return;
      pressed = true;
      interrupt();
    },
  );
  assert.is(result.code, 130, result.stderr);
  assert.match(result.stderr, /stopped\n$/);
  assert.equal(await readdir(folder), ["data"]);
}));

test("demo --json on the smallest world: the whole way, with recovery beside its baselines", async () => {
  const { recovery, steering, person } = await json<{
    recovery: Record<"sae" | "pca" | "untrained", { concepts: unknown[]; recovered: number }>;
    steering: { concepts: number; after: number };
    person: { lists: { before: unknown[]; after: unknown[] } };
  }>("demo", "--world", "tiny", "--quiet", "--set", "elsa.epochs=10", "--set", "sae.epochs=10");
  for (const codes of ["sae", "pca", "untrained"] as const) assert.is(recovery[codes].concepts.length, 12);
  assert.is(steering.concepts, 12);
  assert.is(person.lists.after.length, 10);
});

test("data world writes files that data info reads back", () => inTemporaryFolder(async (folder) => {
  const out = join(folder, "tiny");
  await succeeds("data", "world", "tiny", "--out", out);
  assert.equal((await readdir(out)).sort(), ["concepts.csv", "interactions.csv", "items.csv", "tags.csv"]);
  const info = await json<{ users: number; tags: number }>("data", "info", out);
  assert.is(info.users, 500);
  assert.ok(info.tags > 12);
  await fails(1, /holds concepts\.csv/, "train", "--data", out, "--out", out);
}));

test.run();
