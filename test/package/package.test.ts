/**
 * What a user of the package meets: subpaths with types, in every way that TypeScript resolves them, without ndarray's
 * types or the library "dom"; sources behind the source maps; and documents whose links lead to files of the package.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../support/repository-text.js";
import { withPackedProject } from "./packed.js";

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
  typesVersions: { "*": Record<string, string[]> };
}

const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as Manifest;
const entries = Object.entries(manifest.exports)
  .flatMap(([path, entry]) => (typeof entry === "string" ? [] : [{ path, ...entry }]));
/** Those that a program imports; the worker is a program of its own, and the browser's needs a page's types. */
const imported = entries.map(({ path }) => path.replace(/^\./, "unknot"))
  .filter((name) => name !== "unknot/worker" && name !== "unknot/browser");

test("every subpath has a program and types, also for resolution without exports", () => {
  assert.ok(entries.length >= 13);
  for (const { path, types, default: program } of entries) {
    for (const file of [types, program]) assert.ok(existsSync(join(repository, file)), `${path}: ${file}`);
    if (path !== ".") assert.equal(manifest.typesVersions["*"][path.slice(2)], [types.slice(2)]);
  }
});

test("a project without \"dom\" and without ndarray's types compiles and runs", () => withPackedProject((project) => {
  const { run, write } = project;
  const names = imported.map((name, i) => `import * as entry${i} from "${name}";\nexport { entry${i} };`);
  write("use.ts", `${names.join("\n")}
import { openEngine } from "unknot/engine";
import { constant, view } from "unknot/autograd";
const engine = openEngine({ threads: 1 });
const matrix = view(constant(engine, [1, 2, 3, 4], 2, 2));
const element: number = matrix.get(1, 0);
console.log(element);
`);
  write("page.ts", 'import * as entry from "unknot/browser";\nimport "unknot/worker";\nexport { entry };\n');
  const settings = (module: string, moduleResolution: string, files: string[], lib: string[]): object => ({
    compilerOptions: {
      target: "ES2022", lib, types: lib.length > 1 ? [] : ["node"], module, moduleResolution, strict: true,
      skipLibCheck: false, exactOptionalPropertyTypes: false,
    }, files,
  });
  const tsc = "node_modules/typescript/bin/tsc";
  for (const [module, resolution] of [["esnext", "bundler"], ["nodenext", "nodenext"]]) {
    write("tsconfig.json", JSON.stringify(settings(module, resolution, ["use.ts"], ["ES2023"])));
    run(tsc, "-p", ".");
  }
  write("tsconfig.json", JSON.stringify(settings("esnext", "bundler", ["page.ts"], ["ES2023", "DOM"])));
  run(tsc, "-p", ".", "--noEmit");
  assert.is(run("use.js").trim(), "3");
  checkMaps(project.folder, project.files);
  checkLinks(project.folder, project.files);
}));

/** Debuggers and editors show TypeScript: what a map names is in the package. */
function checkMaps(folder: string, files: readonly string[]): void {
  const maps = files.filter((file) => /^dist\/(src|lib)\/.*\.map$/.test(file));
  assert.ok(maps.length > 300, `${maps.length} maps`);
  const present = new Set(files);
  const missing = maps.filter((file) => {
    const { sources } = JSON.parse(readFileSync(join(folder, "node_modules/unknot", file), "utf8")) as {
      sources: string[];
    };
    return sources.some((source) => !present.has(normalize(join(dirname(file), source))));
  });
  assert.equal(missing, []);
}

function checkLinks(folder: string, files: readonly string[]): void {
  const present = new Set(files.flatMap((file) => [file, dirname(file)]));
  const broken = files.filter((file) => file.endsWith(".md")).flatMap((file) =>
    [...readFileSync(join(folder, "node_modules/unknot", file), "utf8").matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)]
      .map(([, to]) => ({ file, to }))
      .filter(({ to }) => !present.has(normalize(join(dirname(file), to)).replace(/\/$/, ""))));
  assert.equal(broken, []);
}

test.run();
