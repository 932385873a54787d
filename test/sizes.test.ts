/**
 * What keeps the tree readable: no folder of src holds more than 25 files, no file more than 300 lines, no function
 * more than 60. Exceptions are listed here, each with its reason; one that has become needless fails too.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";

const MOST_FILES = 25;
const MOST_LINES = 300;
const LONGEST_FUNCTION = 60;

const LONG_FILES: Readonly<Record<string, string>> = {
  "files/csv/row-parser.ts": "one automaton in one loop: its parts share the position and say nothing alone",
  "models/recommenders/recvae.ts": "encoder, prior and both alternating steps of one model",
};
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  "desk/views/strip-view.ts: stripView": "one element with its parts, in the order in which they stand on the page",
  "kernels/simd/softmax-kl.ts: emitSoftmaxKl": "one emitted function: two passes over a row share its locals",
  "kernels/simd/topk.ts: emitTopk": "one emitted function: bound, bisection and output share its locals",
  "report/steering-section.ts: steeringSection": "a page of text with its figures",
  "serve/server.ts: startServer": "the server's events share what they close over; stopping is a part of its own",
};

const root = new URL("../../src/", import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/")).filter((name) => name.endsWith(".ts")).sort();

/** "file: name" of every function that is longer than allowed, with its lines. */
function longFunctions(file: string, text: string): [string, number][] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: [string, number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      const [first, last] = [node.getStart(), node.getEnd()].map((at) => source.getLineAndCharacterOfPosition(at).line);
      const lines = last - first + 1;
      if (lines > LONGEST_FUNCTION) found.push([`${file}: ${nameOf(node)}`, lines]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : "(a function)";
}

/** Fails for what is too long and not excepted, and for exceptions that nothing needs. */
function check(found: ReadonlyMap<string, number>, excepted: Readonly<Record<string, string>>, what: string): void {
  const tooLong = [...found].filter(([name]) => !Object.hasOwn(excepted, name)).map(([name, n]) => `${name} (${n})`);
  assert.equal(tooLong, [], `${what}: cut it up, or say here why not`);
  const needless = Object.keys(excepted).filter((name) => !found.has(name));
  assert.equal(needless, [], `${what}: exceptions that are needless now`);
}

test("a measured function is as long as its lines", () => {
  const text = `const short = () => 1;\nfunction long() {\n${"  f();\n".repeat(60)}}\n`;
  assert.equal(longFunctions("x.ts", text), [["x.ts: long", 62]]);
});

test("no folder of src has more files than a reader keeps in mind", () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  check(new Map([...counts].filter(([, n]) => n > MOST_FILES)), {}, `more than ${MOST_FILES} files`);
});

test("no file is longer than a few screens, but for a reason", () => {
  const lines = files.map((file): [string, number] =>
    [file, readFileSync(new URL(file, root), "utf8").trimEnd().split("\n").length]);
  check(new Map(lines.filter(([, n]) => n > MOST_LINES)), LONG_FILES, `more than ${MOST_LINES} lines`);
});

test("no function is longer than one screen, but for a reason", () => {
  const found = files.flatMap((file) => longFunctions(file, readFileSync(new URL(file, root), "utf8")));
  check(new Map(found), LONG_FUNCTIONS, `more than ${LONGEST_FUNCTION} lines`);
});

test.run();
