/** A split survives its file, and a file that does not fit the data set is refused by place. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readSplit, writeSplit } from "../../src/data/split-file.js";
import { splitDataset } from "../../src/data/split-users.js";
import { randomDataset } from "./planted.js";
import { messageOf, withFolder } from "./temporary-folder.js";

const data = randomDataset(40, 9, 5);
const split = splitDataset(data, { seed: 3 });

test("write, read: the same split, nothing left beside it", () => withFolder({}, async (folder) => {
  const file = join(folder, "split.json");
  await writeSplit(file, split, data, { seed: 3 });
  assert.equal(await readSplit(file, data), split);
  assert.equal(await readdir(folder), ["split.json"]);
}));

test("a folder that cannot be written", async () => {
  const message = await messageOf(() => writeSplit("/nowhere/split.json", split, data));
  assert.match(message, /cannot be written: there is no folder \/nowhere/);
});

// Lists of ids, or lists of such lists: loose on purpose, it is there to be spoilt.
type Json = Record<string, (string & string[])[]>;
const spoiled: { what: string; change: (json: Json) => unknown; message: RegExp }[] = [
  { what: "an unknown user", change: (j) => ((j.val_users as string[])[1] = "stranger"),
    message: /val_users\[1\] is user "stranger", not among the 40 users kept of "random" \(1 of 4 unknown\)/ },
  { what: "an unknown item", change: (j) => ((j.test_input_items as string[][])[0] = ["1", "2"]),
    message: /test_input_items\[0\]\[?.*is item "1", not among the 9 items/ },
  { what: "an object for an id", change: (j) => ((j as Record<string, unknown[]>).train_users[0] = { id: "1" }),
    message: /train_users\[0\] is {"id":"1"}, expected a user's id/ },
  { what: "an unknown item in the catalogue", change: (j) => (j.items as string[]).push("7"),
    message: /items\[9\] is item "7"/ },
  { what: "a user in two parts", change: (j) => (j.test_users[0] = j.train_users[0]),
    message: /user u\d+ is in train_users and in test_users/ },
  { what: "a user twice", change: (j) => (j.val_users[0] = j.val_users[1]), message: /in val_users twice/ },
  { what: "rows that do not fit", change: (j) => j.val_target_items.pop(),
    message: /val_target_items has 3 rows, expected 4, one for each of val_users/ },
  { what: "an item in both halves", change: (j) => j.val_input_items[0].push(j.val_target_items[0][0]),
    message: /is both input \(val_input_items\[0\]\) and target/ },
  { what: "no target", change: (j) => ((j.val_target_items as string[][])[0] = []),
    message: /val_target_items\[0\] is empty/ },
  { what: "a missing key", change: (j) => delete (j as Record<string, unknown>).test_users,
    message: /no split: test_users missing; expected the keys train_users/ },
  { what: "no list", change: (j) => ((j as Record<string, unknown>).train_users = 5),
    message: /train_users is no list/ },
  { what: "no user", change: (j) => (j.train_users = []), message: /train_users is empty/ },
];
for (const { what, change, message } of spoiled) {
  test(what, () => withFolder({}, async (folder) => {
    const file = join(folder, "split.json");
    await writeSplit(file, split, data);
    const json = JSON.parse(await readFile(file, "utf8")) as Json;
    change(json);
    await writeFile(file, JSON.stringify(json));
    assert.match(await messageOf(() => readSplit(file, data)), message);
  }));
}

test("an item the user never chose", () => withFolder({}, async (folder) => {
  const file = join(folder, "split.json");
  await writeSplit(file, split, data);
  const other = randomDataset(40, 9, 6);
  assert.match(await messageOf(() => readSplit(file, other)), /did not choose in "random": is it another data set\?/);
}));

test("no JSON, no file", () => withFolder({ "a.json": "{\"x\": ", "b.json": "[]" }, async (folder) => {
  assert.match(await messageOf(() => readSplit(join(folder, "a.json"), data)), /a\.json: no JSON .*expected a split/);
  assert.match(await messageOf(() => readSplit(join(folder, "b.json"), data)), /b\.json: no split: not an object/);
  assert.match(await messageOf(() => readSplit(join(folder, "c.json"), data)), /c\.json: no such file/);
}));

test.run();
