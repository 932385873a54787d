/** Everything that the report shows, measured: from here on (the section files) it is only written down. */
import type { Dataset, Split } from "../data/dataset.js";
import type { WorldTruth } from "../data/world/world.js";
import type { Engine } from "../engine/engine.js";
import { UserError } from "../base/user-error.js";
import { compareSteering, type SteeringComparison } from "../measure/compare-steering.js";
import { csrFromLists, csrRow } from "../base/csr.js";
import type { OpenedData } from "../data/data-source.js";
import { checkItems } from "../model-folder/check-items.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import type { Concept } from "../interpret/concepts/concepts.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { measureMeaning } from "../measure/measure-meaning.js";
import { measureRecovery, type ConceptsFound } from "../measure/measure-concepts.js";
import { measureExplanations, type ExplanationCheck } from "../measure/measure-explanations.js";
import { measureSelectivity, type ModelSelectivity } from "../measure/measure-selectivity.js";
import type { Model } from "../model-folder/model.js";
import type { SweepResult } from "../sweep/results.js";
import { steerBench, type SteerBench } from "../measure/steer-bench.js";
import { steerSeveral, type SteerSeveral } from "../measure/steer-several.js";
import { hasLinearDecoder } from "../model-folder/open-model.js";
import { chooseCards, type NeuronCard } from "./choose-cards.js";
import { explainExample, type ExplainedExample } from "./explain-example.js";
import { paperFigures, type PaperFigures } from "./paper.js";
import type { ReferencePoint } from "./reference.js";

/** Everything that a report shows, as data. */
export interface ReportData {
  readonly model: Model;
  readonly dataset: Pick<Dataset, "name" | "notes"> & { readonly users: number; readonly items: number };
  readonly split: Pick<Split, "trainUsers"> & { readonly targets: number };
  /** Null without tags. */
  readonly selectivity: ModelSelectivity | null;
  readonly cards: readonly NeuronCard[];
  /** All concepts of the model, those with most activation first. */
  readonly conceptList: readonly Concept[];
  /** Null when no test user has a list. */
  readonly example: ExplainedExample | null;
  /** Over all validation and test users; null for MultVAE. */
  readonly explained: ExplanationCheck | null;
  /** Null without tags, or when it was not asked for. */
  readonly steering: SteeringComparison | null;
  /** On hidden halves; null with `steering`, for a decoder that is not linear, or where no tag is on enough items. */
  readonly bench: SteerBench | null;
  /** The same with two tags at once. */
  readonly several: SteerSeveral | null;
  /** Of a world. */
  readonly concepts: ConceptsFound | null;
  /** Runs of a sweep on the same data. */
  readonly sweep: readonly SweepResult[];
  /** Curves measured elsewhere. */
  readonly reference: readonly ReferencePoint[];
  /** Null where the data set is none of the paper's. */
  readonly paper: PaperFigures | null;
}

/** What a report holds besides the model. */
export interface ReportOptions {
  readonly sweep?: readonly SweepResult[];
  readonly reference?: readonly ReferencePoint[];
  /** Neuron cards. Default 24. */
  readonly cards?: number;
  /** Measure steering, the longest part. Default true. */
  readonly steering?: boolean;
  /**
   * Measure anew what neurons mean, with the floors and the ceiling that training leaves out as they take long: an
   * untrained SAE, independent components, non-negative parts, a probe on all neurons. Default false.
   */
  readonly controls?: boolean;
  /** What is being worked on. */
  readonly onStart?: (what: string) => void;
  readonly signal?: AbortSignal;
}

/** Enough for a table in a report; `unknot steer-bench` takes more. */
const BENCH = { tags: 16, users: 80, minItems: 20 };
const SEVERAL = { tags: 6, users: 60, minItems: 20 };

function hasLargeTag({ tags }: Model): boolean {
  return tags!.names.some((_, t) => tags!.counts.indptr[t + 1] - tags!.counts.indptr[t] >= BENCH.minItems);
}

/** @throws UserError when the data set is not the model's, or no run of the sweep is on it. */
export async function collectReport(
  engine: Engine, model: Model, { dataset, split, truth }: Omit<OpenedData, "truth"> & { truth: WorldTruth | null },
  options: ReportOptions = {},
): Promise<ReportData> {
  const { cards = 24, steering = true, controls = false, onStart, signal } = options;
  checkItems(model, dataset);
  const sweep = (options.sweep ?? []).filter(({ data }) => data === model.data.name);
  if (options.sweep && sweep.length === 0) {
    throw new UserError(`the sweep has no finished run on ${model.data.name}, the model's data set`);
  }
  if (controls) onStart?.("measuring what the neurons mean, with controls");
  const meaning = controls ? await measureMeaning(engine, model, { dataset, split, truth }, { signal }) : null;
  onStart?.("encoding items");
  const itemCodes = encodeItems(engine, model, model.items.ids.length);
  const selectivity = model.tags && measureSelectivity(model.tags, itemCodes);
  signal?.throwIfAborted();
  onStart?.("explaining");
  const example = explainExample(engine, model, split, itemCodes);
  const heldOut = [split.validation, split.test].flatMap(({ input }) =>
    Array.from({ length: input.rows }, (_, r) => Array.from(csrRow(input, r))));
  const explained = measureExplanations(engine, model, csrFromLists(heldOut, dataset.interactions.cols));
  signal?.throwIfAborted();
  const benched = steering && model.tags && hasLinearDecoder(model) && hasLargeTag(model);
  return {
    model: meaning ? { ...model, meaning } : model,
    dataset: {
      name: dataset.name, notes: dataset.notes, users: dataset.interactions.rows, items: dataset.interactions.cols,
    },
    split: { trainUsers: split.trainUsers, targets: split.test.target.indices.length },
    selectivity,
    example,
    explained,
    conceptList: model.concepts ?? conceptsOf(engine, model, itemCodes),
    cards: chooseCards(model, itemCodes, selectivity, cards),
    concepts: truth && measureRecovery(engine, model, truth),
    steering: steering
      ? await compareSteering(engine, model, dataset, split, {
        onMethod: (method, neurons) =>
          onStart?.(`steering: ${method}${neurons > 0 ? `, ${neurons} neuron${neurons > 1 ? "s" : ""}` : ""}`),
        signal,
      })
      : null,
    bench: benched
      ? await steerBench(engine, model, split, {
        ...BENCH, signal, onTag: (done, all) => onStart?.(`steering on hidden halves: tag ${done} of ${all}`),
      }) : null,
    several: benched
      ? await steerSeveral(engine, model, split, 2, {
        ...SEVERAL, signal, onTag: (done, all) => onStart?.(`steering by two tags at once: ${done} of ${all}`),
      }) : null,
    sweep,
    reference: options.reference ?? [],
    paper: paperFigures(dataset.name, dataset.interactions.rows, model.config.model),
  };
}
