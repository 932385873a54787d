/**
 * Long runs: the same thing many times over, and whether memory stays where it was. Sessions opened, used and closed;
 * requests of every kind to a service; its model loaded anew. Resident memory is printed after each fifth; it is flat
 * when the last fifth ends within 5 % of the second, since the first fills caches and lets the compiler work.
 *
 *   npm run endurance -- --sessions 10000 --requests 1000000 --reloads 200 --idle 7855
 *
 * Idle helpers end after eleven seconds; here their clock runs a thousand times as fast, so 7,855 rounds of use and
 * idleness are the most that a day has.
 *
 * Node gives pages back late, so garbage is collected before each figure (--expose-gc, which the script sets itself).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildEngine } from "../src/engine/build.js";
import { PiscinaPool } from "../src/engine/threads/piscina-pool.js";
import { loadModel, saveModel } from "../src/model-folder/folder.js";
import { openService } from "../src/serve/open-service.js";
import { startServer } from "../src/serve/server.js";
import { openSession } from "../src/session/open-session.js";
import { tinyModel } from "../test/pipeline/tiny-model.js";

const FIFTHS = 5;
const MOST = 0.05;
/** Requests under way at once. */
const AT_ONCE = 16;

const { values } = parseArgs({ options: {
  sessions: { type: "string", default: "1000" }, requests: { type: "string", default: "50000" },
  reloads: { type: "string", default: "50" }, idle: { type: "string", default: "500" },
} });

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** MiB in memory once garbage is gone. */
async function resident(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  return process.memoryUsage().rss / 2 ** 20;
}

/** Does it `times` times and prints what memory did. */
async function endure(
  what: string, times: number, work: (i: number) => Promise<void> | void, atOnce = 1,
): Promise<void> {
  if (times === 0) return;
  const figures: number[] = [];
  for (let fifth = 0; fifth < FIFTHS; fifth++) {
    let next = Math.floor((times * fifth) / FIFTHS);
    const end = Math.floor((times * (fifth + 1)) / FIFTHS);
    const one = async (): Promise<void> => { while (next < end) await work(next++); };
    await Promise.all(Array.from({ length: atOnce }, one));
    figures.push(await resident());
    console.error(`  ${what}: ${end} of ${times}, ${figures[fifth].toFixed(0)} MiB`);
  }
  const change = figures[FIFTHS - 1] / figures[1] - 1;
  console.log(`${what}, ${times} times: ${figures.map((mib) => mib.toFixed(0)).join(", ")} MiB; ` +
    `from the second fifth on ${(100 * change).toFixed(1)} %${change > MOST ? ", NOT FLAT" : ""}`);
  if (change > MOST) process.exitCode = 1;
}

const folder = await mkdtemp(join(tmpdir(), "unknot-endurance-"));
try {
  const place = join(folder, "model");
  await saveModel(place, await tinyModel());
  const model = await loadModel(place);
  const { ids } = model.items;

  await endure("a session with two threads opened, asked and closed", Number(values.sessions), async (i) => {
    const session = openSession(model, { threads: 2 });
    await session.engine.ready();
    session.recommend([ids[i % ids.length]], 5);
    session.close();
  });

  let pool: PiscinaPool | null = null;
  const engine = buildEngine({
    threads: 2, memoryBytes: 2 ** 26,
    openPool: (options) => pool = new PiscinaPool(options, undefined, { servingMs: 5, threadMs: 10 }),
  });
  const x = engine.floats(100_000);
  await endure("helpers used, left idle until they end, and started anew", Number(values.idle), async () => {
    await engine.ready();
    engine.run("relu", x, x);
    while (pool!.helpers > 0) await new Promise((resolve) => { setTimeout(resolve, 2); });
  });
  engine.close();

  const service = await openService(place);
  const server = await startServer(service, { port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const [tag] = model.tags!.names;
  const kinds: readonly ((i: number) => [path: string, body: object | null])[] = [
    (i) => ["/recommend", { items: [ids[i % ids.length], ids[(7 * i) % ids.length]], n: 10 }],
    (i) => ["/steer", { items: [ids[i % ids.length]], knobs: [{ tag, strength: 0.3 }], n: 10 }],
    (i) => ["/explain", { items: [ids[i % ids.length]], item: ids[(i + 1) % ids.length] }],
    (i) => [`/items?q=${String.fromCharCode(97 + (i % 26))}`, null],
    (i) => [`/neurons/${i % model.shape.neurons}`, null],
    () => ["/recommend", { items: [], n: -1 }],
  ];
  const ask = (i: number): Promise<void> => new Promise((resolve, reject) => {
    const [path, body] = kinds[i % kinds.length](i);
    const sent = request(server.url + path, {
      agent, method: body ? "POST" : "GET", headers: body ? { "content-type": "application/json" } : {},
    }, (answer) => {
      answer.resume().on("end", () => {
        if (answer.statusCode! >= 500) reject(new Error(`${path}: ${answer.statusCode}`));
        else resolve();
      });
    });
    sent.on("error", reject).end(body ? JSON.stringify(body) : undefined);
  });
  await endure("a request", Number(values.requests), ask, AT_ONCE);
  await endure("the model loaded anew", Number(values.reloads), () => service.reload());
  agent.destroy();
  await server.stop();
  service.model.session.close();
} finally {
  await rm(folder, { recursive: true });
}
