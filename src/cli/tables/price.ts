/** What balancing a list cost and brought, in a line. */
import { fraction, percent } from "../../base/numbers.js";
import type { BalancePrice, ListFigures } from "../../steer/balance.js";

const FIGURES: readonly (readonly [name: keyof ListFigures, title: string, shown: (figure: number) => string])[] = [
  ["users", "training users an item", (users) => String(Math.round(users))],
  ["distance", "distance of its items", (distance) => fraction(distance, 2)],
  ["calibration", "C_KL to the history's tags", (kl) => fraction(kl, 2)],
];

/** @param list what the list is called, where there are two. */
export function priceLine({ kept, overlap, places, plain, balanced }: BalancePrice, list = ""): string {
  const moved = FIGURES.flatMap(([name, title, shown]) => {
    const [before, after] = [plain[name], balanced[name]];
    return before === null || after === null ? [] : [`${title} ${shown(before)} → ${shown(after)}`];
  });
  const there = `${Math.round(overlap * places.length)} of ${places.length} of the plain list are there`;
  const which = list === "" ? "" : `, ${list}`;
  return [`balanced${which}: ${percent(kept)} of the score kept, ${there}`, ...moved].join("; ");
}
