/**
 * On a planted-concept world: which concepts did the model find again, and do their knobs work?
 *
 * Recovery is measured on three codes of single items: the trained SAE's, an untrained one's of the same shape, and the
 * principal components of the item vectors. Steering is measured as a person would do it: the tag is turned by name,
 * and the share of the concept's items in the list is counted before and after.
 */
import type { HeldOut } from "../data/dataset.js";
import type { WorldTruth } from "../data/world/world.js";
import type { Engine } from "../engine/engine.js";
import { labelAccuracy, type LabelAccuracy } from "../interpret/label-truth.js";
import { labelNeurons, type LabelMethod } from "../interpret/labels.js";
import { principalComponents, project } from "../interpret/components/pca.js";
import { recovery, type Recovery } from "../interpret/meaning/recovery.js";
import { csrIdentity, csrTranspose } from "../base/csr.js";
import { Random } from "../base/random.js";
import { rankAll } from "../models/recommenders/rank-all.js";
import { embedAll } from "../models/encode-all.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { KnobSteering } from "../steer/evaluate-steering.js";
import { openCfae, openNested } from "../model-folder/open-model.js";
import { residualOf } from "../config/sae.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { typicalOf, type Model } from "../model-folder/model.js";
import { TagNeurons } from "../interpret/tag-neurons.js";

/** Planted concepts found again by the SAE, by PCA and by an untrained SAE. */
export interface ConceptsFound {
  readonly sae: Recovery;
  readonly untrained: Recovery;
  readonly pca: Recovery;
  /** Of the recovered concepts, how many neurons carry the right name. */
  readonly names: LabelAccuracy;
  /** The same, had the neurons been named by each method (labels.ts); null without tags. */
  readonly namesBy: Readonly<Record<LabelMethod, LabelAccuracy>> | null;
}

export function measureRecovery(engine: Engine, model: Model, truth: WorldTruth): ConceptsFound {
  const items = model.items.ids.length;
  const { factors: D } = model.shape;
  const against = (codes: Parameters<typeof recovery>[0]): Recovery =>
    recovery(codes, truth.itemConcepts, truth.conceptNames);
  const untrained = { ...model, sae: SparseAutoencoder.initialise(new Random(model.seed), model.shape) };
  const codes = encodeItems(engine, model, items);
  const sae = against(codes);
  const { tags } = model;
  const namedBy = (method: LabelMethod): LabelAccuracy => labelAccuracy(labelNeurons(codes, tags!, { method }), sae);
  const vectors = itemVectors(engine, model);
  const axes = project(principalComponents(vectors, items, D), vectors, items);
  return {
    sae,
    untrained: against(encodeItems(engine, untrained, items)),
    pca: against({ rows: items, cols: D, data: axes }),
    names: labelAccuracy(model.labels, sae),
    namesBy: tags && {
      correlation: namedBy("correlation"), characterises: namedBy("characterises"), unique: namedBy("unique"),
    },
  };
}

/** (I, D): each item embedded alone; the rows of A for ELSA. */
function itemVectors(engine: Engine, model: Model): Float32Array {
  return engine.scope(() => {
    const cfae = openCfae(engine, model.config, model.cfae);
    return embedAll(engine, cfae, csrIdentity(model.items.ids.length)).data;
  });
}

export interface ConceptSteering {
  readonly strength: number;
  /** Concepts that the model has a tag and a neuron for. */
  readonly concepts: number;
  /** Mean over concepts and users of the share of the concept's items in the top 20. */
  readonly before: number;
  readonly after: number;
  /** Concepts whose items fill more than half of the list, on average over users. */
  readonly mostly: number;
}

/** In place of a neuron. */
const NOTHING_TURNED = -1;

/** Turns every concept's tag for every held-out user. */
export function measureSteering(
  engine: Engine, model: Model, truth: WorldTruth, heldOut: HeldOut, strength: number,
): ConceptSteering {
  const { tags } = model;
  if (!tags) return { strength, concepts: 0, before: NaN, after: NaN, mostly: 0 };
  const neurons = new TagNeurons(tags, encodeItems(engine, model, model.items.ids.length));
  const members = csrTranspose(truth.itemConcepts);
  return engine.scope(() => {
    const { cfae, sae } = openNested(engine, model);
    const steering = new KnobSteering(cfae, sae, (neuron) => [{ neurons: [neuron], strength }], {
      residual: residualOf(model), typical: typicalOf(model),
    });
    const lists = (neuron: number): Int32Array[] => {
      const result: Int32Array[] = [];
      const steered: Recommender = {
        items: cfae.items, scores: (tape, x) => steering.scores(tape, x, () => neuron, strength),
      };
      rankAll(engine, steered, heldOut.input, (row, list) => { result[row] = list; });
      return result;
    };
    const plain = lists(NOTHING_TURNED);
    let [concepts, before, after, mostly] = [0, 0, 0, 0];
    truth.conceptNames.forEach((name, concept) => {
      const tag = tags.names.indexOf(name);
      const best = tag < 0 ? [] : neurons.best(tag, 1, "characterises");
      if (best.length === 0) return;
      const inConcept = new Set(members.indices.subarray(members.indptr[concept], members.indptr[concept + 1]));
      const hits = (list: Int32Array): number => list.filter((item) => inConcept.has(item)).length / list.length;
      const share = (all: readonly Int32Array[]): number => all.reduce((sum, list) => sum + hits(list), 0) / all.length;
      const turned = share(lists(best[0].neuron));
      concepts++;
      before += share(plain);
      after += turned;
      if (turned > 0.5) mostly++;
    });
    return { strength, concepts, before: before / concepts, after: after / concepts, mostly };
  });
}
