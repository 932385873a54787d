/** How a list changed: for each item of the list afterwards, where it was before; and who left. Pure. */
import type { ListedItem } from "../../session/session-types.js";
import { words } from "../words/words.js";

export interface RankChange {
  /** Rank before, from 1; null when the item is new to the list. */
  readonly from: number | null;
  /** Places gained; negative when it fell, null when it is new. */
  readonly gained: number | null;
}

/** One change for each item of `after`, in its order. */
export function rankChanges(before: readonly ListedItem[], after: readonly ListedItem[]): RankChange[] {
  const ranks = new Map(before.map(({ item }, i) => [item, i + 1]));
  return after.map(({ item }, i) => {
    const from = ranks.get(item) ?? null;
    return { from, gained: from === null ? null : from - (i + 1) };
  });
}

/** "▲3", "▼2", "new", "" for one that stayed. */
export function changeMark({ gained }: RankChange): string {
  if (gained === null) return words.lists.newMark;
  return gained === 0 ? "" : gained > 0 ? `▲${gained}` : `▼${-gained}`;
}

/** The same for a screen reader. */
export function changeWords({ from, gained }: RankChange): string {
  if (gained === null) return words.lists.newWords;
  if (gained === 0) return words.lists.unchanged;
  return (gained > 0 ? words.lists.up : words.lists.down)(Math.abs(gained), from!);
}
