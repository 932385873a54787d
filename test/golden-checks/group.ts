/** Fusion of codes, aggregation of scores, and both end to end (docs/method.md §10). */
import { ndcg } from "../../src/evaluate/metrics.js";
import { aggregate, type Aggregation } from "../../src/steer/aggregate-scores.js";
import { fuse, fuseCodes, type Fusion } from "../../src/steer/fuse-codes.js";
import { minMax } from "../../src/steer/rerank.js";
import { cosineOf } from "../../src/evaluate/beyond-accuracy.js";
import type { Checker } from "./checker.js";

const FUSIONS: Readonly<Record<string, Fusion>> = {
  average: "average", square_average: "square-average", topk: "topk", max: "max", min: "min",
  common_features: "common", at_least_2_common_features: "at-least-2", wcom: "wcom",
};
const AGGREGATIONS: Readonly<Record<string, Aggregation>> = {
  ADD: "add", MUL: "multiply", LMS: "least-misery", MPL: "most-pleasure", GFAR: "gfar", EPFuzzDA: "ep-fuzz-da",
};

export function checkGroup(check: Checker): void {
  const { golden } = check;
  const codes = rowsOf(check, "inputs.codes");
  const k = golden.number("config.k");
  for (const [name, rule] of Object.entries(FUSIONS)) {
    check.compare(`${name}, fused`, fuse(codes, rule, k), `fusion.${name}.fused`);
    check.compare(`${name}, normalised`, fuseCodes(codes, rule, k).code, `fusion.${name}.normalised`);
    check.compare(`${name}, unit members`, fuseCodes(codes, rule, k, true).code,
      `fusion.${name}.normalised_unit_members`);
  }
  const apart = rowsOf(check, "edge_no_common_feature.codes");
  const guarded = fuseCodes(apart, "common", k);
  check.same("nothing in common", [guarded.fellBack ? 1 : 0, ...guarded.code],
    [1, ...fuseCodes(apart, "average", k).code]);
  const ratings = rowsOf(check, "aggregation.ratings");
  const n = golden.number("aggregation.top_n");
  for (const [name, rule] of Object.entries(AGGREGATIONS)) {
    check.same(name, aggregate(ratings, rule, n), golden.value(`aggregation.lists.${name}`) as number[]);
  }
  checkEndToEnd(check);
  checkFormation(check);
}

