/** Downloads against a local server: resume, checksums, refusals, servers that cannot resume, caching. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { access, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { download } from "../../src/files/download.js";
import { defaultCacheFolder, fetchDataset } from "../../src/data/public/fetch-dataset.js";
import { readDataset } from "../../src/data/read-dataset.js";
import { messageOf, withFolder } from "./temporary-folder.js";
import { zipOf } from "../files/zip-writer.js";

interface Behaviour {
  /** Break the connection after so many bytes of the body, this many times. */
  breakAfter?: number;
  breaks?: number;
  /** Ignore Range, as simple servers do. */
  noRange?: boolean;
  /** Send no ETag. */
  noTag?: boolean;
  status?: number;
  /** Say nothing after so many bytes, once. */
  stallAfter?: number;
}

interface Local {
  url: string;
  /** "path range" of each request. */
  requests: string[];
  behaviour: Behaviour;
  files: Record<string, Buffer>;
}

async function withServer(
  files: Record<string, Buffer>, use: (local: Local, folder: string) => Promise<void>,
): Promise<void> {
  const local: Local = { url: "", requests: [], behaviour: {}, files };
  const server = createServer((request, response) => answer(local, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  local.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await withFolder({}, (folder) => use(local, folder));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function answer(local: Local, request: IncomingMessage, response: ServerResponse): void {
  const { behaviour: b } = local;
  const path = request.url ?? "/";
  local.requests.push(`${path} ${request.headers.range ?? "all"}`);
  const body = local.files[path.slice(1)];
  if (b.status !== undefined || !body) {
    response.writeHead(b.status ?? 404);
    response.end("no");
    return;
  }
  const tag = `"${createHash("sha1").update(body).digest("hex")}"`;
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const same = request.headers["if-range"] === undefined || request.headers["if-range"] === tag;
  const begin = asked && same && !b.noRange ? Number(asked[1]) : 0;
  if (begin > 0 && begin >= body.length) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` });
    response.end();
    return;
  }
  const rest = body.subarray(begin);
  response.writeHead(begin > 0 ? 206 : 200, {
    "content-length": rest.length,
    ...(b.noTag ? {} : { etag: tag }),
    ...(begin > 0 ? { "content-range": `bytes ${begin}-${body.length - 1}/${body.length}` } : {}),
  });
  if (b.breakAfter !== undefined && (b.breaks ?? 1) > 0 && rest.length > b.breakAfter) {
    b.breaks = (b.breaks ?? 1) - 1;
    response.write(rest.subarray(0, b.breakAfter), () => setTimeout(() => response.destroy(), 20));
  } else if (b.stallAfter !== undefined) {
    response.write(rest.subarray(0, b.stallAfter));
    b.stallAfter = undefined;
  } else {
    response.end(rest);
  }
}

const content = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 256));
const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");
const quick = { retryDelay: 1 };

test("a whole file, with progress, and nothing beside it", () => withServer({ f: content }, async (local, folder) => {
  const progress: number[][] = [];
  const file = join(folder, "f");
  await download(`${local.url}/f`, file, { md5: md5(content), onProgress: (got, all) => progress.push([got, all]) });
  assert.ok(content.equals(await readFile(file)));
  assert.equal(progress.at(-1), [400_000, 400_000]);
  assert.ok(progress.every(([got], i) => i === 0 || got > progress[i - 1][0]));
  assert.equal(await readdir(folder), ["f"]);
}));

for (const noTag of [false, true]) {
  test(`a broken connection is taken up where it stopped (${noTag ? "no" : "with"} ETag)`, () =>
    withServer({ f: content }, async (local, folder) => {
      local.behaviour = { breakAfter: 150_000, breaks: 2, noTag };
      await download(`${local.url}/f`, join(folder, "f"), { ...quick, md5: md5(content) });
      assert.ok(content.equals(await readFile(join(folder, "f"))));
      assert.is(local.requests.length, 3);
      assert.is(local.requests[0], "/f all");
      assert.ok(local.requests.slice(1).every((request) => /bytes=[1-9]\d*-/.test(request)), local.requests.join());
    }));
}

test("a later call resumes what an earlier one left", () => withServer({ f: content }, async (local, folder) => {
  local.behaviour = { breakAfter: 100_000, breaks: 1 };
  const message = await messageOf(() => download(`${local.url}/f`, join(folder, "f"), { ...quick, retries: 0 }));
  assert.match(message, /\/f: the connection broke .*1 attempts, \d+ bytes kept; run again to resume/);
  assert.equal((await readdir(folder)).sort(), ["f.part", "f.part.tag"]);
  await download(`${local.url}/f`, join(folder, "f"), quick);
  assert.ok(content.equals(await readFile(join(folder, "f"))));
  assert.match(local.requests[1], /bytes=[1-9]/);
}));

test("a server without Range, or with another file by now, starts over", () =>
  withServer({ f: content }, async (local, folder) => {
    local.behaviour = { breakAfter: 100_000, breaks: 1, noRange: true };
    await download(`${local.url}/f`, join(folder, "f"), quick);
    assert.ok(content.equals(await readFile(join(folder, "f"))));

    local.behaviour = { breakAfter: 100_000, breaks: 1 };
    await messageOf(() => download(`${local.url}/f`, join(folder, "g"), { ...quick, retries: 0 }));
    const changed = Buffer.from(content).reverse();
    local.files.f = changed;
    await download(`${local.url}/f`, join(folder, "g"), quick);
    assert.ok(changed.equals(await readFile(join(folder, "g"))));
  }));

test("a part that is already whole needs no more bytes", () => withServer({ f: content }, async (local, folder) => {
  await writeFile(join(folder, "f.part"), content);
  await download(`${local.url}/f`, join(folder, "f"), quick);
  assert.ok(content.equals(await readFile(join(folder, "f"))));
  assert.is(local.requests.length, 1);
}));

test("a wrong checksum is refused and the file deleted", () => withServer({ f: content }, async (local, folder) => {
  const message = await messageOf(() => download(`${local.url}/f`, join(folder, "f"), { md5: "0".repeat(32) }));
  assert.match(message, /wrong checksum: MD5 [0-9a-f]{32}, the publisher states 0{32}/);
  assert.equal(await readdir(folder), []);
}));

test("a folder that is not there", () => withServer({ f: content }, async (local, folder) => {
  const message = await messageOf(() => download(`${local.url}/f`, join(folder, "nowhere", "f"), quick));
  assert.match(message, /f\.part: cannot be written \(ENOENT\)/);
}));

test("refusals and dead servers", () => withServer({}, async (local, folder) => {
  const twice = { ...quick, retries: 1 };
  const get = (): Promise<string> => messageOf(() => download(`${local.url}/f`, join(folder, "f"), twice));
  assert.match(await get(), /\/f: the server answered 404 Not Found; the publisher may have moved the file/);
  assert.is(local.requests.length, 1, "a refusal is not tried again");
  local.behaviour = { status: 503 };
  assert.match(await get(), /the server answered 503 Service Unavailable \(2 attempts/);
  const dead = "http://127.0.0.1:1/f";
  assert.match(await messageOf(() => download(dead, join(folder, "f"), twice)), /127\.0\.0\.1:1\/f: .*\(2 attempts/);
  assert.equal((await readdir(folder)).filter((name) => name === "f"), []);
}));

test("a stalled connection counts as broken; a stop keeps what there is", () =>
  withServer({ f: content }, async (local, folder) => {
    local.behaviour = { stallAfter: 50_000 };
    await download(`${local.url}/f`, join(folder, "f"), { ...quick, stallTime: 150 });
    assert.ok(content.equals(await readFile(join(folder, "f"))));

    const stop = new AbortController();
    local.behaviour = { stallAfter: 50_000 };
    const stopped = messageOf(() => download(`${local.url}/f`, join(folder, "g"), {
      ...quick, signal: stop.signal, onProgress: () => stop.abort(),
    }));
    assert.match(await stopped, /stopped after [1-9]\d* bytes; run again to resume/);
    assert.equal((await readdir(folder)).sort(), ["f", "g.part", "g.part.tag"]);
  }));

const ratings = "1::10::5::0\n1::20::4::0\n2::10::5::0\n2::20::5::0\n";
const archive = zipOf([
  { name: "ml-1m/ratings.dat", content: Buffer.from(ratings) },
  { name: "ml-1m/movies.dat", content: Buffer.from("10::A::Drama\n20::B::Comedy\n") },
]);

test("a MovieLens set: archive and checksum, unpacked, readable, cached", () => withServer(
  { "ml-1m.zip": archive, "ml-1m.zip.md5": Buffer.from(`MD5 (ml-1m.zip) = ${md5(archive)}\n`) },
  async (local, folder) => {
    const options = { cacheFolder: join(folder, "cache"), baseUrl: `${local.url}/` };
    const got = await fetchDataset("ml-1m", options);
    assert.is(got, join(folder, "cache", "ml-1m"));
    assert.equal(await readdir(join(folder, "cache")), ["ml-1m"]);
    const data = await readDataset(got, { minUserInteractions: 1 });
    assert.equal([data.name, ...data.itemTitles], ["ml-1m", "A", "B"]);
    const before = local.requests.length;
    assert.is(await fetchDataset("ml-1m", options), got);
    assert.is(local.requests.length, before, "the second time comes from the cache");
  },
));

test("a set whose checksum or archive is wrong never appears", () => withServer(
  { "ml-1m.zip": archive, "ml-1m.zip.md5": Buffer.from(`${"0".repeat(32)}  ml-1m.zip\n`) },
  async (local, folder) => {
    const options = { cacheFolder: folder, baseUrl: local.url, ...quick };
    assert.match(await messageOf(() => fetchDataset("ml-1m", options)), /wrong checksum/);
    delete local.files["ml-1m.zip.md5"];
    local.files["ml-1m.zip"] = archive.subarray(0, archive.length - 30);
    assert.match(await messageOf(() => fetchDataset("ml-1m", options)), /no ZIP archive, or cut off/);
    await access(join(folder, "ml-1m")).then(() => assert.unreachable("a damaged set appeared"), () => {});
    local.files["ml-1m.zip"] = archive;
    assert.is(await fetchDataset("ml-1m", options), join(folder, "ml-1m"));
  },
));

test("Goodbooks: plain files; an interrupted set goes on with what is missing", () => withServer(
  { "ratings.csv": Buffer.from("r"), "books.csv": Buffer.from("b"), "book_tags.csv": Buffer.from("bt") },
  async (local, folder) => {
    const options = { cacheFolder: folder, baseUrl: local.url, ...quick };
    assert.match(await messageOf(() => fetchDataset("goodbooks-10k", options)), /\/tags\.csv: the server answered 404/);
    assert.equal(await readdir(folder), ["goodbooks-10k.part"]);
    local.files["tags.csv"] = Buffer.from("t");
    local.requests.length = 0;
    const got = await fetchDataset("goodbooks-10k", options);
    assert.equal(local.requests, ["/tags.csv all"]);
    assert.equal((await readdir(got)).sort(), ["book_tags.csv", "books.csv", "ratings.csv", "tags.csv"]);
  },
));

test("unknown names; a cache folder that cannot be made", () => withFolder({ file: "x" }, async (folder) => {
  assert.match(await messageOf(() => fetchDataset("netflix")), /unknown data set "netflix", expected one of ml-latest/);
  const options = { cacheFolder: join(folder, "file", "cache"), baseUrl: "http://127.0.0.1:1" };
  assert.match(await messageOf(() => fetchDataset("ml-1m", options)), /the cache folder cannot be made/);
}));

test("the cache folder follows XDG_CACHE_HOME", () => {
  const before = process.env.XDG_CACHE_HOME;
  try {
    process.env.XDG_CACHE_HOME = join("/somewhere", "else");
    assert.is(defaultCacheFolder(), join("/somewhere", "else", "unknot", "data"));
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  }
});

test.run();
