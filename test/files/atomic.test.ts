/** Outputs appear complete or not at all, whatever stands at their place, and whoever else writes there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readSettled, writeAtomically, writeFolderAtomically, type FileContent } from "../../src/files/atomic.js";
import { lockOutput } from "../../src/files/lock.js";
import { checkFile, checkFolder } from "../../src/files/place.js";
import { messageOf, withFolder } from "../data/temporary-folder.js";
import { bind, mayMount, mount, unmount } from "./mounts.js";

const ATOMIC = JSON.stringify(new URL("../../src/files/atomic.js", import.meta.url).href);
const PLACE = JSON.stringify(new URL("../../src/files/place.js", import.meta.url).href);
const LOCK = JSON.stringify(new URL("../../src/files/lock.js", import.meta.url).href);

/** Another process that runs the script as a module; what it prints can be read. */
function program(script: string, cwd?: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ["--input-type=module", "-e", script], { cwd, stdio: ["ignore", "pipe", "inherit"] });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const site = (text: string): FileContent[] => [
  { name: "index.html", pieces: [bytes(text), bytes("!")] }, { name: "model/weights", pieces: text },
];
const NAMES = ["index.html", "model/weights"];

/** The folder's files, as text; nothing of a writer's own may be among them. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(names.filter((entry) => entry.isFile()).map((entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(folder.length + 1), readFileSync(file, "utf8")] as const;
  }).sort());
}

const written = (text: string): Record<string, string> => ({ "index.html": `${text}!`, "model/weights": text });

test("a file from a text, from pieces, from a stream; the one before under another name", () =>
  withFolder({}, async (folder) => {
    const file = join(folder, "x");
    await writeAtomically(file, "text ü");
    assert.is(readFileSync(file, "utf8"), "text ü");
    await writeAtomically(file, [bytes("a"), bytes("b")], `${file}.before`);
    assert.equal(contentOf(folder), { x: "ab", "x.before": "text ü" });
    await writeAtomically(file, (async function* () {
      for (const piece of ["c", "d"]) yield await Promise.resolve(bytes(piece));
    })(), `${file}.before`);
    assert.equal(contentOf(folder), { x: "cd", "x.before": "ab" });
  }));

test("a stream that fails leaves the earlier file, and nothing else", () => withFolder({ x: "old" }, async (folder) => {
  const failing = (function* () {
    yield bytes("half");
    throw new Error("no more");
  })();
  assert.match(await messageOf(() => writeAtomically(join(folder, "x"), failing)), /x: cannot be written: no more/);
  assert.equal(contentOf(folder), { x: "old" });
}));

test("a folder takes the place of an earlier one as a whole", () => withFolder({}, async (folder) => {
  const place = join(folder, "deep", "site");
  await writeFolderAtomically(place, site("one"));
  assert.equal(contentOf(folder), { "deep/site/index.html": "one!", "deep/site/model/weights": "one" });
  writeFileSync(join(place, "model", "of before"), "");
  await writeFolderAtomically(place, site("two"));
  assert.equal(contentOf(place), written("two"));
  assert.equal(readdirSync(join(folder, "deep")), ["site"]);
}));

test("links are followed, not replaced", () => withFolder({ "there/x": "old" }, async (folder) => {
  for (const [name, target] of [["file", "there/x"], ["dangling", "there/y"], ["twice", "file"], ["to", "new/site"]]) {
    symlinkSync(target, join(folder, name));
  }
  await checkFile(join(folder, "dangling"));
  await writeAtomically(join(folder, "twice"), "new");
  await writeAtomically(join(folder, "dangling"), "made");
  assert.equal(contentOf(join(folder, "there")), { x: "new", y: "made" });
  await writeFolderAtomically(join(folder, "to"), site("one"));
  await writeFolderAtomically(join(folder, "to"), site("two"));
  assert.equal(contentOf(join(folder, "new", "site")), written("two"));
  for (const name of ["file", "dangling", "twice", "to"]) assert.ok(lstatSync(join(folder, name)).isSymbolicLink());
}));

test("what cannot be written is refused before the work, and again by the writer", () =>
  withFolder({ "full/notes.txt": "", file: "" }, async (folder) => {
    symlinkSync("circle", join(folder, "circle"));
    const cases: [name: string, kind: "file" | "folder", message: RegExp][] = [
      ["full", "file", /full: is a folder, expected the name of a file/],
      ["nowhere/x", "file", /there is no folder .*nowhere/],
      ["file/x", "file", /there is no folder .*file/],
      ["circle", "file", /links lead in a circle/],
      ["n".repeat(300), "file", /the name is too long/],
      ["full", "folder", /full: holds notes\.txt, expected a new folder/],
      ["file", "folder", /file: is a file, expected a folder/],
      ["file/x", "folder", /file is a file|is a file/],
      ["circle", "folder", /links lead in a circle/],
      ["n".repeat(300), "folder", /the name is too long/],
    ];
    for (const [name, kind, message] of cases) {
      const place = join(folder, name);
      assert.match(await messageOf(() => (kind === "file" ? checkFile(place) : checkFolder(place, NAMES))), message);
      const write = (): Promise<void> =>
        (kind === "file" ? writeAtomically(place, "x") : writeFolderAtomically(place, site("x")));
      assert.match(await messageOf(write), message);
    }
    assert.equal(contentOf(folder), { file: "", "full/notes.txt": "" });
  }));

test("the longest names that a file system takes", () => withFolder({}, async (folder) => {
  const [file, place] = [join(folder, "f".repeat(255)), join(folder, "ü".repeat(126))];
  await checkFile(file);
  await writeAtomically(file, "x");
  await writeFolderAtomically(place, site("one"));
  await writeFolderAtomically(place, site("two"));
  assert.is(readFileSync(file, "utf8"), "x");
  assert.equal(contentOf(place), written("two"));
  assert.is(readdirSync(folder).length, 2);
}));

test("devices are written through and stay what they are", async () => {
  if (process.platform === "win32") return;
  const before = lstatSync("/dev/null");
  await checkFile("/dev/null");
  await writeAtomically("/dev/null", "gone");
  const after = lstatSync("/dev/null");
  assert.ok(after.isCharacterDevice());
  assert.is(after.ino, before.ino);
});

test("the current folder stays the current folder", () => withFolder({}, async (folder) => {
  const site1 = join(folder, "site");
  mkdirSync(site1);
  const inode = lstatSync(site1).ino;
  const script = `
    import { writeFolderAtomically } from ${ATOMIC};
    const site = (text) => [{ name: "index.html", pieces: text + "!" }, { name: "model/weights", pieces: text }];
    await writeFolderAtomically(".", site("one"));
    await writeFolderAtomically(".", site("two"));`;
  const child = program(script, site1);
  assert.equal(await once(child, "exit"), [0, null]);
  assert.is(lstatSync(site1).ino, inode);
  assert.equal(contentOf(site1), written("two"));
}));

test("a deleted current folder is said", () => withFolder({}, async (folder) => {
  const gone = join(folder, "gone");
  mkdirSync(gone);
  const script = `
    const { checkFolder, checkFile } = await import(${PLACE});
    const { rmdirSync } = await import("node:fs");
    process.chdir(${JSON.stringify(gone)}); rmdirSync(${JSON.stringify(gone)});
    for (const check of [() => checkFolder("x", []), () => checkFile("x"), () => checkFolder(".", [])]) {
      await check().then(() => console.log("accepted"), (error) => console.log(error.message));
    }`;
  const child = program(script, folder);
  let out = "";
  child.stdout!.on("data", (text: Buffer) => { out += text.toString(); });
  await once(child, "close");
  const lines = out.trim().split("\n");
  assert.is(lines.length, 3);
  for (const line of lines) assert.match(line, /the current folder has been deleted/);
}));

test("a mount point is written within, a mounted file in its place", () => withFolder({}, async (folder) => {
  const disk = join(folder, "disk");
  if (!mayMount(disk)) return;
  mount(disk, "size=2m");
  const [host, here] = [join(folder, "host"), join(folder, "here")];
  mkdirSync(host);
  mkdirSync(here);
  const [hostFile, file] = [join(folder, "host.txt"), join(folder, "here.txt")];
  writeFileSync(hostFile, "old");
  writeFileSync(file, "");
  bind(host, here);
  bind(hostFile, file);
  try {
    for (const place of [disk, here]) {
      await checkFolder(place, NAMES);
      await writeFolderAtomically(place, site("one"));
      writeFileSync(join(place, "model", "of before"), "");
      await writeFolderAtomically(place, site("two"));
      assert.equal(contentOf(place), written("two"));
      assert.equal(readdirSync(place).sort(), ["index.html", "model"]);
    }
    assert.equal(contentOf(host), written("two"));
    await checkFile(file);
    await writeAtomically(file, "new");
    assert.is(readFileSync(hostFile, "utf8"), "new");
    assert.equal(readdirSync(folder).sort(), ["disk", "here", "here.txt", "host", "host.txt"]);
  } finally {
    for (const place of [disk, here, file]) unmount(place);
  }
}));

test("a full and a read-only disk: refused before the work, the earlier output stays", () =>
  withFolder({}, async (folder) => {
    const disk = join(folder, "disk");
    if (!mayMount(disk)) return;
    mount(disk, "size=128k");
    try {
      await writeFolderAtomically(join(disk, "site"), site("one"));
      await writeAtomically(join(disk, "x"), "old");
      const large = [new Uint8Array(1 << 20)];
      const writes = [
        () => writeFolderAtomically(join(disk, "site"), NAMES.map((name) => ({ name, pieces: large }))),
        () => writeAtomically(join(disk, "x"), large),
      ];
      for (const write of writes) assert.match(await messageOf(write), /the disk is full \(ENOSPC\)/);
      assert.equal(contentOf(disk), { "site/index.html": "one!", "site/model/weights": "one", x: "old" });
      writeFileSync(join(disk, "filler"), new Uint8Array(100 << 10));
      assert.match(await messageOf(() => checkFolder(join(disk, "site"), NAMES)), /the disk is full/);
      assert.match(await messageOf(() => checkFile(join(disk, "x"))), /the disk is full/);
    } finally {
      unmount(disk);
    }
    mount(disk, "size=64k,ro");
    try {
      assert.match(await messageOf(() => checkFile(join(disk, "x"))), /the file system is read-only \(EROFS\)/);
      assert.match(await messageOf(() => checkFolder(join(disk, "site"), NAMES)), /read-only/);
      assert.match(await messageOf(() => checkFolder(disk, NAMES)), /read-only/);
    } finally {
      unmount(disk);
    }
  }));

test("a second process is told who writes; a dead one's lock is taken over", () => withFolder({}, async (folder) => {
  const path = join(folder, "site");
  const script = `
    import { lockOutput } from ${LOCK};
    await lockOutput({ path: ${JSON.stringify(path)} });
    console.log("locked");
    setInterval(() => 0, 1000);`;
  const child = program(script);
  await once(child.stdout!, "data");
  const told = await messageOf(() => lockOutput({ path }));
  assert.match(told, new RegExp(`site: process ${child.pid} is writing there`));
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.is(readdirSync(folder).length, 1);
  // What one leaves that is killed while it takes the lock; a living one's stays.
  for (const [pid, end] of [[child.pid, ""], [child.pid, ".stale"], [process.ppid, ""]]) {
    writeFileSync(`${path}.unknot-lock.${pid}${end}`, "{}");
  }
  writeFileSync(join(folder, `.unknot.${child.pid}.probe`), "");
  await checkFolder(path, NAMES);
  const lock = await lockOutput({ path });
  assert.equal(readdirSync(folder).sort(), ["site.unknot-lock", `site.unknot-lock.${process.ppid}`]);
  rmSync(`${path}.unknot-lock.${process.ppid}`);
  const again = await lockOutput({ path });
  await lock.release();
  await lock.release();
  assert.is(readdirSync(folder).length, 1);
  await again.release();
  assert.equal(readdirSync(folder), []);
}));

test("a lock of another machine is respected; an empty one, or of an earlier process with our number, is not", () =>
  withFolder({}, async (folder) => {
    const path = join(folder, "site");
    const file = `${path}.unknot-lock`;
    writeFileSync(file, JSON.stringify({ pid: 1, host: `not ${hostname()}`, start: "" }));
    const told = await messageOf(() => lockOutput({ path }));
    assert.match(told, /process 1 on not .* \(if it is gone, delete .*site\.unknot-lock\)/);
    for (const stale of ["", JSON.stringify({ pid: process.pid, host: hostname(), start: "1" })]) {
      writeFileSync(file, stale);
      await (await lockOutput({ path })).release();
      assert.not(existsSync(file));
    }
  }));

test("many writers of one folder, in this process: each waits for the other", () => withFolder({}, async (folder) => {
  const place = join(folder, "site");
  const texts = Array.from({ length: 8 }, (_, i) => `writer ${i}`);
  await Promise.all(texts.map((text) => writeFolderAtomically(place, site(text))));
  assert.equal(contentOf(place), written(readFileSync(join(place, "model", "weights"), "utf8")));
  assert.equal(readdirSync(folder), ["site"]);
}));

test("killed between the two renames: the next reader and the next writer find the new folder", () =>
  withFolder({}, async (folder) => {
    const place = join(folder, "site");
    const read = (name: string): Promise<string> =>
      readSettled(place, () => Promise.resolve(readFileSync(join(place, name), "utf8")));
    for (const next of ["reader", "writer"]) {
      await writeFolderAtomically(`${place}.unknot-1.new`, site("new"));
      await writeFolderAtomically(`${place}.unknot-1.old`, site("old"));
      mkdirSync(`${place}.unknot-2.part`);
      if (next === "reader") assert.is(await read("index.html"), "new!");
      else await writeFolderAtomically(place, site("newest"));
      assert.equal(contentOf(place), written(next === "reader" ? "new" : "newest"));
      assert.equal(readdirSync(folder), ["site"]);
      rmSync(place, { recursive: true });
    }
    // Killed while files moved within a mount point: some are of the old folder, some of the new one.
    await writeFolderAtomically(place, site("old"));
    await writeFolderAtomically(join(place, ".unknot-1.new"), [{ name: "model/weights", pieces: "new" }]);
    writeFileSync(join(place, "index.html"), "new!");
    rmSync(join(place, "model"), { recursive: true });
    assert.is(await read("model/weights"), "new");
  }));

test("a folder that is swapped while it is read is read again", () => withFolder({}, async (folder) => {
  const place = join(folder, "site");
  await writeFolderAtomically(place, site("one"));
  let reads = 0;
  const found = await readSettled(place, () => {
    if (reads++ === 0) {
      renameSync(place, `${place}-away`);
      mkdirSync(place);
      throw new Error("mixed");
    }
    return Promise.resolve("second");
  });
  assert.is(found, "second");
  reads = 0;
  await readSettled(place, () => {
    reads++;
    return Promise.reject(new Error("really damaged"));
  }).then(() => assert.unreachable(), (error: Error) => assert.is(error.message, "really damaged"));
  assert.is(reads, 1, "a folder that does not change is not read twice");
}));

test("a folder that is not ours to write to", () => withFolder({}, async (folder) => {
  if (process.getuid?.() === 0) return;
  chmodSync(folder, 0o500);
  assert.match(await messageOf(() => checkFolder(join(folder, "site"), NAMES)), /no permission/);
  assert.match(await messageOf(() => checkFile(join(folder, "x"))), /no permission/);
  chmodSync(folder, 0o700);
}));

test.run();