function checkEndToEnd(check: Checker): void {
  const { golden } = check;
  const at = (path: string): string => `end_to_end.${path}`;
  const { shape: [items, D], data: vectors } = golden.shaped(at("elsa_encoder"));
  const decoder = rowsOf(check, at("decoder_w"));
  const bias = golden.array64(at("decoder_b"));
  const [inputs, codes] = [rowsOf(check, at("inputs")), rowsOf(check, at("member_codes"))];
  const [mean, std] = ["member_mean", "member_std"].map((name) => {
    const values = golden.array64(at(name));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  const mask = golden.array64(at("mask"));
  const n = golden.number(at("k"));
  const targets = rowsOf(check, at("targets")).map(itemsIn);
  const common = Int32Array.from(golden.value(at("common_items")) as number[]);
  const compareNdcg = (name: string, list: number[]): void => {
    const members = targets.map((one) => ndcg(list, one));
    check.compare(`${name}, members`, members, at(`strategies.${name}.ndcg_members`));
    check.compare(`${name}, com`, ndcg(list, common), at(`strategies.${name}.ndcg_com`));
    check.compare(`${name}, min`, Math.min(...members), at(`strategies.${name}.ndcg_min`));
    check.compare(`${name}, mean`, members.reduce((a, b) => a + b, 0) / members.length,
      at(`strategies.${name}.ndcg_mean`));
  };
  const dot = (i: number, u: ArrayLike<number>): number => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += vectors[i * D + d] * u[d];
    return sum;
  };
  const listOf = (scores: readonly number[]): number[] => aggregate([scores], "add", n, (i) => mask[i] === 0);
  for (const [name, rule] of Object.entries(FUSIONS)) {
    const { code } = fuseCodes(codes, rule, golden.number("config.k"));
    const u = Float64Array.from(bias, (b, d) =>
      mean + std * (b + code.reduce((sum, value, h) => sum + value * decoder[h][d], 0)));
    const scores = Array.from({ length: items }, (_, i) => (mask[i] ? -1000 : dot(i, u)));
    check.compare(`SAE-${name}, scores`, scores, at(`strategies.SAE-${name}.scores`));
    const list = listOf(scores);
    check.same(`SAE-${name}, list`, list, golden.value(at(`strategies.SAE-${name}.list`)) as number[]);
    compareNdcg(`SAE-${name}`, list);
  }
  const embed = (x: ArrayLike<number>): Float64Array => {
    const u = new Float64Array(D);
    for (let i = 0; i < items; i++) for (let d = 0; d < D; d++) u[d] += x[i] * vectors[i * D + d];
    return u;
  };
  const member = inputs.map((x) => {
    const u = embed(x);
    return minMax(Array.from({ length: items }, (_, i) => dot(i, u) - x[i])).map((r, i) => (mask[i] ? 0 : r));
  });
  check.compare("member scores", member.flatMap((one) => Array.from(one)), at("member_scores"));
  for (const name of ["ADD", "LMS", "MPL", "GFAR", "EPFuzzDA"]) {
    const list = aggregate(member, AGGREGATIONS[name], n);
    const expected = golden.value(at(`strategies.${name}.list`)) as number[];
    if (name === "MPL") {
      // Every member's best item is at 1, and the authors leave equal ones in any order.
      const worth = (i: number): number => Math.max(...member.map((one) => one[i]));
      check.same("MPL, items", [...list].sort((a, b) => a - b), [...expected].sort((a, b) => a - b));
      check.same("MPL, worth", list.map(worth), expected.map(worth));
      const ties = list.filter((_, i) => i > 0 && worth(list[i - 1]) === worth(list[i]));
      const after = list.filter((item, i) => i > 0 && worth(list[i - 1]) === worth(item) && list[i - 1] < item);
      check.same("MPL, equal ones by number", after, ties);
      compareNdcg(name, expected);
      continue;
    }
    check.same(`${name}, list`, list, expected);
    compareNdcg(name, list);
  }
  const add = golden.value(at("strategies.ADD.list")) as number[];
  let [sum, pairs] = [0, 0];
  add.forEach((a, i) => {
    for (const b of add.slice(i + 1)) [sum, pairs] = [sum + cosineOf(vectors, a, b, D), pairs + 1];
  });
  check.compare("similarity of ADD's list", sum / pairs, at("recommendations_similarity_ADD"));
}

function checkFormation(check: Checker): void {
  const { golden } = check;
  const { shape: [, D], data } = golden.shaped("group_formation.user_embeddings");
  const [upper, lower] = [golden.number("group_formation.upper"), golden.number("group_formation.lower")];
  interface Formed {
    members: number[]; candidate: number; mean_similarity: number; similar: boolean; divergent: boolean;
  }
  for (const [i, one] of (golden.value("group_formation.cases") as Formed[]).entries()) {
    const mean = one.members.reduce((sum, m) => sum + (cosineOf(data, m, one.candidate, D) + 1) / 2, 0) /
      one.members.length;
    check.same(`group ${i}`, [mean, Number(mean >= upper), Number(mean <= lower)],
      [one.mean_similarity, Number(one.similar), Number(one.divergent)]);
  }
}

function rowsOf({ golden }: Checker, path: string): Float64Array[] {
  const { shape: [rows, cols] } = golden.shaped(path);
  const values = golden.array64(path);
  return Array.from({ length: rows }, (_, r) => values.slice(r * cols, (r + 1) * cols));
}

function itemsIn(row: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: row.length }, (_, i) => i).filter((i) => row[i] > 0);
}
