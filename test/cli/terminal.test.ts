/** What is printed for people cannot steer their terminal, whatever titles and columns say. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatTable, left, wide } from "../../src/cli/tables/table.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot } from "./run-cli.js";

const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u009b31mAlien\u202e";
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

test("a table keeps its lines", () => {
  const table = formatTable([left("a"), wide("title")], [["1", `two\nlines${HOSTILE}`]]);
  assert.is(table.split("\n").length, 3);
  assert.not.match(table, UNSAFE);
});

test("titles, tags, columns and arguments in text, JSON and errors", () => inTemporaryFolder(async (folder) => {
  const rows = Array.from({ length: 120 }, (_, n) => `u${n % 12},i${n % 10}`);
  writeFileSync(join(folder, "interactions.csv"), `user,item\n${rows.join("\n")}\n`);
  const items = Array.from({ length: 10 }, (_, i) => `i${i},${HOSTILE}`);
  writeFileSync(join(folder, "items.csv"), `item,title\n${items.join("\n")}\n`);
  writeFileSync(join(folder, "tags.csv"), `item,tag,count\n${items.map((one) => `${one},9`).join("\n")}\n`);
  writeFileSync(join(folder, "strange.csv"), `${HOSTILE},b\n1,2\n`);
  for (const args of [
    ["data", "info", folder], ["data", "info", folder, "--json"], ["data", "info", join(folder, "strange.csv")],
    ["data", "info", join(folder, HOSTILE)], ["train", "--world", HOSTILE],
    ["inspect", "tag", HOSTILE, "--model", folder],
  ]) {
    const { stdout, stderr } = await unknot(args);
    assert.not.match(stdout + stderr, UNSAFE, args.join(" "));
    assert.ok((stdout + stderr).length > 0);
  }
}));

test.run();
