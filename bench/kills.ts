/**
 * Commands killed in the middle: SIGKILL at a random moment of their time, or a few milliseconds after the first sign
 * of writing. After each kill what stands at the output's place must be whole, the earlier or the new one, and the same
 * command given again must end with the bytes of a run that nobody touched, leaving nothing beside them.
 *
 *   npm run kills -- --kills 100 --seed 1 --kind train --kind sweep
 *
 * kill-test.ts kills the training loop alone, step by step; this is about everything around it. Exits with 1 if any
 * outcome is wrong.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";

/** The command as the package has it. */
const MAIN = fileURLToPath(new URL("../lib/node/main.js", import.meta.url));
/** Names of what is being written (src/files, and the lists so far of `recommend --all`). */
const UNDER_WAY = /\.unknot-|\.part$/;
/** Milliseconds between the first sign of writing and the kill. */
const LATEST = 12;

interface Kind {
  /** What is given to unknot; run in a folder with "model", "earlier-model" and the files of `prepare`. */
  readonly args: readonly string[];
  /** What it writes. */
  readonly out: string;
  /** How the same place is filled before; null: it always starts from nothing. */
  readonly earlier: readonly string[] | null;
  /** Lines are added to the output one by one: each that is whole must be one of the result's. */
  readonly lines?: boolean;
}

const TRAIN = [
  "train", "--world", "tiny", "--threads", "1", "--quiet", "--set", "elsa.epochs=4", "--set", "elsa.factors=8",
  "--set", "sae.epochs=4", "--set", "sae.expansion=2", "--set", "sae.k=4",
];
const REPORT = [
  "report", "--world", "tiny", "--threads", "1", "--no-steering", "--cards", "4", "--quiet", "--out", "out.html",
];
const GRID = {
  name: "kills", preset: "faithful", seeds: [1], cfaes: [{ model: "elsa", factors: 8, epochs: 1, batchSize: 256 }],
  saes: [{ kind: "topk", k: [2, 4], expansion: 2, epochs: 1, batchSize: 256 }],
};
const KINDS: Readonly<Record<string, Kind>> = {
  train: {
    args: [...TRAIN, "--checkpoint-every", "2", "--resume", "--out", "out"], out: "out",
    earlier: [...TRAIN, "--seed", "1", "--out", "out"],
  },
  sweep: {
    args: [
      "sweep", "grid.json", "--world", "tiny", "--threads", "1", "--processes", "2", "--quiet", "--out", "out.jsonl",
    ],
    out: "out.jsonl", earlier: null, lines: true,
  },
  export: {
    args: ["export", "--web", "model", "out", "--quiet"], out: "out",
    earlier: ["export", "--web", "earlier-model", "out", "--quiet"],
  },
  "export-file": {
    args: ["export", "--web", "model", "out.html", "--single-file", "--quiet"], out: "out.html",
    earlier: ["export", "--web", "earlier-model", "out.html", "--single-file", "--quiet"],
  },
  report: {
    args: [...REPORT, "model"], out: "out.html", earlier: [...REPORT, "earlier-model"],
  },
  pack: {
    args: ["data", "pack", "--world", "small", "--quiet", "--out", "out.unknot"], out: "out.unknot",
    earlier: ["data", "pack", "--world", "tiny", "--quiet", "--out", "out.unknot"],
  },
  update: {
    args: [...TRAIN, "--from", "model", "--checkpoint-every", "2", "--resume", "--out", "out"], out: "out",
    earlier: [...TRAIN, "--from", "earlier-model", "--out", "out"],
  },
  all: {
    args: [
      "recommend", "--all", "--model", "model", "--world", "tiny", "--threads", "1", "--batch-users", "16", "--quiet",
      "--out", "out.jsonl",
    ], out: "out.jsonl",
    earlier: [
      "recommend", "--all", "--model", "earlier-model", "--world", "tiny", "--threads", "1", "--quiet",
      "--out", "out.jsonl",
    ],
  },
  extend: {
    args: ["extend", "--model", "model", "--items", "new.csv", "--threads", "1", "--quiet", "--out", "out"], out: "out",
    earlier: ["extend", "--model", "earlier-model", "--items", "new.csv", "--threads", "1", "--quiet", "--out", "out"],
  },
};

interface Ended {
  readonly killed: boolean;
  readonly code: number | null;
  readonly text: string;
  readonly wall: number;
}

/** Runs unknot; `kill` says when it is killed: so many milliseconds after its start, or after the first sign. */
function run(folder: string, args: readonly string[], kill?: { after: "start" | "sign"; ms: number }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const collect = (chunk: Buffer): void => { text += chunk.toString(); };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const timers: NodeJS.Timeout[] = [];
    const due = (): void => { timers.push(setTimeout(() => child.kill("SIGKILL"), kill!.ms)); };
    if (kill?.after === "start") due();
    const watcher = kill?.after === "sign" ? watch(folder, (_, name) => {
      if (name && UNDER_WAY.test(name) && timers.length === 0) due();
    }) : null;
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      watcher?.close();
      resolve({ killed: signal === "SIGKILL", code, text, wall: performance.now() - began });
    });
  });
}

async function must(folder: string, args: readonly string[]): Promise<Ended> {
  const ended = await run(folder, args);
  if (ended.code !== 0) throw new Error(`unknot ${args.join(" ")} ended with ${ended.code}\n${ended.text}`);
  return ended;
}

