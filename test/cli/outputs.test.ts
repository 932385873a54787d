/**
 * Where commands write: every writing command with every kind of place. What cannot be written is refused before the
 * work, what can be is followed, written within or written through; no result is lost at the end, no stack is printed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { NamedTensor } from "../../src/base/named-tensors.js";
import { Random } from "../../src/base/random.js";
import { encodeSafetensors } from "../../src/model-folder/safetensors.js";
import { mayMount, mount, unmount } from "../files/mounts.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { MAIN, unknot } from "./run-cli.js";

const FAST = ["elsa.factors=16", "elsa.epochs=4", "sae.expansion=2", "sae.k=4", "sae.epochs=4"]
  .flatMap((setting) => ["--set", setting]);
const TRAIN = ["train", "--world", "tiny", ...FAST, "--threads", "1"];
const GRID = {
  name: "one", preset: "default", seeds: [1], saes: [],
  cfaes: [{ model: "elsa", factors: 8, epochs: 2, batchSize: 64 }],
};

/** The commands that write, each with what it writes and how it is told where. */
const COMMANDS: Record<string, { writes: "file" | "folder"; args: (place: string, model: string) => string[] }> = {
  train: { writes: "folder", args: (place) => [...TRAIN, "--out", place] },
  "export --web": { writes: "folder", args: (place, model) => ["export", "--web", model, place] },
  "export --single-file": {
    writes: "file", args: (place, model) => ["export", "--web", "--single-file", model, `${place}.html`],
  },
  report: { writes: "file", args: (place, model) => ["report", model, "--no-steering", "--out", place] },
  "train --from": { writes: "folder", args: (place, model) => [...TRAIN, "--from", model, "--out", place] },
  extend: {
    writes: "folder",
    args: (place, model) => ["extend", "--model", model, "--items", join(model, "..", "new.csv"), "--out", place],
  },
  import: {
    writes: "folder",
    args: (place, model) => [
      "import", join(model, "..", "sae.safetensors"), "--model", model, "--k", "4", "--world", "tiny", "--threads", "1",
      "--out", place,
    ],
  },
  "data pack": { writes: "file", args: (place) => ["data", "pack", "--world", "tiny", "--out", place] },
  "recommend --all": {
    writes: "file",
    args: (place, model) =>
      ["recommend", "--all", "--model", model, "--world", "tiny", "--threads", "1", "--out", place],
  },
  "data world": { writes: "folder", args: (place) => ["data", "world", "tiny", "--out", place] },
  sweep: {
    writes: "file",
    args: (place, model) =>
      ["sweep", join(model, "..", "grid.json"), "--world", "tiny", "--threads", "1", "--out", place],
  },
};

/** An SAE as other libraries write it, for a recommender of 16 factors. */
function foreignSae(): Buffer {
  const [D, H] = [16, 32];
  const random = new Random(1);
  const tensor = (...shape: number[]): NamedTensor => ({
    shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform() - 0.5),
  });
  return Buffer.concat(encodeSafetensors({
    W_enc: tensor(D, H), b_enc: tensor(H), W_dec: tensor(H, D), b_dec: tensor(D),
  }));
}

/** A folder with a model, a grid, and what else commands read. */
function withModel(use: (folder: string, model: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const model = join(folder, "model");
    assert.is((await unknot([...TRAIN, "--out", model, "--quiet"])).code, 0);
    writeFileSync(join(folder, "grid.json"), JSON.stringify(GRID));
    const { tags } = JSON.parse(readFileSync(join(model, "unknot.json"), "utf8")) as { tags: { names: string[] } };
    writeFileSync(join(folder, "new.csv"), `item,title,tag\nnew,New,${tags.names[0]}\n`);
    writeFileSync(join(folder, "sae.safetensors"), foreignSae());
    await use(folder, model);
  });
}

/** Ends with a message, without having begun the work. */
async function refused(args: string[], pattern: RegExp): Promise<void> {
  const { code, stdout, stderr } = await unknot(args);
  assert.is(code, 1, `${args.join(" ")}: ${stdout}${stderr}`);
  assert.match(stderr, pattern);
  assert.not.match(stderr, /\n {4}at |training|encoding|measuring/, args.join(" "));
}

test("every command refuses a place that cannot be written before its work", () => withModel(async (folder, model) => {
  mkdirSync(join(folder, "full"));
  writeFileSync(join(folder, "full", "notes.txt"), "mine");
  symlinkSync("circle", join(folder, "circle"));
  symlinkSync("circle.html", join(folder, "circle.html"));
  mkdirSync(join(folder, "full.html"));
  writeFileSync(join(folder, "file"), "mine");
  for (const { writes, args } of Object.values(COMMANDS)) {
    const place = (name: string): string[] => args(join(folder, name), model);
    await refused(place("full"), writes === "folder" ? /holds notes\.txt/ : /is a folder, expected the name/);
    await refused(place("circle"), /links lead in a circle/);
    await refused(place("n".repeat(300)), /the name is too long/);
    if (writes === "folder") await refused(place("file"), /is a file, expected a folder/);
  }
  assert.is(readFileSync(join(folder, "full", "notes.txt"), "utf8"), "mine");
  assert.is(readFileSync(join(folder, "file"), "utf8"), "mine");
  const expected = [
    "circle", "circle.html", "file", "full", "full.html", "grid.json", "model", "new.csv", "sae.safetensors",
  ];
  assert.equal(readdirSync(folder).sort(), expected);
}));

