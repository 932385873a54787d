/**
 * Bundles what the package runs in Node, after the compiler: `node dist/scripts/bundle-node.js`. Finding and reading a
 * module costs Node some .4 ms, whatever is in it, and a session alone is 170 of them; bundled it is a few files.
 *
 *   dist/lib/node/unknot.js, engine.js …      what the package exports, one file a subpath
 *   dist/lib/node/main.js                     the command
 *   dist/lib/node/*-worker.js                 programs of threads and processes
 *   dist/lib/node/*-HASH.js                   what they share, and what is loaded when it is asked for
 *
 * Files that look for another one find it in the same place from here as from the compiler's output: programs beside
 * them, so all files are in one folder; package.json and dist/web from two folders below dist.
 */
import { build } from "esbuild";
import { readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const compiled = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(compiled, "lib", "node");
const PROGRAMS = [
  "cli/main.js", "engine/threads/pool-worker.js", "serve/prepare-worker.js", "sweep/sweep-worker.js",
  "queue/list-worker.js",
];

const { exports } = JSON.parse(readFileSync(join(dirname(compiled), "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
};
/** By the name of the bundled file, the compiler's. */
const entries = [
  ...Object.values(exports).flatMap((entry) => (typeof entry === "object" && entry.default.startsWith("./dist/lib/")
    ? [[basename(entry.default, ".js"), entry.types.replace("./dist/", "").replace(/\.d\.ts$/, ".js")]] : [])),
  ...PROGRAMS.map((program) => [basename(program, ".js"), join("src", program)]),
];

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(entries.map(([name, file]) => [name, join(compiled, file)])), outdir: out,
  bundle: true, splitting: true, format: "esm", platform: "node", target: ["node20"], packages: "external",
  chunkNames: "[name]-[hash]", sourcemap: true, sourcesContent: false, legalComments: "none", charset: "utf8",
  logLevel: "warning",
});
