/**
 * Close gives everything back: after many engines, sessions or trainings with helper threads a process is hardly larger
 * than after three.
 *
 * What is measured is the kernel's count for a process of its own. An engine that stays costs what it touched (16 MiB
 * in the script), some MiB of its helper, and 10 GiB of address space; garbage is collected in steps, so a few engines
 * may be there at any moment. The bounds are a quarter of what would be there if all stayed.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";

const script = fileURLToPath(new URL("./open-close-script.js", import.meta.url));
const linux = existsSync("/proc/self/status");

async function growth(what: string, times: number): Promise<Record<"residentMib" | "addressGib" | "threads", number>> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, what, String(times)]);
  return JSON.parse(stdout) as Record<"residentMib" | "addressGib" | "threads", number>;
}

for (const [what, times, touchedMib] of [["engines", 40, 16], ["sessions", 24, 3], ["models", 12, 16]] as const) {
  (linux ? test : test.skip)(`${times} ${what} with two threads, one after the other`, async () => {
    const { residentMib, addressGib, threads } = await growth(what, times);
    assert.ok(residentMib < (times * touchedMib) / 4 + 64, `resident memory grew by ${residentMib.toFixed(0)} MiB`);
    assert.ok(addressGib < (times * 10) / 4, `address space grew by ${addressGib.toFixed(0)} GiB`);
    assert.ok(threads <= 2, `${threads} threads more`);
  });
}

test.run();
