import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot } from "./run-cli.js";

const FAST = ["elsa.factors=16", "elsa.epochs=8", "sae.expansion=2", "sae.k=4", "sae.epochs=8"]
  .flatMap((setting) => ["--set", setting]);

test("report writes one file, inspect selectivity its tables; a bad place, sweep or reference is refused", () =>
  inTemporaryFolder(async (folder) => {
    const model = join(folder, "model");
    const out = join(folder, "page.html");
    assert.is((await unknot(["train", "--world", "tiny", ...FAST, "--out", model, "--quiet"])).code, 0);
    const done = await unknot(["report", model, "--out", out, "--cards", "4", "--quiet"]);
    assert.is(done.code, 0, done.stderr);
    assert.match(done.stdout, /^written to .*page\.html/);
    assert.match(await readFile(out, "utf8"), /^<!doctype html>[\s\S]*id="steering"[\s\S]*<\/html>\n$/);
    assert.equal((await readdir(folder)).sort(), ["model", "page.html"]);

    const selectivity = await unknot(["inspect", "selectivity", "--model", model, "-n", "3"]);
    assert.match(selectivity.stdout, /most selective tags[\s\S]*least selective neurons[\s\S]*monosemanticity/);
    const user = await unknot(["inspect", "user", "--model", model, "--likes", "i1", "i2"]);
    assert.match(user.stdout, /mostly because of/);

    const refused = async (pattern: RegExp, ...args: string[]): Promise<void> => {
      const { code, stderr } = await unknot(["report", model, "--no-steering", "--quiet", ...args]);
      assert.is(code, 1);
      assert.match(stderr, pattern);
      assert.not.match(stderr, /\n {4}at /);
    };
    await refused(/nowhere.*cannot be written/, "--out", join(folder, "nowhere", "page.html"));
    await refused(/none\.jsonl: no such file/, "--sweep", join(folder, "none.jsonl"));
    await writeFile(join(folder, "reference.json"), '{ "rows": [{ "sae": 3 }] }');
    await refused(/rows\[0\]\.sae is 3, expected a text/, "--reference", join(folder, "reference.json"));
  }));

test.run();