test("a deleted current folder, a full and a read-only disk", () => withModel(async (folder, model) => {
  const gone = join(folder, "gone");
  const disk = join(folder, "disk");
  const mounts = mayMount(disk);
  for (const { args } of Object.values(COMMANDS)) {
    mkdirSync(gone);
    const script = 'cd "$0" && rmdir "$0" && exec "$@"';
    const child = spawn("sh", ["-c", script, gone, process.execPath, MAIN, ...args("x", model)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => { stderr += text.toString(); });
    const [code] = await once(child, "close") as [number];
    assert.is(code, 1, stderr);
    assert.match(stderr, /current folder has been deleted|no folder|cannot be made/);
    assert.not.match(stderr, /\n {4}at /);
    if (!mounts) continue;
    mount(disk, "size=16k");
    await refused(args(join(disk, "x"), model), /the disk is full/).finally(() => unmount(disk));
    mount(disk, "size=1m,ro");
    await refused(args(join(disk, "x"), model), /the file system is read-only/).finally(() => unmount(disk));
  }
}));

test("links are followed, the current folder and a mount point are written within, devices written through", () =>
  withModel(async (folder, model) => {
    mkdirSync(join(folder, "real"));
    symlinkSync("real", join(folder, "link"));
    symlinkSync("later", join(folder, "dangling"));
    const places = [join(folder, "link"), join(folder, "dangling")];
    const disk = join(folder, "disk");
    const mounts = mayMount(disk);
    if (mounts) {
      mount(disk, "size=16m");
      places.push(disk);
    }
    try {
      for (const place of places) {
        // Twice: the second time there is a model to be replaced.
        for (const more of [[], ["--checkpoint-every", "3"]]) {
          const done = await unknot([...TRAIN, "--out", place, ...more]);
          assert.is(done.code, 0, done.stderr);
          assert.equal(readdirSync(place).sort(), ["model.safetensors", "unknot.json"]);
        }
        assert.is((await unknot(["inspect", "tags", "--model", place, "--threads", "1"])).code, 0);
      }
      assert.ok(lstatSync(join(folder, "link")).isSymbolicLink());
      assert.equal(readdirSync(join(folder, "later")).sort(), ["model.safetensors", "unknot.json"]);
      if (mounts) assert.is((await unknot(["data", "world", "tiny", "--out", disk])).code, 1, "a model is there");
    } finally {
      if (mounts) unmount(disk);
    }
    const before = lstatSync("/dev/null");
    const report = await unknot(["report", model, "--no-steering", "--out", "/dev/null", "--quiet"]);
    assert.is(report.code, 0, report.stderr);
    assert.is(lstatSync("/dev/null").ino, before.ino);
    assert.ok(lstatSync("/dev/null").isCharacterDevice());
    await refused(["sweep", join(folder, "grid.json"), "--world", "tiny", "--out", "/dev/null"], /an ordinary file/);
    const left = readdirSync(folder).filter((name) => /unknot|checkpoint|\.lock/.test(name));
    assert.equal(left, []);
  }));

test("a disk that fills up during the work: the result is kept, and its place said", () => withModel(async (folder) => {
  const disk = join(folder, "disk");
  if (!mayMount(disk)) return;
  mount(disk, "size=400k");
  try {
    const out = join(disk, "model");
    const done = await unknot([...TRAIN, "--set", "elsa.factors=64", "--out", out], (stderr) => {
      if (stderr.includes("training ELSA")) writeFileSync(join(disk, "filler"), new Uint8Array(280 << 10));
    });
    assert.is(done.code, 1);
    const kept = /model: cannot be written: the disk is full \(ENOSPC\)\. The result is kept in (.*)\n/.exec(
      done.stderr,
    );
    assert.ok(kept, done.stderr);
    assert.equal(readdirSync(kept[1]).sort(), ["model.safetensors", "unknot.json"]);
    rmSync(kept[1], { recursive: true });
    assert.not(existsSync(out));
  } finally {
    unmount(disk);
  }
}));

test("two of one output: the second is told; the first goes on", () => withModel(async (folder) => {
  const grid = join(folder, "grid.json");
  const train = [...TRAIN, "--set", "sae.epochs=400", "--set", "sae.patience=400", "--out", join(folder, "new")];
  const sweep = ["sweep", grid, "--world", "tiny", "--threads", "1", "--out", join(folder, "r.jsonl")];
  for (const [args, sign] of [[train, "training"], [sweep, "runs"]] as const) {
    // The first is held still in the middle of its work, so that it cannot be done before the second begins.
    const first = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(first, "exit");
    let stderr = "";
    await new Promise<void>((resolve) => {
      first.on("exit", () => resolve());
      first.stderr.on("data", (text: Buffer) => {
        stderr += text.toString();
        if (stderr.includes(sign)) resolve();
      });
    });
    first.kill("SIGSTOP");
    const told = await unknot(args);
    first.kill("SIGCONT");
    assert.is(told.code, 1, told.stderr);
    assert.match(told.stderr, new RegExp(`process ${first.pid} is writing there: wait for it, or give another place`));
    assert.equal(await ended, [0, null], stderr);
  }
  assert.equal(readdirSync(folder).filter((name) => name.includes("unknot")), []);
}));

test.run();
