/**
 * Lists of the steering benchmark and what is read off them: hidden and visible items, personal quality, other tags.
 */
import { Tape } from "../autograd/index.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { HeldOut } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { ndcg } from "../evaluate/metrics.js";
import type { Model } from "../model-folder/model.js";
import { openNested } from "../model-folder/open-model.js";

const LIST = 20;

export interface SteerFigures {
  /** nDCG@20 of hidden items of the tag; and of the visible ones, whose gap is memorising. */
  readonly hidden: number;
  readonly visible: number;
  /** Personal nDCG@20 over that with nothing turned. */
  readonly kept: number;
  /** Mean |Δ share| over other tags, and the part that overlap does not explain. */
  readonly side: number;
  readonly unexplained: number;
  /** Turned down: share of hidden and visible items that stay in the top 20; nDCG kept of targets without the tag. */
  readonly left: number;
  readonly leftVisible: number;
  readonly keptDown: number;
}

/** Held-out users with all that steering is linear in. */
export interface SteeredUsers {
  readonly rows: number;
  readonly items: number;
  readonly heldOut: HeldOut;
  /** (U, I) scores before anything clips them, items of the input at −∞. */
  readonly scores: Float32Array;
  /** (U, I) what the code adds to each score. */
  readonly ofCode: Float32Array;
  /** (U) ‖u‖; s·Σe, what a neuron's unit of share is worth; standard deviation of the scores. */
  readonly length: Float64Array;
  readonly unit: Float64Array;
  readonly spread: Float64Array;
  /** (U) m and s that the embedding was standardised with. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** Writes a steered user's scores, (I), where items of the input stay at −∞. */
export type Move = (user: number, out: Float32Array) => void;

export interface Halves {
  readonly tag: number;
  readonly hidden: Int32Array;
  readonly visible: Int32Array;
  readonly all: Int32Array;
}

export function openSteeredUsers(engine: Engine, model: Model, heldOut: HeldOut): SteeredUsers {
  return engine.scope(() => {
    const { cfae, sae } = openNested(engine, model);
    const [U, I, D] = [heldOut.input.rows, cfae.items, cfae.factors];
    const scores = new Float32Array(U * I);
    const ofCode = new Float32Array(U * I);
    const [length, unit, spread, mean, std] = [0, 1, 2, 3, 4].map(() => new Float64Array(U));
    const tape = new Tape(engine, false);
    for (let r = 0; r < U; r++) {
      tape.reset();
      const x = tape.sparseInput(heldOut.input, Int32Array.of(r));
      const u = cfae.encode(tape, x);
      const { code, input } = sae.encode(tape, u);
      const rebuilt = sae.decode(tape, code, input);
      const active = tape.input(rebuilt.data, 1, D);
      for (let d = 0; d < D; d++) active.data[d] -= input.mean[0] + input.std[0] * model.sae.decoderB[d];
      const own = cfae.logits!(tape, u).data;
      ofCode.set(cfae.logits!(tape, active).data, r * I);
      let [total, middle, squares] = [0, 0, 0];
      for (let q = code.rowStart[0]; q < code.rowEnd[0]; q++) total += code.values![q];
      for (let j = 0; j < I; j++) middle += own[j] / I;
      for (let j = 0; j < I; j++) squares += (own[j] - middle) ** 2 / I;
      length[r] = Math.hypot(...u.data);
      [mean[r], std[r]] = [input.mean[0], input.std[0]];
      unit[r] = input.std[0] * total;
      spread[r] = Math.sqrt(squares);
      scores.set(own, r * I);
      for (const item of csrRow(heldOut.input, r)) scores[r * I + item] = -Infinity;
    }
    tape.reset();
    return { rows: U, items: I, heldOut, scores, ofCode, length, unit, spread, mean, std };
  });
}

/** Means over users. */
export interface Judged {
  readonly hidden: number;
  readonly visible: number;
  readonly personal: number;
  /** nDCG@20 of targets without the tag, over users who have such. */
  readonly personalWithout: number;
  /** Items of either half in a list. */
  readonly hiddenShown: number;
  readonly visibleShown: number;
  /** (T) share of the list that carries each tag. */
  readonly shares: Float64Array;
}

/** Calls with each user's list of 20. @param move none: nothing is turned. */
export function eachList(
  { rows, items, scores }: SteeredUsers, move: Move | undefined, see: (user: number, list: readonly number[]) => void,
): void {
  const out = new Float32Array(items);
  for (let r = 0; r < rows; r++) {
    out.set(scores.subarray(r * items, (r + 1) * items));
    move?.(r, out);
    see(r, best(out));
  }
}

/** @param move none: nothing is turned. */
export function judge(
  users: SteeredUsers, { hidden, visible, all }: Halves, tagsOfItem: Csr, move?: Move,
): Judged {
  const { rows, items, heldOut } = users;
  const [here, there] = [mark(hidden, items), mark(visible, items)];
  const tagged = mark(all, items);
  const shares = new Float64Array(tagsOfItem.cols);
  let [hid, vis, personal, without, withTargets, hiddenShown, visibleShown] = [0, 0, 0, 0, 0, 0, 0];
  eachList(users, move, (r, list) => {
    const seen = mark(csrRow(heldOut.input, r), items);
    const unseen = (half: Int32Array): Int32Array => half.filter((item) => !seen[item]);
    hid += gain(list, unseen(hidden)) / rows;
    vis += gain(list, unseen(visible)) / rows;
    const targets = csrRow(heldOut.target, r);
    personal += gain(list, targets) / rows;
    const rest = targets.filter((item) => !tagged[item]);
    if (rest.length > 0) {
      without += ndcg(list, rest);
      withTargets++;
    }
    for (const item of list) {
      hiddenShown += here[item] / rows;
      visibleShown += there[item] / rows;
      for (const t of csrRow(tagsOfItem, item)) shares[t] += 1 / (list.length * rows);
    }
  });
  return {
    hidden: hid, visible: vis, personal, personalWithout: without / Math.max(1, withTargets), hiddenShown, visibleShown,
    shares,
  };
}

/** What is reported of one tag, from the lists with nothing turned, turned up, and turned down. */
export function judged(still: Judged, up: Judged, down: Judged, { tag, all }: Halves, counts: Csr): SteerFigures {
  const carries = mark(all, counts.cols);
  const [rise, others] = [up.shares[tag] - still.shares[tag], counts.rows - 1];
  let [side, unexplained] = [0, 0];
  for (let t = 0; t < counts.rows; t++) {
    if (t === tag) continue;
    const items = csrRow(counts, t);
    const both = items.reduce((sum, item) => sum + carries[item], 0);
    const overlap = both / Math.max(1, all.length) - (items.length - both) / Math.max(1, counts.cols - all.length);
    const change = up.shares[t] - still.shares[t];
    side += Math.abs(change) / Math.max(1, others);
    unexplained += Math.abs(change - rise * overlap) / Math.max(1, others);
  }
  const share = (after: number, before: number): number => (before > 0 ? after / before : NaN);
  return {
    hidden: up.hidden, visible: up.visible, kept: share(up.personal, still.personal), side, unexplained,
    left: share(down.hiddenShown, still.hiddenShown), leftVisible: share(down.visibleShown, still.visibleShown),
    keptDown: share(down.personalWithout, still.personalWithout),
  };
}

/** nDCG@20; 0 without targets. */
export function gain(list: ArrayLike<number>, targets: Int32Array): number {
  return targets.length > 0 ? ndcg(list, targets) : 0;
}

/** (I) 1 for these items. */
export function mark(items: ArrayLike<number>, size: number): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < items.length; i++) out[items[i]] = 1;
  return out;
}

/** The best items, best first, ties by index; those at −∞ are left out. */
function best(scores: Float32Array): number[] {
  const list: number[] = [];
  for (let j = 0; j < scores.length; j++) {
    const score = scores[j];
    if (score === -Infinity || (list.length === LIST && score <= scores[list[LIST - 1]])) continue;
    let at = list.length;
    while (at > 0 && score > scores[list[at - 1]]) at--;
    list.splice(at, 0, j);
    if (list.length > LIST) list.pop();
  }
  return list;
}
