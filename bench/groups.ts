/**
 * One list for three people, as SAGEA's authors measure it (docs/method.md §10), by every method that sessions have,
 * and by the mean of their embeddings, by their items as one person's, by popularity:
 *
 *   node dist/bench/groups.js --model FOLDER [--groups 1000] [--draws 100000] [--seed 1] [--threads 1]
 *
 * Groups are drawn among the users that the model's training held out: the validation users, on whom a fusion is chosen
 * for each kind of group, and the test users, who are reported. One random half of the catalogue is target, the other
 * input, the same for all. Similarity is (cos + 1)/2 of embeddings of whole histories; its quantiles .25 and .75 say
 * who is unlike and who alike. Groups with more than 5 common targets count. nDCG@20 of a group's list: against what
 * all three have as targets (com), and against each one's own (the least and the mean of the three).
 *
 * It prints quality, not times. Groups share users, so standard errors are somewhat too small.
 */
import { parseArgs } from "node:util";
import { Tape, type Matrix } from "../src/autograd/index.js";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../src/base/csr.js";
import type { Floats } from "../src/base/floats.js";
import { Random } from "../src/base/random.js";
import { openData } from "../src/data/data-source.js";
import { openEngine } from "../src/engine/open.js";
import { enableRelaxedSimd } from "../src/engine/relaxed-simd.js";
import { estimate, ndcg, type Estimate } from "../src/evaluate/metrics.js";
import { DenseCosines } from "../src/interpret/cosines.js";
import { loadModel } from "../src/model-folder/folder.js";
import { openNested } from "../src/model-folder/open-model.js";
import { embedAll, range } from "../src/models/encode-all.js";
import { groupMethods, type GroupMethod } from "../src/session/groups.js";
import { openSession } from "../src/session/open-session.js";
import { aggregateAmong, type Aggregation } from "../src/steer/aggregate-scores.js";
import { fuseCodes, type Fusion } from "../src/steer/fuse-codes.js";
import { minMax } from "../src/steer/rerank.js";

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    groups: { type: "string", default: "1000" },
    draws: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
  },
});
if (options.model === undefined) throw new Error("say --model FOLDER");
enableRelaxedSimd();
const LIST = 20;
const COMMON = 5;
const BATCH = 256;
const [wanted, draws, seed] = [options.groups, options.draws, options.seed].map(Number);
const engine = openEngine({ threads: Number(options.threads) });
await engine.ready();

const model = await loadModel(options.model);
if (!model.data.source) throw new Error("the model does not know its data");
const { dataset, split } = await openData(model.data.source);
const I = model.items.ids.length;
const { cfae, sae } = openNested(engine, model);
if (!cfae.logits) throw new Error("the model's scores are not had before clipping");
if (dataset.itemIds.join() !== model.items.ids.join()) throw new Error("the data's items are not the model's");
const isTarget = new Uint8Array(I);
new Random(seed).shuffle(Int32Array.from({ length: I }, (_, i) => i)).subarray(0, I >> 1)
  .forEach((item) => { isTarget[item] = 1; });

/** Held-out people: whole histories, and how alike they are. */
interface People {
  readonly x: Csr;
  /** (n, n): (cos + 1)/2 */
  readonly alike: readonly Float32Array[];
  readonly lower: number;
  readonly upper: number;
}

function peopleOf(users: Int32Array): People {
  const x = csrSelectRows(dataset.interactions, users);
  const cosines = engine.scope(() => {
    const { data, rows, cols } = embedAll(engine, cfae, x);
    return new DenseCosines(data, rows, cols);
  });
  const alike = Array.from(users, (_, r) => cosines.with(cosines.row(r)).map((cosine) => (cosine + 1) / 2));
  const pairs = Float64Array.from(alike.flatMap((row, r) => Array.from(row.subarray(r + 1)))).sort();
  return { x, alike, lower: pairs[Math.floor(0.25 * pairs.length)], upper: pairs[Math.floor(0.75 * pairs.length)] };
}

const kinds = ["similar", "random", "outlier"] as const;
type Kind = (typeof kinds)[number];
type Group = readonly [number, number, number];

/** Three different people, each drawn among those that fit; null where nobody does. */
function draw(kind: Kind, { x, alike, lower, upper }: People, random: Random): Group | null {
  const among = (fits: (p: number) => boolean): number | null => {
    const all = Array.from({ length: x.rows }, (_, p) => p).filter(fits);
    return all.length > 0 ? all[random.below(all.length)] : null;
  };
  const a = random.below(x.rows);
  const second = among((p) => p !== a && (
    kind === "random" || (kind === "similar" ? alike[a][p] >= upper : alike[a][p] <= lower)));
  if (second === null) return null;
  const third = among((p) => {
    if (p === a || p === second) return false;
    if (kind === "random") return true;
    if (kind === "similar") return (alike[a][p] + alike[second][p]) / 2 >= upper;
    return alike[a][p] >= upper && alike[second][p] <= lower;
  });
  return third === null ? null : [a, second, third];
}

