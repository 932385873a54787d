/** The nginx configuration of docs/serve.md, run by nginx itself in front of two services. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ask, model, withService } from "./at-work.js";

function nginxAtHand(): boolean {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The block of the document, with these ports in place of its own. */
function configuration(folder: string, listen: number, services: readonly number[]): string {
  const text = readFileSync(new URL("../../../docs/serve.md", import.meta.url), "utf8");
  const block = /```nginx\n([^]*?)```/.exec(text)![1]
    .replace("127.0.0.1:8081", `127.0.0.1:${services[0]}`).replace("127.0.0.1:8082", `127.0.0.1:${services[1]}`)
    .replace("listen 80;", `listen 127.0.0.1:${listen};`);
  const own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`);
  return `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { access_log off; limit_req_zone $binary_remote_addr zone=callers:10m rate=20r/s; ${own.join(" ")}
${block} }`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const here = nginxAtHand();
if (!here) console.log("SKIPPED: no nginx on this machine (Debian: apt-get install nginx-light)");

(here ? test : test.skip)("two services behind nginx answer as one, and administration stays inside", () =>
  withService((one) => withService(async (two) => {
    const folder = mkdtempSync(join(tmpdir(), "unknot-nginx-"));
    const listen = await freePort();
    const ports = [one, two].map(({ url }) => Number(new URL(url).port));
    writeFileSync(join(folder, "nginx.conf"), configuration(folder, listen, ports));
    const nginx = spawn(
      "nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], { stdio: "ignore" },
    );
    try {
      const front = `http://127.0.0.1:${listen}`;
      const healthy = (): Promise<boolean> => fetch(`${front}/health`).then(({ ok }) => ok, () => false);
      for (let tries = 0; tries < 50 && !await healthy(); tries++) await wait(100);
      const body = { items: model.items.ids.slice(0, 3), n: 5 };
      const direct = await one.ask("/recommend", body);
      for (let i = 0; i < 10; i++) {
        const answer = await ask(`${front}/recommend`, body);
        assert.is(answer.status, 200, answer.text);
        assert.is(answer.text, direct.text);
      }
      const named = await ask(`${front}/about`, undefined, { headers: { host: "api.shop.example" } });
      assert.is(named.status, 200, "the proxy says which name it asks by");
      assert.is((await ask(`${front}/admin/reload`, {})).status, 403);
      for (const { service } of [one, two]) {
        assert.match(service.metrics.render({}), /route="\/recommend"/, "each had its share");
      }
    } finally {
      const ended = new Promise((resolve) => nginx.on("close", resolve));
      nginx.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  })));

test.run();
