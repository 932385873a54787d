/** A real Redis server for tests, with nothing in it. Without the program they are skipped aloud. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export const redisHere = spawnSync("redis-server", ["--version"]).status === 0;
if (!redisHere) console.log("skipped: no redis-server here (Debian: apt-get install redis-server)");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** @param folder where it may write. */
export async function withRedis<T>(folder: string, use: (address: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const server = spawn("redis-server", [
    "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder,
  ], { stdio: ["ignore", "pipe", "ignore"] });
  let log = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => { log += text; });
  try {
    while (!log.includes("Ready to accept connections")) {
      if (server.exitCode !== null) throw new Error(`redis-server: ${log}`);
      await sleep(20);
    }
    return await use(`redis://127.0.0.1:${port}`);
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}
