/** The parts of the site: Markdown to pages, and the check of links. `npm run docs` builds the whole. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExamples } from "../../scripts/site/api-reference.js";
import { checkSite } from "../../scripts/site/check-site.js";
import { markdownPage } from "../../scripts/site/markdown.js";
import { renderPage } from "../../scripts/site/page.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";

const places = (file: string): string | null =>
  ({ "README.md": "index.html", "docs/data.md": "docs/data.html", "docs/a.png": "docs/a.png" })[file] ?? null;

test("links between documents become links between pages, those to sources plain names", () => {
  const text = "# A\n\n[b](../README.md#it-is) [c](../src/x.ts) [d](https://e.f) [g](#a)\n\n![p](a.png)\n";
  const { body, place, title } = markdownPage("docs/data.md", text, places);
  assert.is(place, "docs/data.html");
  assert.is(title, "A");
  assert.match(body, '<a href="../index.html#it-is">b</a>');
  assert.match(body, '<span class="file" title="in the repository">c</span>');
  assert.match(body, '<a href="https://e.f">d</a>');
  assert.match(body, '<a href="#a">g</a>');
  assert.match(body, '<img src="../docs/a.png" alt="p">');
});

test("headings have the anchors of code hosts, and second ones a number", () => {
  const text = "# U\n## As `x` said: yes\n## Again\n## Again\n### Deep\n";
  const { body, headings } = markdownPage("README.md", text, places);
  assert.match(body, '<h2 id="as-x-said-yes">');
  assert.equal(headings, [
    { id: "as-x-said-yes", text: "As x said: yes", level: 2 }, { id: "again", text: "Again", level: 2 },
    { id: "again-1", text: "Again", level: 2 },
  ]);
});

test("examples in comments are shown as they stand", () => {
  assert.is(withExamples("Words.\n\n  const a = 1;\n    b();\n\n  c();\n\nMore.\n"),
    "Words.\n\n```\nconst a = 1;\n  b();\n\nc();\n```\n\nMore.\n");
});

test("a link or an anchor that leads nowhere is found, and a large site", () => inTemporaryFolder((folder) => {
  const page = (place: string, body: string): void => {
    writeFileSync(join(folder, place), renderPage({ place, title: "T", body }, []));
  };
  mkdirSync(join(folder, "docs"));
  writeFileSync(join(folder, "site.css"), "");
  page("index.html", '<h2 id="here"></h2><a href="docs/a.html#there">a</a><a href="https://e.f/g">x</a>');
  page("docs/a.html", '<h2 id="there"></h2><a href="../index.html#here">b</a>');
  assert.equal(checkSite(folder, 1e5).faults, []);
  page("docs/a.html", '<h2 id="other"></h2><img src="no.png">');
  const { faults } = checkSite(folder, 100);
  const links = ["docs/a.html: no.png leads nowhere", "index.html: docs/a.html has no #there"];
  assert.equal(faults.slice(0, 2).sort(), links);
  assert.match(faults[2], /bytes, 100 are allowed/);
  return Promise.resolve();
}));

test.run();
