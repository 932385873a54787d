/**
 * A program that opens and closes many engines with helper threads, or trains as many models that open their own, and
 * prints how much memory it has grown by: { residentMib, addressGib, threads } as JSON. Linux only.
 */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { openEngine } from "../../src/engine/open.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyModel } from "../pipeline/tiny-model.js";

function reading(): Record<"VmRSS" | "VmSize" | "Threads", number> {
  const status = readFileSync("/proc/self/status", "utf8");
  const of = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)![1]);
  return { VmRSS: of("VmRSS"), VmSize: of("VmSize"), Threads: of("Threads") };
}

/** 16 MiB of every engine's memory are touched. */
async function engineOnce(): Promise<void> {
  using engine = openEngine({ threads: 2 });
  const x = engine.floatsFrom(new Float32Array(2 ** 22).fill(1));
  await engine.ready();
  engine.run("addScaled", x, x, 0.1, 1);
}

const [what, times] = [process.argv[2], Number(process.argv[3])];
const model = what === "sessions" ? await tinyModel() : null;
const once: Record<string, () => Promise<void>> = {
  engines: engineOnce,
  models: async () => { await tinyModel({ threads: 2 }); },
  sessions: async () => {
    using session = openSession(model!, { threads: 2 });
    await session.engine.ready();
    session.recommend([model!.items.ids[0]], 3);
  },
};
for (let i = 0; i < 3; i++) await once[what]();
await wait(200);
const before = reading();
for (let i = 0; i < times; i++) await once[what]();
// Threads end, and what they held goes, in a few turns.
await wait(500);
const after = reading();
console.log(JSON.stringify({
  residentMib: (after.VmRSS - before.VmRSS) / 1024, addressGib: (after.VmSize - before.VmSize) / 2 ** 20,
  threads: after.Threads - before.Threads,
}));
