/** How much of a training another one has again, as lines for a terminal (measure/compare-trainings.ts). */
import { fraction, percent } from "../../base/numbers.js";
import type { TrainingAgreement } from "../../measure/compare-trainings.js";

export function agreementLines(other: string, { neurons, rows, effects, concepts }: TrainingAgreement): string {
  const { count, matched, correlation, proven, provenMatched, sameTag } = concepts;
  const cosine = (one: { cosine: number; random: number }): string =>
    `${fraction(one.cosine)} (random directions ${fraction(one.random)})`;
  return [
    `Against ${other}, matched one to one:`,
    `  ${neurons.join(" and ")} living neurons; effect MCC, of what they do to the scores, ${cosine(effects)}` +
    (rows ? `, PW-MCC, of decoder rows, ${cosine(rows)}` : ""),
    `  ${count.join(" and ")} concepts: ${percent(matched)} are found again, mean correlation ` +
      fraction(correlation),
    ...proven > 0 ? [
      `  of the ${proven} with a proven name ${percent(provenMatched)} are found again, ${percent(sameTag)} under ` +
      "the same tag without its being carried over",
    ] : [],
  ].join("\n");
}
