/**
 * Protocols of the field by name: how users are held out, and which figures are reported.
 *
 *   strong   nobody of the test is trained on (strong generalisation; Liang et al., WWW 2018, MultVAE): a fifth of a
 *            test user's items is hidden; recall@20, recall@50, nDCG@100. unknot's split by users is one, rounding the
 *            fifth up, so figures of other splits compare as far as data sets of one name do
 *   time     what came after a moment is to be found by what came before (data/split-time.ts); recall and nDCG at 20
 */
import type { Split } from "../data/dataset.js";
import { UserError } from "../base/user-error.js";
import type { ListQuality } from "../evaluate/list-figures.js";
import type { Estimate } from "../evaluate/metrics.js";

export const protocolNames = ["strong", "time"] as const;
export type ProtocolName = typeof protocolNames[number];

interface Protocol {
  readonly byTime: boolean;
  /** Figures in their order. */
  readonly figures: readonly { readonly metric: "recall" | "ndcg"; readonly n: number }[];
}

const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  strong: {
    byTime: false,
    figures: [{ metric: "recall", n: 20 }, { metric: "recall", n: 50 }, { metric: "ndcg", n: 100 }],
  },
  time: { byTime: true, figures: [{ metric: "recall", n: 20 }, { metric: "ndcg", n: 20 }] },
};

/** Lengths of lists that it needs. @throws UserError when the split is of another kind, or the catalogue too small. */
export function protocolLengths(name: ProtocolName, split: Split): number[] {
  const { byTime, figures } = PROTOCOLS[name];
  if (byTime !== (split.byTime === true)) {
    throw new UserError(
      `the protocol "${name}" holds out ${byTime ? "what came after a moment" : "users"}, this model's data was ` +
      `split by ${byTime ? "users" : "time"}: train one with --split-by ${byTime ? "time" : "users"}`,
    );
  }
  const longest = Math.max(...figures.map(({ n }) => n));
  if (longest > split.train.cols) {
    throw new UserError(`the protocol "${name}" needs lists of ${longest}, there are ${split.train.cols} items`);
  }
  return Array.from(new Set(figures.map(({ n }) => n)));
}

/** The protocol's figures, by names like "nDCG@100". @param lists with the lengths of protocolLengths. */
export function protocolFigures(name: ProtocolName, lists: readonly ListQuality[]): Readonly<Record<string, Estimate>> {
  return Object.fromEntries(PROTOCOLS[name].figures.map(({ metric, n }) => [
    `${metric === "ndcg" ? "nDCG" : metric}@${n}`, lists.find((one) => one.n === n)![metric],
  ]));
}
