/**
 * What all answers of a session are made from: the model on its engine, names, scores, and what is worked out once and
 * kept (item codes, concepts, the neurons of tags). It answers nothing itself; the files beside it do, one kind of
 * question each (lists.ts, knob-requests.ts, explanations.ts, inspections.ts), and session.ts is their door.
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import { residualOf, type Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import type { Model } from "../model-folder/model.js";
import { hasLinearDecoder, openNested } from "../model-folder/open-model.js";
import type { Precomputed } from "../model-folder/precomputed.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { Catalogue } from "./catalogue.js";
import { ConceptAnswers } from "./concept-answers.js";
import { ProfileScores } from "./profile-scores.js";
import type { ListedItem, NamedNeuron } from "./session-types.js";
import { TagKnobs } from "./tag-knobs.js";

export class Workings {
  readonly residual: Residual;
  readonly catalogue: Catalogue;
  readonly cfae: Cfae;
  readonly sae: SparseAutoencoder;
  readonly scores: ProfileScores;
  readonly tagKnobs: TagKnobs;
  /** Whether scores before clipping are linear in the embedding: explanations are exact then. */
  readonly linear: boolean;
  private codes: Csr | null;
  private answers: ConceptAnswers | null = null;

  constructor(
    readonly model: Model, readonly engine: Engine, given: Precomputed & { readonly residual?: Residual },
  ) {
    this.catalogue = new Catalogue(model);
    ({ cfae: this.cfae, sae: this.sae } = openNested(engine, model));
    this.residual = given.residual ?? residualOf(model);
    this.scores = new ProfileScores(engine, this.cfae, this.sae, this.residual);
    this.tagKnobs = new TagKnobs(engine, model, () => this.itemCodes, given.tagKnobs ?? null);
    this.linear = hasLinearDecoder(model);
    this.codes = given.itemCodes ?? null;
  }

  /** S, (I, H): the codes of single items, worked out once. */
  get itemCodes(): Csr {
    this.codes ??= encodeItems(this.engine, this.model, this.model.items.ids.length);
    return this.codes;
  }

  get concepts(): ConceptAnswers {
    this.answers ??= new ConceptAnswers(
      this.model.concepts ?? conceptsOf(this.engine, this.model, this.itemCodes), this.model, this.catalogue,
    );
    return this.answers;
  }

  readonly listed = (item: number, score: number): ListedItem => this.catalogue.listed(item, score);

  named(neuron: number): NamedNeuron {
    return { neuron, label: this.model.labels[neuron].label };
  }
}

/** @throws UserError for a length that no list can have. */
export function checkLength(n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new UserError(`a list needs at least 1 item, got ${n}`);
}
