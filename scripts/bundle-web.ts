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
import { build, type BuildOptions, type Plugin } from "esbuild";
import { access, copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const compiled = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
const web = join(compiled, "web");
const desk = join(dirname(compiled), "src", "desk");

/** Kernel families that nothing but a training step runs: a page opens finished models, so it loads none of them. */
const TRAINING_ONLY = /kernels[\\/](plain|simd)[\\/](adam|rounded)\.js$/;

const withoutTraining: Plugin = {
  name: "without-training",
  setup({ onLoad }) {
    onLoad({ filter: TRAINING_ONLY }, ({ path }) => {
      const [, way, name] = TRAINING_ONLY.exec(path)!;
      const family = `${way}${name[0].toUpperCase()}${name.slice(1)}`;
      return { contents: `export const ${family} = ${way === "plain" ? "{}" : "null"};` };
    });
  },
};

const bundle = (entry: string, out: string, options: BuildOptions = {}): Promise<unknown> => build({
  entryPoints: [join(compiled, "src", entry)], outfile: join(web, out), bundle: true, minify: true, platform: "browser",
  format: "esm", target: ["es2022"], legalComments: "none", logLevel: "warning", charset: "utf8",
  plugins: [withoutTraining], ...options,
});

await mkdir(web, { recursive: true });
await bundle("browser/index.js", "unknot-browser.js");
// A classic script: workers made of a Blob on a page from disk take no modules everywhere.
await bundle("browser/worker.js", "worker.js", { format: "iife" });
if (await access(join(compiled, "src", "desk", "main.js")).then(() => true, () => false)) {
  await bundle("desk/main.js", "desk.js");
  for (const file of ["index.html", "desk.css"]) await copyFile(join(desk, file), join(web, file));
}
