/**
 * What went wrong, as application/problem+json (RFC 9457). A problem is the caller's to put right unless its status is
 * 500 or more; `errors` names the fields, each as a JSON pointer into the body or as the name of a parameter.
 */
import { STATUS_CODES } from "node:http";
import type { Fault } from "../base/schema.js";

export interface FieldError {
  /** Into the request's body, as in RFC 9457: "#/items/3". */
  readonly pointer?: string;
  /** A parameter of the path or of the query. */
  readonly parameter?: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(readonly status: number, detail: string, { errors = [], headers = {} }: ProblemOptions = {}) {
    super(detail);
    this.errors = errors;
    this.headers = headers;
  }

  /** The document that is sent. */
  body(): string {
    const { status, message, errors } = this;
    return JSON.stringify({
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail: message,
      ...(errors.length > 0 ? { errors } : {}),
    });
  }
}

/** 422 with what is wrong in the body. */
export function bodyProblem(faults: readonly Fault[]): Problem {
  return invalid(faults.map(({ at, detail }) => ({ pointer: `#${at}`, detail })));
}

/** 422 with what is wrong in the query or in the path. */
export function parameterProblem(faults: readonly Fault[]): Problem {
  return invalid(faults.map(({ at, detail }) => ({ parameter: at.slice(1), detail })));
}

/** The first error is the detail, so that a log line without the list still says what it was. */
export function invalid(errors: readonly FieldError[]): Problem {
  const { pointer, parameter, detail } = errors[0];
  const where = parameter ?? (pointer === "#" ? "the body" : pointer!.slice(2));
  return new Problem(422, `${where}: ${detail}`, { errors });
}