/** Distinct groups with more than 5 common targets, at most as many as wanted. */
function groupsOf(kind: Kind, people: People, random: Random): Group[] {
  const found = new Map<string, Group>();
  for (let i = 0; i < draws && found.size < wanted; i++) {
    const group = draw(kind, people, random);
    if (!group || commonTargets(group, people).length <= COMMON) continue;
    found.set([...group].sort((p, q) => p - q).join(), group);
  }
  return [...found.values()];
}

function targetsOf(person: number, { x }: People): Int32Array {
  return csrRow(x, person).filter((item) => isTarget[item] === 1);
}

function commonTargets([a, b, c]: Group, people: People): Int32Array {
  const [second, third] = [new Set(targetsOf(b, people)), new Set(targetsOf(c, people))];
  return targetsOf(a, people).filter((item) => second.has(item) && third.has(item));
}

const baselines = ["mean of embeddings", "as one person", "popularity"] as const;
type Method = GroupMethod | (typeof baselines)[number];
const methods: readonly Method[] = [...groupMethods, ...baselines];
const { users } = model.items;
if (!users) throw new Error("the model does not know its items' users");

/** Of every person's inputs: what the methods put together, worked out once. */
interface Known {
  readonly inputs: Csr;
  /** (n, D) */
  readonly u: Matrix;
  /** (n, I), linear, own inputs among them. */
  readonly scores: readonly Float32Array[];
  /** (n, H) dense, with what each embedding was standardised by. */
  readonly codes: readonly { readonly code: Float64Array; readonly mean: number; readonly std: number }[];
}

function known(people: People): Known {
  const own = (r: number): number[] => Array.from(csrRow(people.x, r)).filter((item) => isTarget[item] === 0);
  const inputs = csrFromLists(Array.from({ length: people.x.rows }, (_, r) => own(r)), I);
  const u = embedAll(engine, cfae, inputs);
  const tape = new Tape(engine, false);
  const { code, input } = sae.encode(tape, tape.rowsOf(u, range(0, u.rows)));
  const codes = Array.from({ length: u.rows }, (_, r) => {
    const dense = new Float64Array(sae.neurons);
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) dense[code.indices[q]] = code.values![q];
    return { code: dense, mean: input.mean[r], std: input.std[r] };
  });
  tape.reset();
  return { inputs, u, codes, scores: linearScores(u) };
}

/** Rows of A·u. */
function linearScores(u: Matrix): Float32Array[] {
  const all: Float32Array[] = [];
  const tape = new Tape(engine, false);
  for (let from = 0; from < u.rows; from += BATCH) {
    tape.reset();
    const { data } = cfae.logits!(tape, tape.rowsOf(u, range(from, Math.min(u.rows, from + BATCH))));
    for (let at = 0; at < data.length; at += I) all.push(Float32Array.from(data.subarray(at, at + I)));
  }
  tape.reset();
  return all;
}

/** Scores at the groups' fused codes. */
function fusedScores(rule: Fusion, groups: readonly Group[], { codes }: Known): Float32Array[] {
  const all: Float32Array[] = [];
  const tape = new Tape(engine, false);
  for (let from = 0; from < groups.length; from += BATCH) {
    tape.reset();
    const some = groups.slice(from, from + BATCH);
    const fused = some.map((group) => fuseCodes(group.map((p) => codes[p].code), rule, model.shape.k).code);
    const lists = fused.map((code) => Array.from(code.keys()).filter((n) => code[n] > 0));
    const values = Float32Array.from(lists.flatMap((list, g) => list.map((n) => fused[g][n])));
    const meanOf = (what: "mean" | "std"): Floats =>
      engine.floatsFrom(some.map((group) => group.reduce((sum, p) => sum + codes[p][what], 0) / group.length));
    const code = tape.sparseInput({ ...csrFromLists(lists, sae.neurons), values });
    const { data } = cfae.logits!(tape, sae.decode(tape, code, { mean: meanOf("mean"), std: meanOf("std") }));
    for (let at = 0; at < data.length; at += I) all.push(Float32Array.from(data.subarray(at, at + I)));
  }
  tape.reset();
  return all;
}

