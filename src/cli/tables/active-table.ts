/** A person's active concepts, or neurons, and the past items behind each, as a table for a terminal. */
import { fraction, percent } from "../../base/numbers.js";
import type { UserReport } from "../../session/session-types.js";
import type { Context } from "../context.js";
import { right, wide, type Column } from "./table.js";
import { NO_CONCEPT } from "./titled.js";

/** @param count rows at most. */
export function activeConcepts({ concepts, neurons }: UserReport, count: number, context: Context): string {
  return `${concepts.length} concepts active, of ${neurons.length} neurons (--neurons)\n${context.table(
    [wide("concept"), right("proven"), right("neurons"), right("share"), ...because(concepts)],
    concepts.slice(0, count).map((one) => [
      one.concept ?? NO_CONCEPT, one.proven ? "yes" : "no", String(one.neurons), percent(one.share), behind(one),
    ]),
  )}`;
}

export function activeNeurons({ neurons }: UserReport, count: number, context: Context): string {
  return `${neurons.length} neurons active\n${context.table(
    [right("neuron"), wide("named"), right("activation"), right("share"), ...because(neurons)],
    neurons.slice(0, count).map((one) => [
      String(one.neuron), one.label ?? "–", fraction(one.activation), percent(one.share), behind(one),
    ]),
  )}`;
}

type Because = Pick<UserReport["neurons"][number], "because">;

/** The column of past items, where the model can say which. */
function because(all: readonly Because[]): Column[] {
  return all.some((one) => one.because) ? [wide("mostly because of")] : [];
}

function behind({ because: items }: Because): string {
  return (items ?? []).slice(0, 2).map(({ title, score }) => `${title} ${fraction(score, 2)}`).join(", ");
}
