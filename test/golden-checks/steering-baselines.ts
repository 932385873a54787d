/**
 * Directions chosen on visible tags, lists after steering along them, and what they do to hidden items and other tags.
 */
import type { Engine } from "../../src/engine/engine.js";
import { ndcg } from "../../src/evaluate/metrics.js";
import { diffMean, logisticProbe, ridgeProbe } from "../../src/steer/directions.js";
import type { Checker } from "./checker.js";
import { rank } from "./metrics.js";

export function checkSteeringBaselines(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [items, factors], data: vectors } = golden.shaped("inputs.item_vectors");
  const { shape: [, tags], data: tagged } = golden.shaped("inputs.tags");
  const tag = golden.number("config.tag");
  const visible = new Set(golden.array("inputs.visible_half"));
  const hidden = Int32Array.from(golden.array("inputs.hidden_half"));
  const positive = Uint8Array.from({ length: items }, (_, i) => (visible.has(i) ? 1 : 0));
  const all = Int32Array.from({ length: items }, (_, i) => i);
  for (const [variant, taking] of [
    ["hidden_excluded", all.filter((i) => !hidden.includes(i))], ["hidden_as_negative", all],
  ] as const) {
    const labelled = { vectors, factors, items: taking, positive };
    const at = `directions.${variant}`;
    check.compare(`DiffMean, ${variant}`, diffMean(labelled), `${at}.diffmean`);
    const { weights, bias } = logisticProbe(labelled);
    check.compare(`logistic probe, ${variant}`, weights, `${at}.logistic`);
    check.compare(`its bias, ${variant}`, bias, `${at}.logistic_bias`);
    check.compare(`ridge probe, ${variant}`, ridgeProbe(labelled), `${at}.ridge`);
  }
  const labelled = { vectors, factors, items: all.filter((i) => !hidden.includes(i)), positive };
  const directions: Record<string, Float64Array> = {
    diffmean: diffMean(labelled), logistic: logisticProbe(labelled).weights, ridge: ridgeProbe(labelled),
  };
  const untagged = all.filter((i) => tagged[i * tags + tag] === 0);
  for (const [name, d] of Object.entries(directions)) {
    const project = (i: number): number => d.reduce((sum, value, k) => sum + value * vectors[i * factors + k], 0);
    let wins = 0;
    for (const h of hidden) {
      for (const u of untagged) wins += project(h) > project(u) ? 1 : project(h) === project(u) ? 0.5 : 0;
    }
    check.same(`detection AUC, ${name}`, [wins / (hidden.length * untagged.length)],
      [golden.number(`detection_auc_hidden_vs_untagged.${name}`)]);
  }
  checkLists(check, engine, directions, positive);
}

function checkLists(
  check: Checker, engine: Engine, directions: Record<string, Float64Array>, visible: Uint8Array,
): void {
  const { golden } = check;
  const { shape: [items, D], data: vectors } = golden.shaped("inputs.item_vectors");
  const { shape: [users], data: inputs } = golden.shaped("inputs.user_inputs");
  const targets = golden.array("inputs.user_targets");
  const hidden = Int32Array.from(golden.array("inputs.hidden_half"));
  const k = golden.number("config.k");
  const cases = golden.value("results") as { method: string; alpha: number }[];
  cases.forEach(({ method, alpha }, c) => {
    const scores = engine.floats(users * items);
    for (let u = 0; u < users; u++) {
      const taste = new Float64Array(D);
      for (let i = 0; i < items; i++) {
        if (inputs[u * items + i]) for (let d = 0; d < D; d++) taste[d] += vectors[i * D + d];
      }
      const direction = directions[method] as Float64Array | undefined;
      const length = Math.hypot(...taste) / (direction ? Math.hypot(...direction) : 1);
      const moved = taste.map((value, d) => value + (direction ? alpha * length * direction[d] : 0));
      const own = Float64Array.from({ length: items }, (_, i) =>
        moved.reduce((sum, value, d) => sum + value * vectors[i * D + d], 0));
      const mean = own.reduce((sum, value) => sum + value, 0) / items;
      const std = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / items);
      own.forEach((value, i) => {
        const boost = direction ? 0 : alpha * std * visible[i];
        scores[u * items + i] = inputs[u * items + i] ? -Infinity : value + boost;
      });
    }
    const lists = rank(engine, scores, items, k);
    check.compare(`${method}, α ${alpha}: lists`, lists, `results.${c}.lists`);
    const of = (u: number): number[] => Array.from(lists).slice(u * k, (u + 1) * k);
    const indices = (u: number, ok: (i: number) => boolean): Int32Array =>
      Int32Array.from({ length: items }, (_, i) => i).filter((i) => ok(i) && u >= 0);
    check.compare(`${method}, α ${alpha}: segment`, Array.from({ length: users }, (_, u) =>
      ndcg(of(u), hidden.filter((i) => !inputs[u * items + i]))), `results.${c}.segment_ndcg_hidden`);
    check.compare(`${method}, α ${alpha}: personal`, Array.from({ length: users }, (_, u) =>
      ndcg(of(u), indices(u, (i) => targets[u * items + i] !== 0))), `results.${c}.personal_ndcg`);
  });
}