/** The groups' lists, item numbers: best first, without what any member has among the inputs. */
function listsOf(method: Method, groups: readonly Group[], all: Known): number[][] {
  const free = groups.map((group) => {
    const taken = new Set(group.flatMap((p) => Array.from(csrRow(all.inputs, p))));
    return Int32Array.from({ length: I }, (_, i) => i).filter((item) => !taken.has(item));
  });
  const best = (scores: ArrayLike<number>, g: number): number[] =>
    aggregateAmong([scores], "add", LIST, free[g]).map(({ item }) => item);
  if (method === "popularity") return groups.map((_, g) => best(users!, g));
  // An embedding's scores are linear in it: those of the mean rank as the sum of the members'.
  if (method === "as one person") {
    const union = groups.map((group) => [...new Set(group.flatMap((p) => Array.from(csrRow(all.inputs, p))))]
      .sort((p, q) => p - q));
    return linearScores(embedAll(engine, cfae, csrFromLists(union, I))).map(best);
  }
  if (method === "mean of embeddings") {
    return groups.map(([a, b, c], g) => {
      const [one, two, three] = [a, b, c].map((p) => all.scores[p]);
      return best(one.map((score, i) => score + two[i] + three[i]), g);
    });
  }
  if (method.startsWith("fuse-")) {
    return fusedScores(method.slice("fuse-".length) as Fusion, groups, all).map(best);
  }
  return groups.map((group, g) => {
    const ratings = group.map((p) => {
      const scaled = minMax(Float64Array.from(free[g], (item) => all.scores[p][item]));
      const rating = new Float64Array(I);
      free[g].forEach((item, q) => { rating[item] = scaled[q]; });
      return rating;
    });
    return aggregateAmong(ratings, method as Aggregation, LIST, free[g]).map(({ item }) => item);
  });
}

/** A session's own lists for some groups are the same: batches change nothing. */
function verify(groups: readonly Group[], all: Known): void {
  const session = openSession(model, { engine, residual: "keep" });
  for (const method of ["add", "least-misery", "fuse-topk"] as const) {
    const lists = listsOf(method, groups, all);
    groups.forEach((group, g) => {
      const profiles = group.map((p) => Array.from(csrRow(all.inputs, p), (item) => model.items.ids[item]));
      const list = session.recommendForGroup(profiles, { n: LIST, method }).items.map(({ item }) => item);
      const same = list.filter((item) => lists[g].includes(item)).length;
      // Float32 sums of a batch and of one row may differ in their last bit: the last place may change hands.
      if (same < LIST - 1) throw new Error(`${method}: ${same} of ${LIST} items as in a session`);
    });
  }
}

const figures = ["com", "min", "mean"] as const;
type Figures = Record<(typeof figures)[number], Float64Array>;

function measure(method: Method, groups: readonly Group[], people: People, all: Known): Figures {
  const lists = listsOf(method, groups, all);
  const each = groups.map((group, g) => {
    const own = group.map((person) => ndcg(lists[g], targetsOf(person, people)));
    return [ndcg(lists[g], commonTargets(group, people)), Math.min(...own), own.reduce((sum, one) => sum + one, 0) / 3];
  });
  const [com, min, mean] = figures.map((_, f) => Float64Array.from(each, (one) => one[f]));
  return { com, min, mean };
}

function shown({ mean, se }: Estimate): string {
  const digits = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, "$1.");
  return `${digits(mean)} ± ${digits(se)}`;
}

const validation = peopleOf(split.validation.users);
const test = peopleOf(split.test.users);
console.log(
  `${dataset.name}: ${validation.x.rows} validation and ${test.x.rows} test users, ${I} items; ` +
  `model seed ${model.seed}, ${model.shape.factors} factors, ${model.shape.neurons} neurons, k ${model.shape.k}`,
);
const [ofValidation, ofTest] = [known(validation), known(test)];
for (const kind of kinds) {
  const random = new Random(seed + 1 + kinds.indexOf(kind));
  const [some, groups] = [validation, test].map((people) => groupsOf(kind, people, random));
  verify(groups.slice(0, 3), ofTest);
  const fusedCom = groupMethods.filter((method) => method.startsWith("fuse-")).map((method) => {
    const { com } = measure(method, some, validation, ofValidation);
    return { method, com: estimate(com).mean };
  });
  const best = fusedCom.reduce((most, one) => (one.com > most.com ? one : most));
  console.log(`\n${kind}: ${groups.length} groups of test users (${some.length} of validation users)`);
  console.log(`chosen fusion: ${best.method}, com ${best.com.toFixed(3)} on the validation users' groups\n`);
  console.log("| method | com | min | mean | com − ADD's |\n|---|---|---|---|---|");
  const add = measure("add", groups, test, ofTest);
  for (const method of methods) {
    const found = method === "add" ? add : measure(method, groups, test, ofTest);
    const cells = figures.map((figure) => shown(estimate(found[figure])));
    const difference = method === "add" ? "" : shown(estimate(found.com.map((value, g) => value - add.com[g])));
    console.log(`| ${method}${method === best.method ? " (chosen)" : ""} | ${[...cells, difference].join(" | ")} |`);
  }
}
engine.close();
