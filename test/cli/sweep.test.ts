/** `unknot sweep` and `unknot compare` on the smallest world: whole, killed, gone on with, refused. */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { scorers } from "../../src/models/recommenders/scorers.js";
import { parseGrid, readGrid } from "../../src/sweep/grid.js";
import { jobsOf } from "../../src/sweep/jobs.js";
import type { SweepResult } from "../../src/sweep/results.js";
import { presets } from "../../src/config/presets.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { MAIN, unknot } from "./run-cli.js";

const GRID = {
  name: "tiny", preset: "default", seeds: [1, 2], baselines: true,
  cfaes: [
    { model: "elsa", factors: 8, epochs: 3, batchSize: 64 },
    { model: "multvae", factors: 8, epochs: 2, batchSize: 64 },
  ],
  saes: [
    { kind: "topk", loss: ["l2", "cosine"], k: [2, 4], expansion: 2, epochs: 3, batchSize: 64 },
    { kind: "basic", expansion: 2, epochs: 2, batchSize: 64 },
  ],
};
const BASELINES = scorers.names.length;
const RUNS = BASELINES + 2 * 2 * (1 + 5);

function sweep(folder: string, ...more: string[]): string[] {
  return [
    "sweep", join(folder, "grid.json"), "--world", "tiny", "--threads", "1",
    "--out", join(folder, "out.jsonl"), ...more,
  ];
}

function withGrid(grid: object, use: (folder: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, "grid.json"), JSON.stringify(grid));
    await use(folder);
  });
}

function linesOf(folder: string): string[] {
  return readFileSync(join(folder, "out.jsonl"), "utf8").split("\n").filter((line) => line !== "");
}

test("estimate, sweep, compare; two processes find what one does", () => withGrid(GRID, async (folder) => {
  const estimated = await unknot(sweep(folder, "--estimate"));
  assert.match(
    estimated.stdout, new RegExp(`^tiny: ${RUNS} runs \\(8 baselines, 4 recommenders, 20 SAEs\\), 0 of them`),
  );
  assert.match(estimated.stdout, /about .* if no run stops early/);
  assert.equal(readdirSync(folder).filter((name) => name.endsWith(".cfae")), [], "nothing was run");

  const done = await unknot(sweep(folder, "--processes", "2"));
  assert.is(done.code, 0, done.stderr);
  const two = linesOf(folder);
  assert.is(two.length, RUNS);
  const results = two.map((line) => JSON.parse(line) as SweepResult);
  assert.is(new Set(results.map(({ run }) => run)).size, RUNS);
  assert.ok(results.every(({ run }) => /^[0-9a-f]{16}$/.test(run)));
  const cfaes = results.filter(({ kind }) => kind === "cfae");
  assert.equal(readdirSync(join(folder, "out.jsonl.cfae")).sort(), cfaes.map(({ run }) => `${run}.safetensors`).sort());
  for (const one of results) {
    const { coverage, gini, distance } = one.lists!;
    assert.ok(coverage > 0 && coverage <= 1 && gini >= 0 && gini < 1, one.title);
    assert.is(distance !== null, one.kind !== "baseline" && one.model === "elsa", "ELSA's items have vectors");
  }
  for (const one of results) {
    if (one.kind !== "sae") continue;
    const plain = cfaes.find(({ run }) => run === one.cfae)!;
    assert.equal(one.plain, plain.test, "an SAE's recommender is the one that was trained for it");
    assert.ok(Math.abs(one.retention.ndcg - one.test.ndcg.mean / plain.test.ndcg.mean) < 1e-12);
  }

  const again = await unknot(sweep(folder));
  assert.match(again.stderr, new RegExp(`${RUNS} of them finished`));
  assert.equal(linesOf(folder), two, "nothing was run twice");

  rmSync(join(folder, "out.jsonl"));
  rmSync(join(folder, "out.jsonl.cfae"), { recursive: true });
  assert.is((await unknot(sweep(folder))).code, 0);
  assert.equal(linesOf(folder).sort(), two.sort(), "line for line, whatever the order");

  const { stdout } = await unknot(["compare", join(folder, "out.jsonl"), "--sort", "retention"]);
  assert.match(stdout, /model +seeds +nDCG@20 +± users +± seeds +recall@20 +kept +cosine +L0 +dead/);
  assert.match(stdout, /TopK-16 k=2 L2 on ELSA-8 +2 /);
  for (const claim of [
    /TopK keeps/, /Cosine keeps/, /Retention grows/, /MultVAE embeddings are harder/, /at least as good as EASE/,
  ]) {
    assert.match(stdout, claim);
  }
  const only = await unknot(["compare", join(folder, "out.jsonl"), "--only", "basic", "--json"]);
  const [{ models, runs }] = JSON.parse(only.stdout) as
    { models: { title: string; seeds: number[] }[]; runs: number }[];
  assert.equal(models.map(({ title, seeds }) => [title, seeds.length]).sort(), [
    ["Basic-16 l1=0.0003 L2 on ELSA-8", 2], ["Basic-16 l1=0.0003 L2 on MultVAE-8", 2],
  ]);
  assert.is(runs, RUNS);
}));

