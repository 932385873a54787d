/**
 * docs/tutorial.md, run from the first block to the last in one temporary folder: "sh" blocks by the shell, "js NAME"
 * blocks are files. The "text" block under commands is what they print: word for word, and numbers within 2 % (adding
 * up in another order moves last digits); "…" stands for anything, alone on a line for any lines.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const NUMBER = /[−-]?\d*\.?\d+/g;

interface Block {
  kind: string;
  text: string;
}

function blocksOf(markdown: string): Block[] {
  return Array.from(markdown.matchAll(/^```(.+)\n([^]*?)^```$/gm), ([, kind, text]) => ({ kind, text }));
}

/** Whether a printed line is the expected one. */
function sameLine(printed: string, expected: string): boolean {
  const pattern = expected.trimEnd().split("…").map((part) =>
    part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[−-]?\d*(\\\.)?\d+/g, "([−-]?\\d*\\.?\\d+)").replace(/ +/g, " +"));
  const found = new RegExp(`^${pattern.join(".*")}$`).exec(printed.trimEnd());
  const wanted = expected.match(NUMBER) ?? [];
  const read = (text: string): number => Number(text.replace("−", "-"));
  return found !== null &&
    wanted.every((number, i) => Math.abs(read(found[i + 1]) - read(number)) <= 0.02 * Math.abs(read(number)) + 1e-9);
}

/** The first expected line that is not printed where it should be; null where all is as it says. */
function missingLine(printed: readonly string[], expected: readonly string[]): string | null {
  let [at, anywhere] = [0, false];
  for (const line of expected) {
    if (line === "…") {
      anywhere = true;
      continue;
    }
    const found = printed.findIndex((one, i) => i >= at && sameLine(one, line));
    if (found < 0 || (!anywhere && found > at)) return line;
    [at, anywhere] = [found + 1, false];
  }
  return anywhere || at === printed.length ? null : `the end, before: ${printed[at]}`;
}

test("a line is what it says", () => {
  assert.ok(sameLine("a  .272 ± .009 b", "a .272 ± .009 b"));
  assert.ok(sameLine("7 of 8", "7 of …"));
  assert.not(sameLine("a .272", "a .372"));
  assert.not(sameLine("a .272", "b .272"));
  assert.is(missingLine(["a", "b", "c"], ["a", "…", "c"]), null);
  assert.is(missingLine(["a", "b", "c"], ["a", "c"]), "c");
  assert.is(missingLine(["a", "b"], ["a"]), "the end, before: b");
});

test("every step of the tutorial does what the tutorial says", () => inTemporaryFolder(async (folder) => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "unknot"), `#!/bin/sh\nexec node "${root}dist/src/cli/main.js" "$@"\n`);
  chmodSync(join(bin, "unknot"), 0o755);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "unknot"), "dir");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

  let printed: string[] = [];
  let steps = 0;
  for (const { kind, text } of blocksOf(readFileSync(join(root, "docs", "tutorial.md"), "utf8"))) {
    const [language, file] = kind.split(" ");
    if (language === "js") {
      writeFileSync(join(folder, file), text);
    } else if (language === "sh") {
      const { stdout } = await promisify(execFile)("sh", ["-e", "-c", text], { cwd: folder, env });
      printed = stdout.trimEnd().split("\n");
      steps++;
    } else {
      const missing = missingLine(printed, text.trimEnd().split("\n"));
      assert.is(missing, null, `step ${steps} prints something else:\n${printed.join("\n")}`);
    }
  }
  assert.is(steps, 10);
}));

test.run();
