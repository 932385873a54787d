/**
 * How long a program waits for unknot: fresh processes that import it, load a model and recommend once, on one thread.
 * The package's bundled files (scripts/bundle-node.ts) beside the compiler's, one a module. Both must give the same
 * list. Medians over starts that take turns; times are whole processes, from just before the start.
 *
 *   npm run bench:startup -- --starts 21 --model FOLDER      by default a model of 120 items
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { saveModel } from "../src/model-folder/folder.js";
import { tinyModel } from "../test/pipeline/tiny-model.js";
import { quartiles } from "./harness.js";
import { describeMachine, machineLine } from "./machine.js";

/** What is imported, by name. */
const ENTRIES: Readonly<Record<string, string>> = {
  "bundled, as in the package": new URL("../lib/node/unknot.js", import.meta.url).href,
  "one file a module": new URL("../src/index.js", import.meta.url).href,
};
const PROGRAM = `
const now = () => performance.timeOrigin + performance.now();
const began = now();
const { loadModel, openSession } = await import(process.argv[1]);
const imported = now();
const model = await loadModel(process.argv[2]);
const session = openSession(model, { threads: 1 });
const list = session.recommend(model.items.ids.slice(0, 3), 10);
const first = now();
session.close();
console.log(JSON.stringify({ began, imported, first, list: list.items.map(({ id }) => id) }));
`;

/** Milliseconds. */
interface Start {
  /** Until Node runs the program. */
  readonly node: number;
  readonly importing: number;
  /** From the process's start to the first list. */
  readonly first: number;
  readonly list: string;
}

function start(entry: string, model: string): Start {
  const before = performance.timeOrigin + performance.now();
  const { stdout, stderr } = spawnSync(
    process.execPath, ["--input-type=module", "--eval", PROGRAM, entry, model], { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  const { began, imported, first, list } = JSON.parse(stdout) as Record<"began" | "imported" | "first", number> &
    { list: string[] };
  return { node: began - before, importing: imported - began, first: first - before, list: list.join() };
}

const { values } = parseArgs({ options: { starts: { type: "string", default: "21" }, model: { type: "string" } } });
const folder = mkdtempSync(join(tmpdir(), "unknot-startup-"));
try {
  const model = values.model ?? join(folder, "model");
  if (values.model === undefined) await saveModel(model, await tinyModel());
  const entries = Object.entries(ENTRIES);
  // Once before it counts, so that all files are in the system's cache.
  for (const [, entry] of entries) start(entry, model);
  const starts = Array.from({ length: Number(values.starts) }, () => entries.map(([, entry]) => start(entry, model)));
  if (new Set(starts.flat().map(({ list }) => list)).size !== 1) throw new Error("the lists are not the same");
  console.log(machineLine(describeMachine("fused")));
  console.log(`${"".padEnd(28)}import "unknot"   to the first recommendation   Node alone`);
  entries.forEach(([name], e) => {
    const of = (field: "node" | "importing" | "first"): string =>
      `${quartiles(starts.map((one) => one[e][field])).median.toFixed(0)} ms`;
    const figures = [of("importing").padStart(15), of("first").padStart(30), of("node").padStart(13)];
    console.log(name.padEnd(28) + figures.join(""));
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
