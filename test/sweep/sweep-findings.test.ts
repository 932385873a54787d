/** The findings and the table of `compare`, on results made up so that the answers are known. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Estimate } from "../../src/evaluate/metrics.js";
import { UserError } from "../../src/base/user-error.js";
import { findings, type Finding } from "../../src/sweep/findings.js";
import {
  readResults, ResultFile, type BaselineResult, type CfaeResult, type SaeResult, type SweepResult,
} from "../../src/sweep/results.js";
import { summarise } from "../../src/sweep/summary.js";
import { assertClose } from "../support/assert-close.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";

const of = (mean: number, se = 0.01): Estimate => ({ mean, se, n: 100 });
const quality = (ndcg: number): { recall: Estimate; ndcg: Estimate } => ({ recall: of(ndcg), ndcg: of(ndcg) });
const fit = { epochs: 1, bestEpoch: 1, bestValidationLoss: 1, stoppedEarly: false };
let made = 0;

function line(title: string, seed: number, test: number): Omit<CfaeResult, "kind" | "model" | "settings" | "fit"> {
  return { run: `run${made++}`, title, seed, data: "d", split: "s", test: quality(test), validation: quality(test) };
}

function cfae(model: "elsa" | "multvae", ndcg: number, seed = 1, settings = {}): CfaeResult {
  return { kind: "cfae", ...line(`${model}-8`, seed, ndcg), model, settings: { factors: 8, ...settings }, fit };
}

function sae(under: CfaeResult, kept: number, l0: number, settings: Record<string, unknown>): SaeResult {
  const { kind, k, loss = "l2" } = settings;
  return {
    kind: "sae", ...line(`${String(kind)} ${String(k)} ${String(loss)}`, under.seed, kept * under.test.ndcg.mean),
    model: under.model, cfae: under.run, factors: 8, neurons: 16, settings: { target: "embedding", loss, ...settings },
    fit, plain: under.test, change: quality(0), retention: { recall: kept, ndcg: kept }, cosine: of(0.9), l0: of(l0),
    dead: 4,
  };
}

const ease = (ndcg: number): BaselineResult => ({ kind: "baseline", ...line("EASE", 1, ndcg), setting: "λ" });

function verdicts(results: SweepResult[]): Finding["verdict"][] {
  return findings(results).map(({ verdict }) => verdict);
}

test("all five findings on a world where they hold, and on its mirror image", () => {
  const world = (sign: number): SweepResult[] => {
    const [e, m] = [cfae("elsa", 0.3), cfae("multvae", 0.3)];
    return [
      e, m, ease(0.3 - sign * 0.02),
      sae(e, 0.8, 8, { kind: "topk", k: 8 }), sae(e, 0.8 + sign * 0.1, 32, { kind: "topk", k: 32 }),
      // Half-way between 8 and 32 on a logarithmic scale, where the line is at 0.8 ± 0.05.
      sae(e, 0.8 + sign * 0.03, 16, { kind: "basic", k: 8, l1: 1 }),
      sae(e, 0.8 + sign * 0.05, 8, { kind: "topk", k: 8, loss: "cosine" }),
      sae(m, 0.8 - sign * 0.1, 8, { kind: "topk", k: 8 }),
    ];
  };
  assert.equal(verdicts(world(1)), Array(5).fill("holds"));
  assert.equal(verdicts(world(-1)), Array(5).fill("does not hold"));
  const found = findings(world(1));
  const expected = [0.02, 0.05, 0.1, 0.1, 0.02];
  assertClose(found.map(({ difference }) => difference!.mean), expected, { absolute: 1e-12 });
  assert.match(found[0].numbers, /\+2\.00 points of retention; so in 1 of 1 Basic SAEs between TopK ones, L0 16–16/);
  assert.match(found[3].numbers, /retention 80\.0 % on ELSA, 70\.0 % on MultVAE/);
});

test("a difference within its standard error is not clear, and nothing to compare is said", () => {
  const runs = [1, 2, 3].map((seed) => cfae("elsa", 0.3, seed));
  const pairs = runs.flatMap((e, i) => [
    sae(e, 0.8, 8, { kind: "topk", k: 8 }),
    sae(e, 0.8 + [0.1, -0.1, 0.001][i], 8, { kind: "topk", k: 8, loss: "cosine" }),
  ]);
  assert.equal(verdicts([...runs, ...pairs]), ["no runs", "not clear", "no runs", "no runs", "no runs"]);
  const [e] = runs;
  const [first] = findings([sae(e, 0.8, 8, { kind: "topk", k: 8 }), sae(e, 0.9, 200, { kind: "basic", k: 8 })]);
  assert.match(first.numbers, /no Basic SAE is as sparse as a TopK one: its L0 is 200–200/);
});

test("EASE is compared with the ELSA that validation prefers, not with the one that the test users prefer", () => {
  const [one, two] = [cfae("elsa", 0.31), cfae("elsa", 0.33, 1, { factors: 16 })];
  const preferred = { ...one, validation: quality(0.5) };
  assert.is(findings([preferred, two, ease(0.32)])[4].verdict, "does not hold");
  assert.match(findings([preferred, two, ease(0.315)])[4].numbers, /within one standard error/);
});

test("the table puts seeds together, with both standard errors, and tells equal titles apart", () => {
  const runs = [[0.3, 1, 0.3], [0.34, 2, 0.3], [0.5, 1, 0.1]]
    .map(([ndcg, seed, learningRate]) => cfae("elsa", ndcg, seed, { learningRate }));
  const [two, other] = summarise(runs);
  assert.equal(two.seeds, [1, 2]);
  assertClose([two.ndcg.mean, two.ndcg.seUsers, two.ndcg.seSeeds], [0.32, 0.01, 0.02], { absolute: 1e-12 });
  assert.is(two.title, "elsa-8 learningRate=0.3");
  assert.is(other.title, "elsa-8 learningRate=0.1");
  assert.ok(Number.isNaN(other.ndcg.seSeeds));
  const [, one] = summarise([runs[0], sae(runs[0], 0.9, 8, { kind: "topk", k: 8 })]);
  assertClose(
    [one.retention!.mean, one.retention!.seUsers, one.dead!.mean], [0.9, 0.01 / 0.3, 0.25], { absolute: 1e-12 },
  );
});

test("a torn last line is cut off; a damaged line in the middle is refused", () => inTemporaryFolder(async (folder) => {
  const file = join(folder, "out", "results.jsonl");
  const [a, b] = [cfae("elsa", 0.3), cfae("elsa", 0.4, 2)];
  let results = await ResultFile.open(file);
  await results.append(a);
  await results.append({ ...b, kind: "failed", error: "λ" });
  await results.close();
  const whole = await readFile(file, "utf8");
  await appendFile(file, "{\"run\": \"λ");
  assert.equal(await readResults(file), [a]);
  results = await ResultFile.open(file);
  assert.equal([...results.finished.keys()], [a.run]);
  assert.is(await readFile(file, "utf8"), whole);
  await results.append(b);
  await results.close();
  assert.equal(await readResults(file), [a, b]);
  await writeFile(file, `{"torn\n${whole}`);
  for (const use of [readResults, ResultFile.open.bind(ResultFile)]) {
    const error = await use(file).then(() => null, (reason: unknown) => reason);
    assert.instance(error, UserError);
    assert.match((error as UserError).message, /line 1: damaged or truncated: not JSON/);
  }
}));

test.run();
