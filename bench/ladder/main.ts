/**
 * npm run ladder [-- product topk sparse] [--size N] [--svg FILE] [--threads N]
 *
 * From the obvious loop to the kernel that the library runs, rung by rung, on this machine: a table, and a picture. A
 * rung is a file of its own beside this one; docs/kernels.md has a paragraph on each.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { arithmeticPeak } from "../calibrate.js";
import { machineLine } from "../machine.js";
import { openWorkbench, type Workbench } from "../workbench.js";
import { climb, turn, type Climb, type Ladder } from "./climb.js";
import { picture } from "./picture.js";
import { productLadder } from "./product/rungs.js";
import { sparseLadder } from "./sparse/rungs.js";
import { table } from "./table.js";
import { topkLadder } from "./topk/rungs.js";

/** 768 is a multiple of every rung's tile, and its matrices (2.3 MB each) leave L2 as a model's do. */
const SIZE = "768";
/** 64 MB: far more than a cache. */
const COPY_FLOATS = 1 << 24;

const LADDERS: Readonly<Record<string, (bench: Workbench, size: number) => Ladder>> = {
  product: (bench, size) => productLadder(bench, size, size, size),
  topk: (bench) => topkLadder(bench, 128, 8192, 32),
  sparse: (bench) => sparseLadder(bench, { batch: 256, neurons: 4096, active: 32, factors: 512 }),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: "string", default: SIZE },
      svg: { type: "string", default: "dist/ladder.svg" },
      threads: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(LADDERS, name));
  if (unknown.length > 0) {
    throw new RangeError(`no ladder is called ${unknown.join(", ")}; there are ${Object.keys(LADDERS).join(", ")}`);
  }
  const bench = openWorkbench({
    quick: false, ...values.threads === undefined ? {} : { threads: Number(values.threads) },
  });
  const machine = machineLine(bench.machine);
  console.log(machine);
  const climbs: Climb[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(LADDERS)) {
    const mark = bench.one.heap.mark();
    const ladder = LADDERS[name](bench, Number(values.size));
    const peak = ladder.unit === "GB/s" ? copies() : (): number => arithmeticPeak(bench.machine.numerics);
    climbs.push(await climb(ladder, peak));
    bench.one.heap.release(mark);
    console.log(`\n${table(climbs[climbs.length - 1])}`);
  }
  bench.all.close();
  mkdirSync(dirname(values.svg), { recursive: true });
  writeFileSync(values.svg, picture(climbs, machine));
  console.log(`\nThe picture: ${values.svg}`);
}

/** A measure of copying in GB/s, read and written bytes both counted. */
function copies(): () => number {
  const from = new Float32Array(COPY_FLOATS).fill(1);
  const to = new Float32Array(COPY_FLOATS).fill(2);
  return () => (8 * COPY_FLOATS) / turn(() => to.set(from), 1) / 1e6;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
