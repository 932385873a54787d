/** Prose of the command line at a terminal's width: between words, examples whole. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { wrapProse } from "../../src/cli/tables/wrap.js";

test("breaks between words, keeps short lines, indented ones and a word that is too long", () => {
  assert.is(wrapProse("one two three\nfour", 8), "one two\nthree\nfour");
  assert.is(wrapProse("  unknot train --data x\nab", 8), "  unknot train --data x\nab");
  assert.is(wrapProse("a abcdefghij b", 4), "a\nabcdefghij\nb");
  assert.is(wrapProse("12345678", 8), "12345678");
});

test("no prose of train --help is wider than 80 characters", () => {
  const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
  const help = execFileSync(process.execPath, [main, "train", "--help"], { encoding: "utf8" });
  assert.equal(help.split("\n").filter((line) => line.length > 80 && !line.startsWith("  unknot")), []);
  assert.match(help, /sae\.kind/);
});

test.run();
