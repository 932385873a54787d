/**
 * What all answers of a session are made from: the model on its engine, names, scores, and what is worked out once and
 * kept (item codes, concepts, the neurons of tags), and how questions are read. It answers nothing itself; the files
 * beside it do, one kind of question each (lists.ts, knob-requests.ts, explanations.ts, inspections.ts), and session.ts
 * is their door.
 */
import type { Csr } from "../base/csr.js";
import { quotable } from "../base/printable.js";
import { UserError } from "../base/user-error.js";
import { residualOf, type Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { conceptsOf } from "../model-folder/find-concepts.js";
import { typicalOf, type Model } from "../model-folder/model.js";
import { hasLinearDecoder, openNested } from "../model-folder/open-model.js";
import type { Precomputed } from "../model-folder/precomputed.js";
import type { Cfae } from "../models/recommenders/recommender.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";
import { Catalogue } from "./catalogue.js";
import { ConceptAnswers } from "./concept-answers.js";
import { readListRequest, type Choice, type ListRequest } from "./list-request.js";
import { checkIds, readKnownProfile, readProfile, type Profile, type ReadProfile } from "./profile.js";
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
    const { residual } = this;
    this.scores = new ProfileScores(engine, this.cfae, this.sae, { residual, typical: typicalOf(model) });
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

  /** A profile as a row of the model's input. @throws UserError for what is none */
  read(profile: Profile): ReadProfile {
    return readProfile(this.catalogue, profile);
  }

  /** The same. @throws UserError when no item of the profile is known */
  known(profile: Profile): ReadProfile {
    return readKnownProfile(this.catalogue, profile);
  }

  /** A list's request, read. @throws UserError for one that makes no sense */
  choice(request: number | ListRequest): Choice {
    return readListRequest(this.model, this.catalogue, typeof request === "number" ? { n: request } : request);
  }

  /** An item's number. @throws UserError for an id that the model does not have. @param what it is, for the message. */
  item(id: string, what: string): number {
    checkIds([id], what);
    const item = this.catalogue.byId(id);
    if (item !== undefined) return item;
    throw new UserError(`no item has the id "${quotable(id, 80)}": searchItems finds ids by title`);
  }

  readonly listed = (item: number, score: number): ListedItem => this.catalogue.listed(item, score);

  readonly named = (neuron: number): NamedNeuron => ({ neuron, label: this.model.labels[neuron].label });
}

/** @throws UserError for a length that no list can have. */
export function checkLength(n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new UserError(`a list needs at least 1 item, got ${n}`);
}
