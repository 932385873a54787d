/**
 * Interactions, titles and tags out of a real PostgreSQL server, which the test starts in a temporary folder (Debian's
 * postgresql). Skipped aloud where there is none.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { readDataset } from "../../src/data/read-dataset.js";
import { messageOf } from "./temporary-folder.js";

/** The folder of the server's programs; null when they are not installed. */
function programs(): string | null {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(base, version, "bin")).find((bin) => existsSync(join(bin, "initdb"))) ?? null;
}

const bin = programs();
if (!bin) console.log("skipped: PostgreSQL is not installed here (apt-get install postgresql)");
const when = bin ? test : test.skip;

let folder = "";
let server: ChildProcess | null = null;
let url = "";

/** PostgreSQL refuses to run as root: its own user, whom the package makes, runs it then. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

async function connected(): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((again) => {
        setTimeout(again, 100);
      });
    }
  }
}

test.before(async () => {
  if (!bin) return;
  const as = owner();
  folder = mkdtempSync(join(tmpdir(), "unknot-pg-"));
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid!);
  const data = join(folder, "data");
  const settings = ["-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"];
  const made = spawnSync(join(bin, "initdb"), settings, { ...as, cwd: folder, encoding: "utf8" });
  assert.is(made.status, 0, made.stderr);
  // A socket in the folder and no port: nothing of the machine is taken.
  const listen = ["-D", data, "-k", folder, "-h", "", "-F"];
  server = spawn(join(bin, "postgres"), listen, { ...as, cwd: folder, stdio: "ignore" });
  url = `postgres://shop:secret@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const client = await connected();
  await client.query(`
    create table events (customer bigint, product text, stars numeric, at timestamptz default now());
    insert into events select 9007199254740993 + u, 'p' || i, case when (u + i) % 3 = 0 then 5 else 2.5 end
      from generate_series(0, 299) u, generate_series(1, 99) i;
    create table products (id text, title text, tags text[]);
    insert into products select 'p' || i, 'Product ' || i,
      array['thing', case when i % 2 = 0 then 'even, "so"' else 'odd' end]
      from generate_series(1, 99) i`);
  await client.end();
});

test.after(() => {
  server?.kill("SIGINT");
  if (folder !== "") rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const options = {
  minUserInteractions: 1,
  queries: {
    interactions: "select customer as user_id, product as item_id, stars as rating from events order by 1, 2;",
    titles: "select id, title, tags as genres from products",
  },
};

when("queries give interactions, titles and lists of tags; more rows than one fetch", async () => {
  const dataset = await readDataset(url, options);
  const { rows, cols, indices } = dataset.interactions;
  assert.equal([rows, cols, indices.length], [300, 99, 9900]);
  assert.is(dataset.userIds[0], "9007199254740993");
  assert.is(new Set(dataset.userIds).size, 300, "ids beyond 2⁵³ keep their last digit");
  assert.is(dataset.itemTitles[0], `Product ${dataset.itemIds[0].slice(1)}`);
  assert.equal([...dataset.tags!.names].sort(), ["even, \"so\"", "odd", "thing"]);
  assert.is(csrRow(dataset.interactions, 0).length, 33);
  const told = dataset.notes.join("\n");
  assert.match(told, /PostgreSQL.*\n.*named columns: column 1 "user_id" = user, 2 "item_id" = item/);
});

when("the password is in no note and in no message", async () => {
  const { notes, name, understood } = await readDataset(url, options);
  assert.not.match(notes.join("\n") + name + JSON.stringify(understood), /secret/);
  assert.is(name, "postgres");
  for (const queries of [{ interactions: "select nothing from events" }, { interactions: "selec" }, {}]) {
    assert.not.match(await messageOf(() => readDataset(url, { queries })), /secret/);
  }
});

when("mistakes are named: no query, a query that fails, no server, a query that writes", async () => {
  const asked = (interactions: string, at = url): Promise<string> =>
    messageOf(() => readDataset(at, { queries: { interactions } }));
  assert.match(await messageOf(() => readDataset(url)), /expected to be told what to read: --query/);
  assert.match(await asked("select nothing from events"), /the query failed: column "nothing" does not exist/);
  const nowhere = `postgres://shop@localhost/postgres?host=${encodeURIComponent(join(folder, "not"))}`;
  assert.match(await asked("select 1", nowhere), /there is no server/);
  assert.match(await asked("select 1; drop table events"), /the query failed/);
  assert.match(await asked("select customer, product from events where false"), /missing column|no interactions/);
  assert.is((await readDataset(url, options)).interactions.rows, 300, "nothing was written");
});

test.run();
