/** `unknot extend`: a table of new items into a model folder, lists that mark them, and what is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { writeDataset } from "../../src/data/write-dataset.js";
import { unknot } from "./run-cli.js";

const model = await tinyModel();
const [first, second] = model.tags!.names;

test("new items join, are marked in lists, and evaluate leaves them out", () => inTemporaryFolder(async (folder) => {
  const [data, from, to, items] = ["data", "model", "larger", "new.csv"].map((name) => join(folder, name));
  await writeDataset(data, tinyWorld().dataset);
  const trained = await tinyModel({ source: { folder: data, seed: 5 } });
  await saveModel(from, trained);
  writeFileSync(items, `item,title,tags\nn1,The First,${first}|${second}\nn2,"The Second, or Not",unheard of\n`);
  const done = await unknot(["extend", "--model", from, "--items", items, "--out", to, "--threads", "1"]);
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, new RegExp(`The First +−?\\.\\d\\d +−?\\.\\d\\d … −?\\.\\d\\d +.*(${first}|${second})`));
  assert.match(done.stdout, /not added, as no tag of theirs is known: n2\ntags that the model does not know: unheard of/);
  const json = await unknot(["extend", "--model", from, "--items", items, "--out", to, "--threads", "1", "--json"]);
  const { added, leftOut } = JSON.parse(json.stdout) as { added: { id: string; cosine: number }[]; leftOut: string[] };
  assert.equal([added.map(({ id }) => id), leftOut], [["n1"], ["n2"]]);

  const likes = ["--likes", trained.items.ids[0], "--threads", "1"];
  const list = await unknot(["recommend", "--model", to, ...likes, "-n", "200"]);
  assert.match(list.stdout, /≈ The First/);
  assert.match(list.stdout, /≈ added by its tags: nobody had chosen it in training/);
  type Listed = { id: string; estimated?: true };
  const { items: listed } = JSON.parse(
    (await unknot(["recommend", "--model", to, ...likes, "-n", "200", "--json"])).stdout,
  ) as { items: Listed[] };
  assert.equal(listed.filter(({ estimated }) => estimated).map(({ id }) => id), ["n1"]);
  const why = await unknot(["recommend", "--model", to, ...likes, "--why", "n1"]);
  assert.match(why.stdout, /The First was added by its tags \(.* %\).*cosine of/s);
  const old = await unknot(["recommend", "--model", from, ...likes, "-n", "200"]);
  assert.not.match(old.stdout, /≈/);
  const figures = await Promise.all([from, to].map((one) => unknot(["evaluate", "--model", one, "--threads", "1"])));
  assert.is(figures[1].code, 0, figures[1].stderr);
  assert.is(figures[1].stdout, figures[0].stdout);
}));

test("refused: the model is as it was", () => inTemporaryFolder(async (folder) => {
  const place = join(folder, "model");
  await saveModel(place, model);
  const before = readFileSync(join(place, "unknot.json"), "utf8");
  const items = join(folder, "new.csv");
  const refused = async (text: string, is: RegExp): Promise<void> => {
    writeFileSync(items, text);
    const { code, stderr } = await unknot(["extend", "--model", place, "--items", items, "--out", place]);
    assert.is(code, 1, stderr);
    assert.match(stderr, is);
    assert.not.match(stderr, /\n {4}at /);
  };
  await refused(`item,title,tags\n${model.items.ids[0]},Again,${first}\n`, /is in the model already/);
  await refused("item,title,tags\nn1,One,nothing known\n", /none of the 1 new items has a tag that the model knows/);
  await refused("item,title\nn1,One\n", /tag/);
  await refused("", /new\.csv/);
  assert.is(readFileSync(join(place, "unknot.json"), "utf8"), before);
}));

test.run();
