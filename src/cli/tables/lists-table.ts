/** Lists of the test users: accuracy at several lengths, what they are worth beside it, a protocol's own figures. */
import { fraction, percent } from "../../base/numbers.js";
import type { BeyondAccuracy, ListQuality } from "../../evaluate/list-figures.js";
import type { Estimate } from "../../evaluate/metrics.js";
import { protocolFigures, type ProtocolName } from "../../measure/protocols.js";
import type { ListsOfModel } from "../../measure/evaluate-model.js";
import { cfaeTitle } from "../../model-folder/open-model.js";
import type { Model } from "../../model-folder/model.js";
import type { Context } from "../context.js";
import { estimated } from "./format.js";
import { left, right } from "./table.js";

type Of<T> = { readonly [N in keyof ListsOfModel]: T };

function rowsOf<T>(lists: Of<readonly T[]>, config: Model["config"], row: (one: T) => string[]): string[][] {
  const name = cfaeTitle(config);
  return ([
    ["popularity", lists.popularity], [name, lists.cfae], [`${name} through the SAE`, lists.nested],
  ] as const).flatMap(([title, all]) => all.map((one, i) => [i === 0 ? title : "", ...row(one)]));
}

/** Recall, nDCG, precision, MRR and hit rate at every length. */
export function accuracyTable(context: Context, lists: ListsOfModel, { config }: Pick<Model, "config">): string {
  return context.table(
    [left("model"), ...["n", "recall", "nDCG", "precision", "MRR", "hit rate"].map(right)],
    rowsOf(lists, config, ({ n, recall, ndcg, precision, mrr, hitRate }: ListQuality) =>
      [String(n), ...[recall, ndcg, precision, mrr, hitRate].map((figure) => estimated(figure))]),
  );
}

/** What lists are worth beside hitting targets. */
export function beyondTable(
  context: Context, lists: Of<readonly BeyondAccuracy[]>, { config }: Pick<Model, "config">,
): string {
  const orNone = (figure: Estimate | null): string => (figure ? estimated(figure) : "–");
  return [
    context.table(
      [left("model"), ...["n", "coverage", "Gini", "long tail", "novelty", "distance", "calibration"].map(right)],
      rowsOf(lists, config, ({ n, coverage, gini, tail, novelty, distance, calibration }: BeyondAccuracy) => [
        String(n), percent(coverage), fraction(gini), percent(tail), estimated(novelty, 2), orNone(distance),
        orNone(calibration),
      ]),
    ),
    "  long tail: share of the lists; novelty in bits; distance between a list's items; calibration: KL divergence of",
    "  a list's tags from the person's, 0 is the same mixture",
  ].join("\n");
}

export function protocolTable(
  context: Context, name: ProtocolName, lists: ListsOfModel, { config }: Pick<Model, "config">,
): string {
  const names = Object.keys(protocolFigures(name, lists.cfae));
  const one = ({ popularity, cfae, nested }: ListsOfModel): Of<Readonly<Record<string, Estimate>>[]> => ({
    popularity: [protocolFigures(name, popularity)], cfae: [protocolFigures(name, cfae)],
    nested: [protocolFigures(name, nested)],
  });
  return context.table([left(`protocol "${name}"`), ...names.map(right)],
    rowsOf(one(lists), config, (figures) => names.map((figure) => estimated(figures[figure]))));
}
