/**
 * What the documents and comments point at is there: sections of docs/method.md, files of src, links and their anchors.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { repository, repositoryText } from "../support/repository-text.js";

const texts = repositoryText();
const documents = [...texts].filter(([path]) => /^(README|CONTRIBUTING|CHANGELOG|docs\/[^/]+)(\.md)?$/.test(path));

/** "docs/method.md §2–3, §5" and "docs/method.md §8.3": every number that follows the name. */
function cited(text: string): string[] {
  // A comment may break between the file's name and the section.
  const unbroken = text.replace(/\n\s*(\*|\/\/|#)?\s*/g, " ");
  return [...unbroken.matchAll(/\bmethod\.md((?:(?:,| and|–|-)? ?§? ?\d+(?:\.\d+)?)+)/g)]
    .filter(([, numbers]) => numbers.includes("§"))
    .flatMap(([, numbers]) => numbers.match(/\d+(?:\.\d+)?/g)!);
}

/** GitHub's anchors: lower case, punctuation gone, blanks to hyphens. */
function anchors(markdown: string): Set<string> {
  const withoutCode = markdown.replace(/^```[\s\S]*?^```/gm, "");
  return new Set([...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").toLowerCase().replace(
      /[^\p{L}\p{N}\- ]/gu, "",
    ).replace(/ /g, "-")));
}

test("citations are found however they are written", () => {
  assert.equal(cited("x (docs/method.md §2)"), ["2"]);
  assert.equal(cited("docs/method.md §1, §3 and §8.2: 5 users"), ["1", "3", "8.2"]);
  assert.equal(cited("see docs/method.md\n   * §2–3; 7"), ["2", "3"]);
  assert.equal(cited("docs/method.md has 15 sections"), []);
});

test("every cited section of docs/method.md exists", () => {
  const method = texts.get("docs/method.md")!;
  const sections = new Set([...method.matchAll(/^#{2,3} (\d+(?:\.\d+)?)[. ]/gm)].map(([, number]) => number));
  const citations = [...texts].filter(([path]) => !path.startsWith("test/docs/"))
    .flatMap(([path, text]) => cited(text).map((section) => ({ path, section })));
  assert.ok(citations.length > 60, `${citations.length} found`);
  assert.equal(citations.filter(({ section }) => !sections.has(section)), []);
  // Inside the method itself "§4" means its own.
  assert.equal([...method.matchAll(/§(\d+(?:\.\d+)?)/g)].map(([, n]) => n).filter((n) => !sections.has(n)), []);
});

test("files of src that documents name are there", () => {
  const named = documents.filter(([path]) => path !== "CHANGELOG.md").flatMap(([path, text]) =>
    [...text.matchAll(/(?<![\w/])(?:\.\.\/)?(src(?:\/[\w.-]+)+)/g)]
      .map(([, file]) => ({ path, file: file.replace(/[.,]$/, "") })));
  assert.ok(named.length > 80, `${named.length} found`);
  // NAME and TOPIC stand for what a reader adds.
  const placeholders = /\/[A-Z]+\.ts$/;
  assert.equal(named.filter(({ file }) => !placeholders.test(file) && !existsSync(join(repository, file))), []);
});

test("documents show the floors as they are enforced", () => {
  const rules = texts.get(".dependency-cruiser.cjs")!;
  const [, listed] = /const FLOORS = \[\n([\s\S]*?)\n\];/.exec(rules)!;
  const floors = listed.split("\n").map((line) => line.match(/[\w-]+/g)!);
  const [, picture] = /^```text\n([\s\S]*?)\n```$/m.exec(texts.get("CONTRIBUTING.md")!)!;
  assert.equal(picture.split("\n").map((line) => line.split(/ +/)).reverse(), floors);
  const rows = [...texts.get("docs/architecture.md")!.matchAll(/^\| (`src\/[^|]+) \|/gm)].map(([, cell]) => cell);
  assert.equal(rows.flatMap((cell) => cell.match(/[\w-]+(?=`)/g)!), floors.flat());
});

test("links in documents lead somewhere", () => {
  const links = documents.flatMap(([path, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(([, to, anchor]) => ({ path, to, anchor })));
  assert.ok(links.length > 60, `${links.length} found`);
  assert.equal(links.filter(({ path, to, anchor }) => {
    const target = join(dirname(path), to);
    if (to !== "" && !existsSync(join(repository, target))) return true;
    return anchor !== undefined && !anchors(texts.get(to === "" ? path : target) ?? "").has(anchor);
  }), []);
});

test.run();
