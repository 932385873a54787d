/** Figures of lists as model folders and result files keep them, from JSON and checked. */
import type { CheckedJson } from "../base/checked-json.js";
import type { BeyondAccuracy } from "../evaluate/list-figures.js";
import type { Estimate } from "../evaluate/metrics.js";
import type { ModelMetrics } from "./model.js";

export function estimateFrom(json: CheckedJson): Estimate {
  return { mean: json.at("mean").numberOrNaN(), se: json.at("se").numberOrNaN(), n: json.at("n").whole() };
}

/** @throws UserError naming the place of what is missing or no number. */
export function beyondFrom(json: CheckedJson): BeyondAccuracy {
  const number = (name: string): number => json.at(name).numberOrNaN();
  const estimateOrNull = (name: string): Estimate | null => (json.at(name).isNull ? null : estimateFrom(json.at(name)));
  return {
    n: json.at("n").whole(1), coverage: number("coverage"), gini: number("gini"), tail: number("tail"),
    novelty: estimateFrom(json.at("novelty")),
    distance: estimateOrNull("distance"), calibration: estimateOrNull("calibration"),
  };
}

/** Of a model's three. */
export function listsFrom(json: CheckedJson): NonNullable<ModelMetrics["lists"]> {
  const of = (name: string): BeyondAccuracy => beyondFrom(json.at(name));
  return { popularity: of("popularity"), cfae: of("cfae"), nested: of("nested") };
}