test("killed in the middle, with a torn last line: goes on, and loses nothing but the line", () => withGrid(
  { ...GRID, baselines: false, seeds: [3] }, async (folder) => {
    const all = (RUNS - BASELINES) / 2;
    assert.is((await unknot(sweep(folder))).code, 0);
    const whole = linesOf(folder).sort();
    rmSync(join(folder, "out.jsonl"));
    rmSync(join(folder, "out.jsonl.cfae"), { recursive: true });

    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [MAIN, ...sweep(folder, "--quiet")], { stdio: "ignore" });
      const watch = setInterval(() => {
        if (existsSync(join(folder, "out.jsonl")) && linesOf(folder).length >= 3) child.kill("SIGKILL");
      }, 1);
      child.on("error", reject);
      child.on("close", () => {
        clearInterval(watch);
        resolve();
      });
    });
    const kept = linesOf(folder).length;
    assert.ok(kept >= 3);
    appendFileSync(join(folder, "out.jsonl"), whole[0].slice(0, 40));
    const rest = await unknot(sweep(folder));
    assert.is(rest.code, 0, rest.stderr);
    assert.match(rest.stderr, new RegExp(`${kept} of them finished`));
    assert.is(linesOf(folder).length, all);
    assert.equal(linesOf(folder).sort(), whole);
  },
));

test("Ctrl-C: code 130, finished runs stay, no process is left", () => withGrid(
  { ...GRID, cfaes: [{ model: "elsa", factors: 8, epochs: 100_000, patience: 0 }] }, async (folder) => {
    let pressed = false;
    const { code, stderr } = await unknot(sweep(folder), (text, interrupt) => {
      if (pressed || !text.includes("TEASER, seed 1")) return;
      pressed = true;
      interrupt();
    });
    assert.is(code, 130, stderr);
    assert.match(stderr, /stopped\nfinished runs are in .*out\.jsonl; the same command goes on\n$/);
    assert.is(linesOf(folder).length, BASELINES);
  },
));

