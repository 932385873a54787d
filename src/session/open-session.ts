/** A session on an engine of Node's: threads, and memory as it is needed. Browsers have their own (src/browser). */
import type { Engine } from "../engine/engine.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import type { Model } from "../model-folder/model.js";
import { Session, type SessionParts } from "./session.js";

/** The engine of a session, and what need not be worked out again. */
export interface SessionOptions extends EngineOptions, Omit<SessionParts, "ownsEngine"> {
  /** An engine to use instead of opening one; it is then not closed with the session. */
  engine?: Engine;
}

/** Opens a model for questions. Close the session when done, to let helper threads go. */
export function openSession(model: Model, options: SessionOptions = {}): Session {
  const { engine, itemCodes, tagKnobs, samples, residual } = options;
  return new Session(model, engine ?? openEngine(options), {
    ownsEngine: engine === undefined, itemCodes, tagKnobs, samples, residual,
  });
}
