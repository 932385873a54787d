/** One recommendation of one test user, taken apart: why the item is there, and which past items are behind that. */
import type { Split } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { csrRow, type Csr } from "../base/csr.js";
import type { ExplainedItem, ListedItem } from "../session/session-types.js";
import { Session } from "../session/session.js";
import type { Model } from "../model-folder/model.js";

/** One recommendation, taken apart. */
export interface ExplainedExample {
  /** Titles of the user's items. */
  readonly history: readonly string[];
  readonly explanation: ExplainedItem;
  /** Whether the item, first on the list, is among those that were held out. */
  readonly hit: boolean;
  /** The past items that most switched on the concept with the largest part; null where the decoder is not linear. */
  readonly because: readonly ListedItem[] | null;
}

/** Long enough to have a taste, short enough to be read. */
const LEAST_ITEMS = 8;
const MOST_ITEMS = 30;
/** Users who are looked at before one without a hit will do. */
const LOOKED_AT = 200;

/**
 * The first test user, in the split's order, with 8 to 30 items and a held-out item first on the list; else the first
 * with any list. The heap is as it was afterwards.
 */
export function explainExample(engine: Engine, model: Model, { test }: Split, itemCodes: Csr): ExplainedExample | null {
  const { ids } = model.items;
  return engine.scope(() => {
    const session = new Session(model, engine, { ownsEngine: false, itemCodes });
    const sizeOf = (row: number): number => csrRow(test.input, row).length;
    const rows = Array.from(test.users.keys()).filter((row) => sizeOf(row) > 0);
    const readable = rows.filter((row) => sizeOf(row) >= LEAST_ITEMS && sizeOf(row) <= MOST_ITEMS);
    let chosen: { row: number; item: ListedItem; hit: boolean } | null = null;
    for (const row of (readable.length > 0 ? readable : rows).slice(0, LOOKED_AT)) {
      const [item] = session.recommend(Array.from(csrRow(test.input, row), (i) => ids[i]), 1).items;
      if (!item) continue;
      const hit = csrRow(test.target, row).includes(item.item);
      chosen = hit || !chosen ? { row, item, hit } : chosen;
      if (hit) break;
    }
    if (!chosen) return null;
    const profile = Array.from(csrRow(test.input, chosen.row), (i) => ids[i]);
    const explanation = session.explain(profile, chosen.item.id);
    const strongest = explanation.concepts.at(0);
    const because = session.inspectUser(profile).concepts
      .find(({ concept }) => concept === strongest?.concept)?.because ?? null;
    const history = Array.from(csrRow(test.input, chosen.row), (i) => model.items.titles[i]);
    return { history, explanation, hit: chosen.hit, because };
  });
}
