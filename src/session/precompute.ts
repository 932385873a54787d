/**
 * What every session of a model works out once and another can be given: the codes of all items and what each tag
 * turns. Minutes for a large catalogue, so it is done where there is time: before an export, or on a thread of its own.
 */
import type { Engine } from "../engine/engine.js";
import type { Csr } from "../base/csr.js";
import type { Model } from "../model-folder/model.js";
import { Session } from "./session.js";
import type { TagKnob } from "../model-folder/precomputed.js";

export interface WorkedOut {
  /** S, (I, H) */
  readonly itemCodes: Csr;
  /** Of every tag, in the model's order; empty without tags or without a linear decoder. */
  readonly tagKnobs: readonly TagKnob[];
}

/** The heap is as it was afterwards. */
export function workOut(engine: Engine, model: Model): WorkedOut {
  return engine.scope(() => {
    const session = new Session(model, engine);
    return { itemCodes: session.itemCodes, tagKnobs: session.tagKnobs() };
  });
}
