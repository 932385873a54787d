/**
 * Bundles what runs in browsers, after the compiler: `node dist/scripts/bundle-web.js [FOLDER]`, FOLDER being the
 * compiler's output, by default the one this file is in.
 *
 *   FOLDER/web/unknot-browser.js   the library (src/browser), one file without imports
 *   FOLDER/web/worker.js           the worker that computes for a page
 *   FOLDER/web/desk.js …           the desk: its program, and from src/desk its page and style
 *
 * It takes compiled files, so that the compiler alone decides what is right, and a fraction of a second.
 */
import { build, type BuildOptions } from "esbuild";
import { access, copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const compiled = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
const web = join(compiled, "web");
const desk = join(dirname(compiled), "src", "desk");

const bundle = (entry: string, out: string, options: BuildOptions = {}): Promise<unknown> => build({
  entryPoints: [join(compiled, "src", entry)], outfile: join(web, out), bundle: true, minify: true, platform: "browser",
  format: "esm", target: ["es2022"], legalComments: "none", logLevel: "warning", charset: "utf8", ...options,
});

await mkdir(web, { recursive: true });
await bundle("browser/index.js", "unknot-browser.js");
// A classic script: workers made of a Blob on a page from disk take no modules everywhere.
await bundle("browser/worker.js", "worker.js", { format: "iife" });
if (await access(join(compiled, "src", "desk", "main.js")).then(() => true, () => false)) {
  await bundle("desk/main.js", "desk.js");
  for (const file of ["index.html", "desk.css"]) await copyFile(join(desk, file), join(web, file));
}