/** Every file of a folder, or the one file, with a digest of its bytes; "" where nothing is. */
function bytesOf(place: string, lines = false): string {
  if (!existsSync(place)) return "";
  const files = statSync(place).isDirectory()
    ? readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => join(place, name)).sort() : [place];
  return files.filter((file) => statSync(file).isFile()).map((file) => {
    const bytes = readFileSync(file);
    // Two processes of a sweep end in any order.
    const text = lines ? bytes.toString().split("\n").sort().join("\n") : bytes;
    return `${relative(dirname(place), file)} ${createHash("sha256").update(text).digest("hex")}`;
  }).join("\n");
}

/** What is wrong with what a killed command left; null when all is well. */
function faultOf(
  folder: string, { out, lines = false }: Kind, whole: { earlier: string; fresh: string },
): string | null {
  const place = join(folder, out);
  if (lines) {
    const known = new Set(whole.fresh.split("\n"));
    const there = existsSync(place) ? readFileSync(place, "utf8").split("\n").slice(0, -1) : [];
    const strange = there.find((line) => !known.has(line));
    return strange === undefined ? null : `a line that no run writes: ${strange.slice(0, 200)}`;
  }
  const now = bytesOf(place);
  if (now === whole.fresh || now === whole.earlier) return null;
  if (now !== "") return `half-written:\n${now}`;
  // Between the two renames of a folder: both are beside it, and whoever comes next goes on.
  const beside = readdirSync(folder).filter((name) => name.startsWith(`${out}.unknot-`) && /\.(new|old)$/.test(name))
    .map((name) => bytesOf(join(folder, name)).replaceAll(name, out));
  return beside.some((one) => one === whole.fresh) && beside.some((one) => one === whole.earlier)
    ? null : "what was there is lost";
}

interface Tally {
  kills: number;
  /** Kills that hit while something was being written. */
  writing: number;
  resumed: number;
  readonly faults: string[];
}

async function killing(kind: Kind, base: string, kills: number, random: Random): Promise<Tally> {
  const tally: Tally = { kills: 0, writing: 0, resumed: 0, faults: [] };
  const fresh = fill(base);
  let { wall } = await must(fresh, kind.args);
  const names = readdirSync(fresh).sort();
  const result = kind.lines ? readFileSync(join(fresh, kind.out), "utf8") : bytesOf(join(fresh, kind.out));
  const ended = bytesOf(join(fresh, kind.out), kind.lines);
  const before = kind.earlier ? fill(base) : null;
  if (kind.earlier) await must(before!, kind.earlier);
  const earlier = before ? bytesOf(join(before, kind.out)) : "";
  for (let tries = 0; tally.kills < kills && tries < 4 * kills; tries++) {
    const replaces = before !== null && random.below(2) === 0;
    const folder = fill(replaces ? before : base);
    const whole = { earlier: replaces ? earlier : "", fresh: result };
    const after = random.below(2) === 0 ? "start" as const : "sign" as const;
    const kill = { after, ms: random.below(after === "start" ? Math.ceil(wall) : LATEST) };
    const { killed, wall: took } = await run(folder, kind.args, kill);
    if (killed) {
      tally.kills++;
      if (readdirSync(folder).some((name) => UNDER_WAY.test(name))) tally.writing++;
      const fault = faultOf(folder, kind, whole);
      if (fault !== null) tally.faults.push(`after ${kill.ms} ms from the ${kill.after}: ${fault}`);
      const again = await run(folder, kind.args);
      const same = again.code === 0 && bytesOf(join(folder, kind.out), kind.lines) === ended;
      const left = readdirSync(folder).filter((name) => !names.includes(name));
      if (same && left.length === 0) tally.resumed++;
      else {
        tally.faults.push(`after ${kill.ms} ms from the ${after}, gone on with: code ${again.code}, ` +
          `${same ? "same" : "OTHER"} bytes, left: ${left.join(" ")}\n${again.text}`);
      }
    } else wall = (wall + took) / 2;
    rmSync(folder, { recursive: true });
  }
  return tally;
}

const root = mkdtempSync(join(tmpdir(), "unknot-kills-"));

/** A new folder with what is in another. */
function fill(from: string): string {
  const folder = mkdtempSync(join(root, "run-"));
  cpSync(from, folder, { recursive: true });
  return folder;
}

const { values } = parseArgs({ options: {
  kills: { type: "string", default: "10" }, seed: { type: "string", default: "1" },
  kind: { type: "string", multiple: true, default: Object.keys(KINDS) },
} });
const unknown = values.kind.find((name) => !Object.hasOwn(KINDS, name));
if (unknown !== undefined) {
  process.stderr.write(`there is no kind "${unknown}": there are ${Object.keys(KINDS).join(", ")}\n`);
  process.exit(2);
}
try {
  const base = join(root, "base");
  mkdirSync(base);
  writeFileSync(join(base, "grid.json"), JSON.stringify(GRID));
  for (const [name, seed] of [["model", "42"], ["earlier-model", "7"]]) {
    await must(base, [...TRAIN, "--seed", seed, "--out", name]);
  }
  const description = readFileSync(join(base, "model", "unknot.json"), "utf8");
  const { tags } = JSON.parse(description) as { tags: { names: string[] } };
  const rows = Array.from({ length: 5 }, (_, i) => `new${i},New ${i},${tags.names[i % tags.names.length]}`);
  writeFileSync(join(base, "new.csv"), `item,title,tag\n${rows.join("\n")}\n`);
  const random = new Random(Number(values.seed));
  for (const name of values.kind) {
    const { kills, writing, resumed, faults } = await killing(KINDS[name], base, Number(values.kills), random);
    console.log(`${name.padEnd(12)} ${kills} kills, ${writing} of them while writing; ` +
      `${resumed} ended with the same bytes when gone on with; ${faults.length} faults`);
    for (const fault of faults) console.log(`  ${fault}`);
    if (faults.length > 0 || kills < Number(values.kills)) process.exitCode = 1;
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
