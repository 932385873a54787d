/**
 * How fast tables are read, and in how much memory: node dist/bench/tables.js --rows 25 --forms csv,csv.gz,parquet
 * (millions of rows; --postgres URL adds a server, in which a table unknot_bench is made and dropped).
 *
 * A form is written once, read by a process of its own, and every form must give the same matrix; the process counts
 * its own processor time and peak memory. Nothing here is random but by the seed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import pg from "pg";
import { Random } from "../src/base/random.js";
import { readDataset } from "../src/data/read-dataset.js";
import { describeMachine, machineLine } from "./machine.js";

interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMib: number;
  /** Of the matrix that came out. */
  readonly digest: string;
}

/** Rows as ml-25m has them: users one after the other, popular items often, half stars, seconds. */
function* ratings(rows: number): Generator<[number, number, number, number]> {
  const random = new Random(1);
  for (let n = 0, user = 1; n < rows; user++) {
    const many = 20 + Math.floor(600 * random.uniform() * random.uniform());
    let time = 1.1e9 + Math.floor(4e8 * random.uniform());
    for (let i = 0; i < many && n < rows; i++, n++) {
      time += Math.floor(99 * random.uniform());
      yield [user, 1 + Math.floor(59_000 * random.uniform() ** 3), 0.5 + Math.floor(10 * random.uniform()) / 2, time];
    }
  }
}

async function writeCsv(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  let text = "userId,movieId,rating,timestamp\n";
  for (const [user, item, rating, time] of ratings(rows)) {
    text += `${user},${item},${rating.toFixed(1)},${time}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await once(out, "finish");
}

function writeParquet(file: string, rows: number): void {
  const columns = [new Int32Array(rows), new Int32Array(rows), new Float64Array(rows), new Int32Array(rows)];
  let n = 0;
  for (const row of ratings(rows)) {
    row.forEach((value, c) => {
      columns[c][n] = value;
    });
    n++;
  }
  const [userId, movieId, rating, timestamp] = columns;
  const column = (name: string, data: Int32Array | Float64Array): { name: string; data: never } =>
    ({ name, data: data as never });
  parquetWriteFile({
    filename: file, rowGroupSize: 500_000,
    columnData: [
      column("userId", userId), column("movieId", movieId), column("rating", rating), column("timestamp", timestamp),
    ],
  });
}

/** A table of its own, filled through one insert of arrays for every 100,000 rows. */
async function fillPostgres(url: string, rows: number): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("create table unknot_bench (user_id int, item_id int, rating real, at bigint)");
  const insert = "insert into unknot_bench select * from unnest($1::int[], $2::int[], $3::real[], $4::bigint[])";
  let columns: number[][] = [[], [], [], []];
  const flush = async (): Promise<void> => {
    await client.query(insert, columns);
    columns = [[], [], [], []];
  };
  for (const row of ratings(rows)) {
    row.forEach((value, c) => columns[c].push(value));
    if (columns[0].length === 100_000) await flush();
  }
  await flush();
  return async () => {
    await client.query("drop table unknot_bench");
    await client.end();
  };
}

/** What a process of its own prints: this file with --read. */
async function read(place: string, query: string | undefined): Promise<void> {
  const begin = performance.now();
  const queries = query === undefined ? {} : { queries: { interactions: query } };
  const { interactions: x } = await readDataset(place, queries);
  const seconds = (performance.now() - begin) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const digest = createHash("sha256").update(x.indptr).update(x.indices).digest("hex");
  const measured: Measured = { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, peakMib: maxRSS / 1024, digest };
  console.log(JSON.stringify(measured));
}

function measure(place: string, query?: string): Measured {
  const args = [process.argv[1], "--read", place, ...query === undefined ? [] : ["--query", query]];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1" }, forms: { type: "string", default: "csv,csv.gz,parquet" },
      postgres: { type: "string" }, read: { type: "string" }, query: { type: "string" },
    },
  });
  if (values.read !== undefined) return read(values.read, values.query);
  const rows = Math.round(1e6 * Number(values.rows));
  const folder = mkdtempSync(join(tmpdir(), "unknot-tables-"));
  console.log(`${machineLine(describeMachine("fused"))}\n${rows} rows`);
  const digests = new Set<string>();
  const show = (form: string, { seconds, cpu, peakMib, digest }: Measured): void => {
    const speed = (rows / seconds / 1e6).toFixed(2);
    console.log(`${form.padEnd(10)} ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor, ${speed} M rows/s, ` +
      `peak ${peakMib.toFixed(0)} MiB`);
    if (digests.add(digest).size > 1) throw new Error(`${form} gave another matrix`);
  };
  try {
    const csv = join(folder, "ratings.csv");
    await writeCsv(csv, rows);
    for (const form of values.forms.split(",")) {
      const file = join(folder, `ratings.${form}`);
      if (form === "csv.gz") await pipeline(createReadStream(csv), createGzip({ level: 1 }), createWriteStream(file));
      if (form === "parquet") writeParquet(file, rows);
      show(form, measure(file));
    }
    if (values.postgres !== undefined) {
      const drop = await fillPostgres(values.postgres, rows);
      show("postgres", measure(values.postgres, "select user_id, item_id, rating from unknot_bench order by ctid"));
      await drop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
