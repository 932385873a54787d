/**
 * npm run goldens -- <folder>: checks every golden file of a folder and prints, per file, the worst absolute error and
 * the worst error relative to max(1, |expected|). Exit code 1 if any file is beyond the tolerance.
 */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { openEngine } from "../src/engine/open.js";
import { checkGolden } from "./golden-checks.js";
import { goldensFolder, loadGolden } from "./support/goldens.js";

const given = process.argv[2];
const folder = given ? pathToFileURL(`${resolve(given)}/`) : goldensFolder();
let names: string[];
try {
  const all = readdirSync(folder).sort();
  names = all.filter((name) => name.endsWith(".json"));
  for (const other of all) if (!names.includes(other)) console.log(`${other} is no .json file and is left out`);
} catch {
  console.error(`no such folder: ${given}`);
  process.exit(1);
}
if (names.length === 0) {
  console.error(`no .json files in ${given}`);
  process.exit(1);
}

let failed = 0;
for (const kernels of ["plain", "auto"] as const) {
  const engine = openEngine({ threads: 1, kernels, memoryBytes: 2 ** 28 });
  const title = kernels === "plain" ? "plain kernels" : "fastest kernels of this machine";
  console.log(`\n${title}`.padEnd(46) + "values   absolute   relative");
  for (const name of names) {
    let line: string;
    const notes = new Set<string>();
    try {
      const results = checkGolden(loadGolden(name.replace(/\.json$/, ""), folder), engine);
      const worst = results.reduce((a, b) => (b.scaled / b.allowed > a.scaled / a.allowed ? b : a));
      const absolute = Math.max(...results.map((r) => r.absolute));
      for (const { what, note } of results) if (note !== undefined) notes.add(`${what}: ${note}`);
      const ok = worst.scaled <= worst.allowed;
      if (!ok) failed++;
      const relative = Math.max(...results.map((r) => r.scaled));
      line = `${String(results.length).padStart(6)}   ${absolute.toExponential(2).padStart(8)}   ` +
        `${relative.toExponential(2).padStart(8)}  ` +
        (ok ? "ok" : `BEYOND ${worst.allowed}: ${worst.what} at [${worst.index}]`);
    } catch (error) {
      failed++;
      line = `NOT CHECKED: ${error instanceof Error ? error.message : String(error)}`;
    }
    console.log(`${name.padEnd(46)}${line}`);
    for (const note of notes) console.log(`  ${note}`);
  }
  engine.close();
}
process.exitCode = failed > 0 ? 1 : 0;
