/**
 * A route: what a request to it may contain, what it answers, and who answers. The table in routes.ts is the one source
 * for dispatching, validation, the OpenAPI description and the names in the metrics.
 */
import type { Session } from "../session/session.js";
import type { ServedModel } from "./served-model.js";
import type { Checked, Fields, Schema } from "../base/schema.js";
import type { Service } from "./service.js";

export interface RouteSpec<P extends Fields, Q extends Fields, B> {
  readonly method: "GET" | "POST";
  /** "/neurons/{neuron}": what stands in braces is one segment, checked by `params`. */
  readonly path: string;
  readonly summary: string;
  readonly params: P;
  readonly query: Q;
  readonly body: Schema<B> | null;
  /** A Schema is JSON; a string is the media type of text. */
  readonly answer: Schema<unknown> | string;
  /** Problems it may answer with beside 422, and why. */
  readonly problems?: Readonly<Record<number, string>>;
  /**
   * The answer depends on the model and the address only. It is then kept (in bounded space) and has an ETag. Never set
   * where a person's items are part of the question.
   */
  readonly lasting?: boolean;
  /** Fields of the answer that are lists of items (write-lists.ts). */
  readonly lists?: readonly string[];
  /** May take longer than a socket may be silent; only for callers on this machine. */
  readonly administrative?: boolean;
  /** What answering costs, where that depends on what is asked (request-cost.ts). */
  cost?(input: Input<P, Q, B>): number;
  /** Such requests that have come together are answered together (together/answer-together.ts). */
  readonly together?: Together<Input<P, Q, B>>;
  /** Throws a Problem for what only the model knows to be wrong. Text for a text answer, else what becomes JSON. */
  handle(input: Input<P, Q, B>): unknown;
}

/** How several requests to one route become one question to the session; each has the answer that `handle` gives. */
export interface Together<I> {
  /** Throws as `handle` does. */
  question(input: I): unknown;
  /** By question; an error in the place of one that has no answer. */
  answer(session: Session, questions: readonly unknown[]): readonly unknown[];
}

export interface Input<P extends Fields, Q extends Fields, B> {
  readonly service: Service;
  /** The model that answers this request, whatever is loaded meanwhile. */
  readonly model: ServedModel;
  readonly params: Checked<P>;
  readonly query: Checked<Q>;
  readonly body: B;
}

/** A route as the dispatcher sees it, its types forgotten. */
export type Route = RouteSpec<Fields, Fields, unknown>;

/** Checks a route's types and forgets them: the dispatcher gives `handle` what the same route's schemas returned. */
export function route<P extends Fields, Q extends Fields, B>(spec: RouteSpec<P, Q, B>): Route {
  return spec;
}
