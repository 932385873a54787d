/**
 * Lists balanced for a person (steer/balance.ts): what a session knows of items (users, vectors, tags) and of the
 * person's history put beside a ranking, and what cannot be balanced refused by name.
 */
import { csrTranspose, type Csr } from "../base/csr.js";
import { dot } from "../base/dense.js";
import type { Floats } from "../base/floats.js";
import { UserError } from "../base/user-error.js";
import { addTags } from "../evaluate/calibration.js";
import { cfaeTitle, itemVectorsOf } from "../model-folder/open-model.js";
import { balanceList, POOL, type BalanceData, type BalancePrice } from "../steer/balance.js";
import type { Choice } from "./list-request.js";
import type { ProfileRow } from "./profile.js";
import type { ListedItem } from "./session-types.js";
import type { Workings } from "./workings.js";

/** A list as it is shown, and what balancing cost where it was asked for. */
export interface BalancedItems {
  readonly items: readonly ListedItem[];
  readonly balance?: BalancePrice;
}

export class Balancing {
  /** (I, T) */
  private tags: Csr | null = null;

  constructor(private readonly workings: Workings) {}

  /** The choice whose ranking has all that balancing looks at. @throws UserError for what this model cannot balance. */
  widened(choice: Choice): Choice {
    const { balance, n, offset } = choice;
    if (!balance) return choice;
    const { model, linear } = this.workings;
    if (balance.popularity && !model.items.users) {
      throw new UserError("this model does not know how popular its items are: train it again to balance popularity");
    }
    if (balance.variety && !linear) {
      throw new UserError(`${cfaeTitle(model.config)} has no item vectors, which variety is measured by`);
    }
    if (balance.calibration && !model.tags) {
      throw new UserError("this model has no tags, which lists are calibrated by: its data set had none");
    }
    return { ...choice, n: Math.max(balance.pool ?? POOL, offset + n), offset: 0 };
  }

  /** The list of a choice from the ranking of the widened one. */
  cut(ranking: readonly ListedItem[], row: ProfileRow, { balance, n, offset }: Choice): BalancedItems {
    if (!balance) return { items: ranking };
    const items = ranking.map(({ item }) => item);
    const scores = ranking.map(({ score }) => score);
    const { order, price } = balanceList(items, scores, n, offset, balance, this.dataOf(items, row));
    return { items: order.map((at) => ranking[at]), balance: price };
  }

  private dataOf(ranking: readonly number[], row: ProfileRow): BalanceData {
    const { model, linear } = this.workings;
    if (model.tags) this.tags ??= csrTranspose(model.tags.counts);
    return {
      users: model.items.users ?? null,
      cosine: linear ? cosinesOf(ranking, itemVectorsOf(model).data, model.shape.factors) : null,
      tags: this.tags,
      history: this.tags && historyOf(row, this.tags),
    };
  }
}

/** Cosine of two of some items; their unit vectors are worked out once. */
function cosinesOf(items: readonly number[], vectors: Floats, D: number): (a: number, b: number) => number {
  const at = new Map(items.map((item, i) => [item, i * D]));
  const unit = new Float64Array(items.length * D);
  items.forEach((item, i) => {
    const length = Math.sqrt(dot(vectors, vectors, item * D, item * D, D)) || 1;
    for (let d = 0; d < D; d++) unit[i * D + d] = vectors[item * D + d] / length;
  });
  return (a, b) => dot(unit, unit, at.get(a)!, at.get(b)!, D);
}

/** p(t) of the items that a person likes, by weight; null for nobody. */
function historyOf({ items, values }: ProfileRow, tags: Csr): Float64Array | null {
  if (items.length === 0) return null;
  const p = new Float64Array(tags.cols);
  let total = 0;
  items.forEach((item, i) => {
    const weight = values ? values[i] : 1;
    addTags(p, tags, item, weight);
    total += weight;
  });
  return p.map((value) => value / total);
}
