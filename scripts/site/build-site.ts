/**
 * The project's site: `npm run docs`, or `node dist/scripts/site/build-site.js [FOLDER]` (default dist/site). Static
 * pages that any host serves: README and documents, the reference of public names, pages to learn from, and on the
 * built-in world a report and a desk that work. Every link is checked, and the whole stays below 5 MB.
 *
 *   documents ─ markdown.ts ─┐
 *   doc comments ─ api-reference.ts ─┤─ page.ts ─ FOLDER/…html ─ check-site.ts
 *   learn/*.html, *.ts ─ esbuild ────┘
 *   unknot data world, train, report, export ─ FOLDER/report.html, FOLDER/desk
 */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { apiReference } from "./api-reference.js";
import { checkSite } from "./check-site.js";
import { markdownPage, type Places } from "./markdown.js";
import { renderPage, type Menu, type Page } from "./page.js";

const MOST_BYTES = 5e6;
const SEED = "42";

/** Documents in the order of the menu; all others of docs/ come behind them. */
const GUIDES = ["tutorial", "data", "config", "sessions", "serve", "exchange"];
const INSIDE = ["architecture", "method", "kernels", "meaning", "steering", "backbones", "experiments"];

/** Pages to learn from: text in scripts/site/learn/NAME.html, program in NAME.ts. */
const LEARN = [
  ["click-to-knob", "From a click to a knob"], ["matrix-product", "How a matrix product gets fast"],
] as const;

const compiled = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const root = dirname(compiled);
const say = (text: string): void => { process.stderr.write(`${text}\n`); };

async function main(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  for (const folder of ["docs", "api", "learn"]) mkdirSync(join(out, folder), { recursive: true });
  const inDocs = readdirSync(join(root, "docs"));
  const documents = inDocs.filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`);
  say("the reference of public names …");
  const reference = new Map(Array.from(apiReference(root), ([name, text]) => [`api/${name}.md`, text] as const));
  const texts = new Map([...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...documents].map(
    (file) => [file, readFileSync(join(root, file), "utf8")] as const), ...reference]);
  const places: Places = (file) => {
    if (file === "README.md") return "index.html";
    if (texts.has(file)) return file.replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");
    return /^docs\/.*\.(?:png|svg)$/.test(file) && existsSync(join(root, file)) ? file : null;
  };
  const pages = Array.from(texts, ([file, text]) => markdownPage(file, text, places));
  for (const [name, title] of LEARN) pages.push(learnPage(name, title));
  const menu = menuOf(pages);
  for (const page of pages) writeFileSync(join(out, page.place), renderPage(page, menu));
  for (const file of inDocs.filter((name) => /\.(?:png|svg)$/.test(name))) {
    cpSync(join(root, "docs", file), join(out, "docs", file));
  }
  cpSync(join(root, "scripts", "site", "site.css"), join(out, "site.css"));
  await bundlePrograms(out);
  showTheWorld(out);
  const { faults, bytes, links } = checkSite(out, MOST_BYTES);
  for (const fault of faults) say(fault);
  say(`${out}: ${pages.length} pages, ${links} links, ${(bytes / 1e6).toFixed(2)} MB`);
  if (faults.length > 0) process.exitCode = 1;
}

function learnPage(name: string, title: string): Page {
  const body = readFileSync(join(root, "scripts", "site", "learn", `${name}.html`), "utf8");
  return { place: `learn/${name}.html`, title, body, programs: [`learn/${name}.js`] };
}

function menuOf(pages: readonly Page[]): Menu {
  const titles = new Map(pages.map(({ place, title }) => [place, title]));
  // "Steering: what was measured, and how" is "Steering" here.
  const entry = (place: string): [string, string] => [place, (titles.get(place) ?? place).replace(/: .*/, "")];
  const docs = (names: readonly string[]): [string, string][] => names.map((name) => entry(`docs/${name}.html`));
  const listed = new Set([...GUIDES, ...INSIDE].map((name) => `docs/${name}.html`));
  const others = [...titles.keys()].filter((place) => place.startsWith("docs/") && !listed.has(place)).sort();
  const api = [...titles.keys()].filter((place) => place.startsWith("api/") && place !== "api/index.html").sort();
  return [
    { group: "Learn", pages: [entry("docs/tutorial.html"), ...LEARN.map(([name]) => entry(`learn/${name}.html`))] },
    { group: "See", pages: [["desk/index.html", "The desk, live"], ["report.html", "A report"]] },
    { group: "Use", pages: [...docs(GUIDES.slice(1)), ...others.map(entry)] },
    { group: "Inside", pages: [...docs(INSIDE), entry("CONTRIBUTING.html"), entry("CHANGELOG.html")] },
    { group: "Reference", pages: api.map((place) => [place, place.slice("api/".length, -".html".length)]) },
  ];
}

/** The programs of the pages to learn from, each one file with what it needs of the library. */
async function bundlePrograms(out: string): Promise<void> {
  await build({
    entryPoints: LEARN.map(([name]) => join(compiled, "scripts", "site", "learn", `${name}.js`)),
    outdir: join(out, "learn"), bundle: true, minify: true, platform: "browser", format: "esm", target: ["es2022"],
    legalComments: "none", logLevel: "warning",
  });
}

/** A model of the built-in world, its report and its desk. */
function showTheWorld(out: string): void {
  const folder = mkdtempSync(join(tmpdir(), "unknot-site-"));
  const unknot = (...words: string[]): void => {
    say(`unknot ${words.slice(0, 2).join(" ")} …`);
    execFileSync(process.execPath, [join(compiled, "src", "cli", "main.js"), ...words, "--quiet"], {
      cwd: folder, stdio: ["ignore", "ignore", "inherit"],
    });
  };
  try {
    unknot("data", "world", "small", "--out", "the-world", "--seed", SEED);
    unknot("train", "--data", "the-world", "--out", "model", "--seed", SEED);
    unknot("report", "model", "--out", join(out, "report.html"));
    unknot("export", "--web", "model", join(out, "desk"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main(resolve(process.argv[2] ?? join(compiled, "site")));
