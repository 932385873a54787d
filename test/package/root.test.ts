/** The root of the package: few names, those of a whole use, and little to load before the first recommendation. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../support/repository-text.js";

const VALUES = [
  "UserError", "enableRelaxedSimd", "evaluateModel", "exportWeb", "loadModel", "openSession", "presets", "readDataset",
  "saveModel", "splitDataset", "trainModel",
];
const TYPES = [
  "Config", "Dataset", "ExplainedItem", "ExportWebOptions", "KnobRequest", "ListedItem", "Model", "ModelSummary",
  "NeuronReport", "ReadOptions", "Segment", "Session", "SessionOptions", "Split", "SteeredLists", "TagReport",
  "TrainOptions", "UserReport", "WebExportSummary",
];

test("the root exports these names and no others", async () => {
  assert.equal(Object.keys(await import("../../src/index.js")).sort(), VALUES);
  const source = readFileSync(join(repository, "src/index.ts"), "utf8");
  const lists = [...source.matchAll(/^export (type )?\{([^}]*)\}/gm)];
  const types = lists.flatMap(([, all, names]) => names.split(",").map((name) => name.trim())
    .filter((name) => name !== "" && (all !== undefined || name.startsWith("type ")))
    .map((name) => name.replace(/^type /, "")));
  assert.equal(types.sort(), TYPES);
  assert.ok(VALUES.length + TYPES.length <= 30);
});

/** Prints the URL of every module that is loaded with "unknot". */
const LOADED = `
import { register } from "node:module";
const { port1, port2 } = new MessageChannel();
const seen = [];
port1.on("message", (url) => seen.push(url));
register("data:text/javascript," + encodeURIComponent(\`
  let port;
  export const initialize = (data) => { port = data; };
  export async function load(url, context, next) { port.postMessage(url); return next(url, context); }
\`), { data: port2, transferList: [port2] });
await import(ENTRY);
await new Promise((resolve) => setTimeout(resolve, 50));
port1.close();
console.log(JSON.stringify(seen));
`;

/** Files of the compiler's output that a program loads, from dist on. */
function loadedWith(entry: string): string[] {
  const { href } = new URL(`../../${entry}`, import.meta.url);
  const { stdout, stderr } = spawnSync(
    process.execPath, ["--input-type=module", "--eval", LOADED.replace("ENTRY", JSON.stringify(href))],
    { encoding: "utf8" },
  );
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const files = (JSON.parse(stdout || "[]") as string[]).filter((url) => url.startsWith("file:"))
    .map((url) => fileURLToPath(url).replace(root, "").replaceAll("\\", "/"));
  assert.ok(files.includes(entry), stderr);
  return files;
}

test("importing it loads what a session needs: no data readers, training, reports, sweeps, pools of threads", () => {
  const files = loadedWith("src/index.js");
  assert.ok(files.includes("src/session/session.js"));
  const needless = /^src\/(files|train|pipeline|export|report|sweep|serve|cli|browser|desk|entries)\/|node_modules/;
  assert.equal(files.filter((file) => needless.test(file)), []);
  assert.ok(files.length < 210, `${files.length} files`);
});

test("as the package has it, it is bundled into fewer files", () => {
  const files = loadedWith("lib/node/unknot.js");
  assert.equal(files.filter((file) => !file.startsWith("lib/node/")), []);
  assert.ok(files.length < 60, `${files.length} files`);
});

test.run();
