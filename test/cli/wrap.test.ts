/** Prose of the command line at a terminal's width: between words, examples whole. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fillProse, wrapProse } from "../../src/cli/tables/wrap.js";

test("breaks between words, keeps short lines, indented ones and a word that is too long", () => {
  assert.is(wrapProse("one two three\nfour", 8), "one two\nthree\nfour");
  assert.is(wrapProse("  unknot train --data x\nab", 8), "  unknot train --data x\nab");
  assert.is(wrapProse("a abcdefghij b", 4), "a\nabcdefghij\nb");
  assert.is(wrapProse("12345678", 8), "12345678");
});

test("fills a paragraph's lines, and leaves what is indented or follows an empty line", () => {
  const filled = "one two\nthree\n\nExamples:\n  a b\n  c d\nend\n";
  assert.is(fillProse(filled, 9), filled);
  assert.is(fillProse("one\ntwo three\n", 8), "one two\nthree\n");
});

test("no prose of train --help is wider than 80 characters", () => {
  const main = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
  const help = execFileSync(process.execPath, [main, "train", "--help"], { encoding: "utf8" });
  assert.equal(help.split("\n").filter((line) => line.length > 80 && !line.startsWith("  unknot")), []);
  assert.match(help, /sae\.kind/);
});

test.run();
