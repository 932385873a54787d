/**
 * How long a large table of ratings takes to read, and what it takes of memory: a generated one, of which everything is
 * kept, in a process of its own.
 *
 *   node dist/bench/read-csv.js [--rows 25e6] [--users 160000] [--items 40000] [--file PLACE]
 *
 * The file (24 bytes a row or so) is written first where it is not there yet, and stays. Figures: docs/scale.md.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readDataset } from "../src/data/read-dataset.js";
import { generateWorld } from "../src/data/world/world.js";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "25e6" }, users: { type: "string", default: "160000" },
    items: { type: "string", default: "40000" }, file: { type: "string" }, read: { type: "boolean", default: false },
  },
});
const [rows, users, items] = [options.rows, options.users, options.items].map(Number);
const file = options.file ?? join(tmpdir(), `unknot-ratings-${rows}-${users}-${items}.csv`);
/** Bytes that are written at once. */
const PIECE = 2 ** 24;

if (options.read) await read();
else {
  if (!existsSync(file)) await write();
  const { status } = spawnSync(
    process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2), "--read"],
    { stdio: "inherit" },
  );
  process.exitCode = status ?? 1;
}

async function read(): Promise<void> {
  const began = performance.now();
  const { interactions } = await readDataset(file);
  const { user, system } = process.cpuUsage();
  console.log(
    `${interactions.indices.length} interactions of ${interactions.rows} users and ${interactions.cols} items: ` +
    `${((performance.now() - began) / 1000).toFixed(1)} s, processor ${((user + system) / 1e6).toFixed(1)} s, ` +
    `peak ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GiB`,
  );
}

/** Users in turn, as ratings are published; written beside its place and renamed. */
async function write(): Promise<void> {
  const { dataset: { interactions: { indptr, indices } } } = generateWorld({
    users, items, meanInteractions: rows / users, concepts: 300, activitySpread: 0.8, popularityExponent: 0.8,
    tagRate: 0,
  });
  const handle = await open(`${file}.part`, "w");
  const piece = Buffer.alloc(PIECE);
  let at = piece.write("userId,movieId,rating,timestamp\n");
  for (let u = 0; u < users; u++) {
    for (let q = indptr[u]; q < indptr[u + 1]; q++) {
      at += piece.write(`${u + 1},${indices[q] + 1},5.0,${1_000_000_000 + q}\n`, at, "latin1");
      if (at < PIECE - 100) continue;
      await handle.write(piece, 0, at);
      at = 0;
    }
  }
  await handle.write(piece, 0, at);
  await handle.close();
  await rename(`${file}.part`, file);
}
