/** Data that is no ordinary file, and headers and counts beyond reason: refused in words, at once. */
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDataset } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";

test("a pipe that nobody writes to, and a circle of links", () => withFolder({ "x/a": "" }, async (folder) => {
  if (process.platform === "win32") return;
  const pipe = join(folder, "pipe.csv");
  execFileSync("mkfifo", [pipe]);
  symlinkSync("circle", join(folder, "circle"));
  symlinkSync("circle.csv", join(folder, "circle.csv"));
  assert.match(
    await messageOf(() => readDataset(pipe)), /is no ordinary file \(a pipe or a device\), expected a table/,
  );
  assert.match(await messageOf(() => readDataset("/dev/null")), /is no ordinary file/);
  for (const name of ["circle", "circle.csv"]) {
    assert.match(await messageOf(() => readDataset(join(folder, name))), /circle/);
  }
}));

test("a header of a million columns has a message that can be read", () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `column ${i}`).join(",");
  return withFolder({ "x.csv": `${names}\n1,2\n` }, async (folder) => {
    const message = await messageOf(() => readDataset(join(folder, "x.csv")));
    assert.ok(message.length < 4000, `${message.length} characters`);
  });
});

test("counts of tags that single precision cannot hold are left out, and said", () => withFolder({
  "interactions.csv": `user,item\n${Array.from({ length: 60 }, (_, n) => `u${n % 6},i${n % 10}`).join("\n")}\n`,
  "tags.csv": "item,tag,count\ni1,fine,3\ni1,huge,1e39\ni2,tiny,1e-50\ni3,fine,1e12\n",
}, async (folder) => {
  const { tags, notes } = await readDataset(folder);
  assert.equal(Array.from(tags!.count), [3, Math.fround(1e12)]);
  assert.match(notes.join("\n"), /2 with an impossible count/);
}));

test.run();
