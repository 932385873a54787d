/**
 * The full kill test: 20 kills (or as many as given) at random points of small training runs, ELSA and SAE in turn;
 * every resumed run must end with the bytes of one that was left alone. Exits with 1 if any does not.
 *
 *   node dist/bench/kill-test.js [kills] [seed]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../src/base/random.js";
import { killAndResume, resultOf, run, type RunKind } from "../test/support/kill-and-resume.js";

const [kills = 20, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "unknot-kill-test-"));
try {
  const random = new Random(seed);
  const shares: [RunKind, number][] = [["elsa", Math.ceil(kills / 2)], ["sae", Math.floor(kills / 2)]];
  for (const [kind, share] of shares) {
    await run(kind, folder, kind, null);
    const { killed, finished, same } = await killAndResume(kind, folder, resultOf(folder, kind), share, random);
    const verdict = same ? "all bit-identical" : "RESULTS DIFFER";
    console.log(`${kind}: ${killed} kills, ${finished} runs finished, ${verdict}`);
    if (!same) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
