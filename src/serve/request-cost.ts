/**
 * What a request costs, counted before it is done: requests are answered one after the other, so a costly one makes
 * everybody wait. Counted from the request and the model's size alone, whatever is kept of earlier requests: the same
 * request is always answered or always refused. The unit is a multiply–add of the fast kernels; plain code takes
 * several times as long for one.
 *
 *   scoring the catalogue       I·(D + R)               R stands for leaving out and ranking
 *   balancing a list of n       P·n + n² comparisons of D numbers in plain code, P its pool
 *   a list for a group          each one's scoring twice, n·K·D in plain code each, n·I each where a rule takes turns
 *   likeness of all U users     (n of all of them + U)·D
 *   reading a profile of n      (n + H)·D
 *   finding a knob's position   25 scorings; turned down, I·D in plain code more
 *   an item's part in a neuron  3·D in plain code, for all K active ones
 *   choosing a knob's n         n·H·D in plain code (steer/non-negative-least-squares.ts); once, I·D² in a product
 */
import { whole } from "../base/numbers.js";
import type { Model } from "../model-folder/model.js";
import type { GroupMethod } from "../session/groups.js";
import type { ListRequest } from "../session/list-request.js";
import type { KnobRequest } from "../session/session-types.js";
import { DECODER_NEURONS } from "../session/tag-knobs.js";
import type { Histories } from "./histories.js";
import { POOL } from "../steer/balance.js";
import { SAMPLES } from "../steer/calibrate.js";
import { invalid } from "./problem.js";

/** Multiply–adds of a kernel that one of plain code takes as long as. */
const PLAIN = 4;
/** Multiply–adds of a matrix product that take as long as one of scoring, which waits for memory. */
const PRODUCT = 6;
/** Of ranking, an item; in a list of more than so many, beside that. */
const RANKING = 64;
const SORTED = 256;
const SORTING = 512;

export class RequestCost {
  /** Of scoring and ranking all items once. */
  readonly scoring: number;

  constructor(private readonly shape: Model["shape"], private readonly items: number) {
    this.scoring = items * (shape.factors + RANKING);
  }

  /**
   * @param limit in millions. A request for four lists is answered whatever the catalogue's size.
   * @throws Problem for a request that costs more.
   */
  check(cost: number, limit: number): void {
    const most = Math.max(limit * 1e6, 4 * this.scoring);
    if (cost <= most) return;
    const millions = (n: number): string => whole(Math.ceil(n / 1e6));
    throw invalid([{
      pointer: "#", detail: `it would take ${millions(cost)} million multiply–adds, expected at most ` +
        `${millions(most)} in one request (--max-work): fewer knobs with a "turn", "neurons" or profiles take less`,
    }]);
  }

  /** A person's embedding and code. @param length items of the profile. */
  reading(length: number): number {
    return (length + this.shape.neurons) * this.shape.factors;
  }

  /** What a list takes besides scores: long ones are a sort, and balanced ones compare items in pairs. */
  list({ n = 0, offset = 0, balance }: Pick<ListRequest, "n" | "offset" | "balance">): number {
    const sorting = n + offset > SORTED ? SORTING * this.items : 0;
    const pool = balance?.pool ?? POOL;
    return sorting + (balance ? PLAIN * this.shape.factors * (pool * Math.min(pool, n + offset) + n * n) : 0);
  }

  /** One list for several: the scores and places of each, the rule, and each item explained to each. */
  group(persons: number, method: GroupMethod, wanted: Pick<ListRequest, "n" | "offset" | "balance">): number {
    const { n = 0, offset = 0 } = wanted;
    const explaining = PLAIN * n * this.shape.k * this.shape.factors;
    const turns = method === "gfar" || method === "ep-fuzz-da" ? n + offset : 1;
    return persons * (2 * this.scoring + explaining + PLAIN * turns * this.items) + this.list(wanted);
  }

  /** Everybody who is known, embedded and compared with one person. */
  people(histories: Histories | null): number {
    if (!histories) return 0;
    const { rows, indices } = histories.dataset.interactions;
    return (indices.length + rows) * this.shape.factors;
  }

  /** From requests to knobs. */
  knobs(requests: readonly KnobRequest[]): number {
    return requests.reduce((sum, request) => sum + this.choosing(request) + this.calibrating(request), 0);
  }

  /** An item's score taken apart, where each active neuron's part is what the scores lose without it. */
  ablating(): number {
    return (this.shape.k + 2) * this.scoring;
  }

  /** A profile's items by what they do to its active neurons. */
  reasons(length: number): number {
    return 3 * PLAIN * this.shape.k * length * this.shape.factors;
  }

  /** What a tag turns by itself was worked out when the model was opened; other choices are made for the request. */
  private choosing({ tag, neurons, mapping }: KnobRequest): number {
    if (tag === undefined || (neurons ?? mapping) === undefined) return 0;
    const n = neurons ?? DECODER_NEURONS;
    const { factors: D, neurons: H } = this.shape;
    return PLAIN * n * H * D + this.items * D * D / PRODUCT;
  }

  private calibrating({ turn = 0 }: KnobRequest): number {
    if (turn === 0) return 0;
    const holding = turn < 0 ? PLAIN * this.items * this.shape.factors : 0;
    return (SAMPLES + 1) * this.scoring + holding;
  }
}
