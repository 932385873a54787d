/**
 * npm run bench [-- words] [--quick] [--json FILE] [--compare FILE] [--threads N] [--numerics fused|portable]
 *   [--nodes 20,22,24]
 *
 * Words select suites and cases: only those whose name contains one of them are made and timed. With
 * --nodes the same is run on each of these versions of Node, which npm brings, and shown side by side.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measurePeaks, peaksLine } from "./calibrate.js";
import { runCase, type Run } from "./harness.js";
import { adam } from "./kernels/adam.js";
import { csr } from "./kernels/csr.js";
import { matmul } from "./kernels/matmul.js";
import { matvec } from "./kernels/matvec.js";
import { rank } from "./kernels/rank.js";
import { refineCodes } from "./kernels/refine-codes.js";
import { rows } from "./kernels/rows.js";
import { softmax } from "./kernels/softmax.js";
import { threshold } from "./kernels/threshold.js";
import { topk } from "./kernels/topk.js";
import { machineLine } from "./machine.js";
import { benchOnNodes } from "./nodes.js";
import { caseLines, comparison, header } from "./report.js";
import { steps } from "./steps.js";
import { threads } from "./threads.js";
import { openWorkbench } from "./workbench.js";

const SUITES = [matmul, csr, topk, adam, rows, softmax, threshold, rank, refineCodes, matvec, threads, steps];

async function main(): Promise<void> {
  const { values, positionals: words } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      compare: { type: "string" },
      threads: { type: "string" },
      numerics: { type: "string", default: "fused" },
      nodes: { type: "string" },
    },
  });
  if (values.nodes !== undefined) {
    const { nodes, quick, threads, numerics } = values;
    const args = [...words, "--numerics", numerics];
    if (quick) args.push("--quick");
    if (threads !== undefined) args.push("--threads", threads);
    console.log(`\n${benchOnNodes(nodes.split(","), args)}`);
    return;
  }
  if (values.numerics !== "fused" && values.numerics !== "portable") {
    throw new RangeError(`--numerics is "fused" or "portable", not "${values.numerics}"`);
  }
  const earlier = values.compare === undefined ? null : JSON.parse(readFileSync(values.compare, "utf8")) as Run;
  const bench = openWorkbench({
    quick: values.quick, numerics: values.numerics,
    ...values.threads === undefined ? {} : { threads: Number(values.threads) },
  });
  console.log(machineLine(bench.machine));
  const peaks = await measurePeaks(bench.threads);
  console.log(peaksLine(peaks));
  if (values.quick) console.log("Quick look: few samples.");
  console.log(`Rates in bytes are compared with the copy.\n\n${header()}`);

  const run: Run = { machine: bench.machine, peaks, quick: values.quick, results: [] };
  const wanted = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));
  for (const suite of SUITES) {
    const whole = wanted(suite.name);
    for (const one of suite.cases(bench)) {
      if (!whole && !wanted(one.name)) continue;
      const base = bench.one.heap.mark();
      const results = await runCase(one, peaks, bench.machine, { quick: bench.quick, ready: () => bench.all.ready() });
      bench.one.heap.release(base);
      run.results.push(...results);
      console.log(caseLines(results));
    }
  }
  bench.all.close();
  if (run.results.length === 0) {
    const names = SUITES.map((suite) => suite.name).join(", ");
    throw new RangeError(`nothing is called ${words.join(" or ")}; the suites are ${names}`);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(run, null, 1)}\n`);
  if (earlier) console.log(`\n${comparison(run, earlier)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