/** Processes whose parent is this one; Linux says it. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => {
    try {
      const stat = readFileSync(`/proc/${child}/stat`, "latin1");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
    } catch {
      return false;
    }
  });
}

/** A dead one that nobody has waited for yet counts as gone. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const onLinux = existsSync("/proc/self/stat") ? test : test.skip;

onLinux("workers in the middle of a run end when their parent is killed", () =>
  withGrid({ ...GRID, baselines: false, cfaes: [{ model: "elsa", factors: 8, epochs: 1e6, patience: 0 }] },
    async (folder) => {
      const args = [MAIN, ...sweep(folder, "--processes", "2", "--quiet")];
      const parent = spawn(process.execPath, args, { stdio: "ignore" });
      let workers: number[] = [];
      while (workers.length < 2) {
        assert.is(parent.exitCode, null);
        await wait(50);
        workers = childrenOf(parent.pid!);
      }
      // They are in the middle of something, if only of reading.
      await wait(1000);
      parent.kill("SIGKILL");
      for (let tries = 0; workers.some(lives) && tries < 600; tries++) await wait(50);
      assert.equal(workers.filter(lives), []);
    }));

test("a run that fails is recorded, the others are done, and the next time it is tried again", () => withGrid(
  { ...GRID, baselines: false, seeds: [1], cfaes: [GRID.cfaes[0]], saes: [
    { kind: "topk", k: 2, expansion: 2, epochs: 2, l1: [0, 1e39] },
  ] }, async (folder) => {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { code, stderr } = await unknot(sweep(folder));
      assert.is(code, 1, stderr);
      assert.match(stderr, /1 of 3 runs failed, the first \(TopK-16 k=2 L2 on ELSA-8\) with: training diverged/);
      assert.equal(linesOf(folder).map((line) => (JSON.parse(line) as { kind: string }).kind).sort(),
        ["cfae", ...Array<string>(attempt).fill("failed"), "sae"]);
    }
  },
));

test("a grid that makes no sense, or needs more memory than there is, is refused before anything runs", async () => {
  const refused = (grid: object, is: RegExp, ...more: string[]): Promise<void> => withGrid(grid, async (folder) => {
    const { code, stderr } = await unknot(sweep(folder, ...more));
    assert.is(code, 1, stderr);
    assert.match(stderr, is);
    assert.equal(readdirSync(folder), ["grid.json"]);
  });
  await refused(
    { ...GRID, cfaes: [{ model: "elsa", factor: 8 }] },
    /cfaes\[0\]: there is no setting "factor", did you mean "factors"/,
  );
  await refused({ ...GRID, cfaes: [{ model: "elsaa" }] }, /cfaes\[0\]\.model is "elsaa", expected "elsa" or/);
  await refused({ ...GRID, saes: [{ kind: "topk", k: [2, 400] }] }, /saes\[0\]: sae\.k is 400, but there are only/);
  await refused({ ...GRID, saes: [{ k: ["two"] }] }, /saes\[0\]\.k is \["two"\], expected a number or a list/);
  await refused({ ...GRID, seed: 1 }, /there is no "seed", did you mean "seeds"/);
  await refused(GRID, /the largest run needs .* the budget is 10 MiB/, "--memory", "0.009");
});

test("an SAE of a grid may have a preset and a name of its own", () => {
  const grid = parseGrid(JSON.stringify({
    ...GRID, preset: "paper", seeds: [1], cfaes: [GRID.cfaes[0]], saes: [
      { name: "ours", preset: "faithful", k: 2 }, { name: "theirs", k: [2, 4] }, { k: 3 },
    ],
  }), "grid.json");
  const [saes] = grid.saes;
  assert.equal(saes.map(({ name }) => name), ["ours", "theirs", "theirs", null]);
  assert.equal(saes[0].config.sae, { ...presets.faithful.sae, k: 2 });
  assert.equal(saes[2].config.sae, { ...presets.paper.sae, k: 4 });
  assert.equal(saes[0].config.elsa, saes[3].config.elsa, "the recommender is the grid's");
  const titles = jobsOf(grid, { data: "", numerics: "" })
    .filter(({ kind }) => kind === "sae").map(({ title }) => title);
  assert.equal(titles, ["ours on ELSA-8", "theirs on ELSA-8", "theirs on ELSA-8", "TopK-32 k=3 cosine on ELSA-8"]);
  assert.throws(() => parseGrid(JSON.stringify({ ...GRID, saes: [{ preset: "fast" }] }), "grid.json"),
    /saes\[0\]\.preset is "fast", expected "paper" or/);
});

test("the shipped grids are valid; the paper's has its 216 SAEs", async () => {
  for (const [name, runs] of [["paper", 230], ["ml-1m-small", 32], ["ablation", 69], ["faithful", 9],
    ["goodbooks", 27], ["multvae", 21]] as const) {
    const grid = new URL(`../../../grids/${name}.json`, import.meta.url).pathname;
    assert.is(jobsOf(await readGrid(grid), { data: "", numerics: "" }).length, runs, name);
  }
});

test.run();
