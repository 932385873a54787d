/**
 * What a page and the worker that computes for it say to each other. A question carries a number, its answer the same
 * one. Everything is plain data: it is copied on the way.
 */
import type { Session } from "../session/session.js";
import type { Precision, WebAccuracy } from "../model-folder/web-model.js";
import type { LoadProgress, WebModelBytes } from "./load-web-model.js";

/**
 * Methods of a session that can be asked from afar: arguments and answers are plain data. A RemoteSession has all of
 * them (remote-session.ts): a new one is its name here.
 */
export const remoteMethods = [
  "recommend", "recommendAll", "recommendForGroup", "similarItems", "segments", "steer", "steerEach", "explain",
  "inspectTag", "inspectNeuron", "inspectSelectivity", "inspectUser", "inspectConcept", "knob", "carriers",
  "searchItems", "searchTags", "findItem", "idsByTitle", "findTag", "findConcept", "concepts", "wish", "atlas",
  "samples", "summary",
] as const satisfies readonly (keyof Session)[];
/** A method that can be asked from afar. */
export type RemoteMethod = (typeof remoteMethods)[number];

/** What a method is asked with. */
export type Arguments<M extends RemoteMethod> = Parameters<Session[M]>;
/** What a method answers. */
export type Answer<M extends RemoteMethod> = ReturnType<Session[M]>;
/** Those that are asked as they are (steering waits its turn, and a wish's reader stays at home), as promises. */
export type AskedMethods = {
  readonly [M in keyof Pick<Session, Exclude<RemoteMethod, "steer" | "wish">>]:
  (...args: Arguments<M>) => Promise<Answer<M>>;
};

/** Page to worker: first one `open`, then questions. */
export type Question =
  | { readonly open: string | WebModelBytes }
  | { readonly id: number; readonly method: RemoteMethod; readonly args: readonly unknown[] };

/** Facts about the model that stay as they are while it is open. */
export interface Opened {
  readonly precision: Precision;
  /** What the precision cost, measured when the model was exported; null when it was not measured. */
  readonly accuracy: WebAccuracy | null;
}

/** Worker to page. */
export type Reply =
  | { readonly progress: LoadProgress }
  | { readonly opened: Opened }
  | { readonly failed: Failure }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: Failure };

/** An error without its class, which does not survive the copy. */
export interface Failure {
  readonly message: string;
  /** Whether it is a UserError, whose message stands alone. */
  readonly user: boolean;
}

/** A worker as its page sees it, or the page as the worker does; a MessagePort is one too. */
export interface Port {
  /** Sends a message to the other side. */
  postMessage(message: unknown, transfer?: Transferable[]): void;
  /** Called with each message from the other side. */
  onmessage: ((event: MessageEvent) => void) | null;
}
