/**
 * A model with an SAE that was trained elsewhere: the recommender of a model of here, the SAE of a file, both measured
 * and named on the model's data as after a training.
 */
import type { Dataset, Split } from "../data/dataset.js";
import { UserError } from "../base/user-error.js";
import { defaultsOf } from "../config/field.js";
import { SAE, residualOf } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { evaluateModel } from "../measure/evaluate-model.js";
import type { ForeignSae } from "../model-folder/foreign-sae.js";
import type { Model, ModelWeights } from "../model-folder/model.js";
import { resolveConfig } from "../models/resolve-config.js";
import { nameModel, tagsFor } from "./name-model.js";

/**
 * @param model gives the recommender, the seed and what is known of the data.
 * @param split of the model's training; its test users measure.
 * @throws UserError when the SAE is for embeddings of another length.
 */
export async function importSae(
  engine: Engine, model: Model, sae: ForeignSae, dataset: Dataset, split: Split,
): Promise<Model> {
  const { factors } = model.shape;
  if (sae.factors !== factors) {
    throw new UserError(`the SAE takes embeddings of ${sae.factors} numbers, the model has ${factors} factors: was ` +
      "it trained on another model's embeddings?");
  }
  const { neurons } = sae;
  const k = sae.k ?? Math.min(defaultsOf(SAE).k, neurons);
  const config = resolveConfig({
    ...model.config,
    sae: { ...defaultsOf(SAE), kind: sae.kind, k, expansion: neurons / factors, residual: residualOf(model) },
  });
  const weights: ModelWeights = { config, cfae: model.cfae, sae: sae.weights, shape: { factors, neurons, k } };
  const { tags, minApplications } = tagsFor(dataset, model.data.minTagApplications);
  const metrics = evaluateModel(engine, { ...weights, tags }, split);
  const named = await nameModel(engine, weights, dataset, split.train, { seed: model.seed, tags });
  return {
    ...weights, seed: model.seed, numerics: engine.numerics, ...named, metrics,
    fit: {
      cfae: model.fit.cfae, sae: { epochs: 0, bestEpoch: 0, bestValidationLoss: NaN, stoppedEarly: false },
    },
    data: { ...model.data, minTagApplications: minApplications },
  };
}
