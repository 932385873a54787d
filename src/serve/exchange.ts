/**
 * One request and its answer. Every failure becomes a problem document; only a fault of ours is a 500, and then the log
 * says more than the answer.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { UserError } from "../base/user-error.js";
import { Problem } from "./problem.js";
import type { Input, Route } from "./route.js";
import type { Checked, Fields } from "../base/schema.js";
import type { ServedModel } from "./served-model.js";
import { report, type Service } from "./service.js";
import type { Send } from "./together/turn.js";

/** A refused body is read on for so long, so that its sender hears the answer instead of a broken connection. */
const LINGER_MS = 1000;
const JSON_TYPE = "application/json";
/** With every answer: it is what it says it is, and addresses asked for here are not passed on. */
const GUARDS = ["x-content-type-options", "nosniff", "referrer-policy", "no-referrer"];
/** JSON and text are no pages: should a browser show one, it loads nothing and stands in no frame. */
const NOTHING_TO_LOAD = ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"];
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What was sent, checked. */
export interface Sent {
  readonly params: Checked<Fields>;
  readonly query: Checked<Fields>;
  readonly body: unknown;
}

export class Exchange {
  /** As in the table; what fits no route is counted together. */
  route = "unmatched";
  private readonly began = performance.now();
  private over = false;

  constructor(
    private readonly service: Service, private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    service.metrics.inFlight++;
    response.on("close", () => {
      if (this.over) return;
      this.over = true;
      service.metrics.inFlight--;
      service.metrics.aborted++;
    });
  }

  /** The model of this moment. */
  get model(): ServedModel {
    return this.service.model;
  }

  /** Whether it was answered, or its sender has left. */
  get isOver(): boolean {
    return this.over;
  }

  answer(route: Route, sent: Sent): void {
    this.workOut(route, sent)();
  }

  /** What a handler gets. @throws Problem for what costs too much */
  checked(route: Route, sent: Sent): Input<Fields, Fields, unknown> {
    const { service, model } = this;
    const input = { service, model, params: sent.params, query: sent.query, body: sent.body };
    if (route.cost) model.cost.check(route.cost(input), service.limits.maxWork);
    return input;
  }

  /** By the model of this moment, from beginning to end; returns what sends the answer. */
  workOut(route: Route, sent: Sent): Send {
    const { service, request, model } = this;
    const kept = route.lasting ? model.cache.get(request.url!) : undefined;
    if (kept) return () => this.sendLasting(kept, model.fingerprint);
    const input = this.checked(route, sent);
    const answer = route.handle(input);
    if (answer instanceof Promise) {
      request.socket.setTimeout(0);
      return () => {
        answer.then(
          (value: unknown) => this.sendText(route, textOf(route, value, model), service.model.fingerprint),
          (error: unknown) => this.fail(error),
        );
      };
    }
    if (route.lasting) {
      const bytes = Buffer.from(JSON.stringify(answer));
      model.cache.put(request.url!, bytes);
      return () => this.sendLasting(bytes, model.fingerprint);
    }
    return this.sending(route, answer, model);
  }

  /** What sends an answer that a model has given. */
  sending(route: Route, answer: unknown, model: ServedModel): Send {
    const text = textOf(route, answer, model);
    return () => this.sendText(route, text, model.fingerprint);
  }

  fail(error: unknown): void {
    let problem: Problem;
    if (error instanceof Problem) problem = error;
    else if (error instanceof UserError) problem = new Problem(422, error.message);
    else {
      report(error);
      problem = new Problem(500, "an error in the service, not in the request");
    }
    const headers = ["cache-control", "no-store", ...Object.entries(problem.headers).flat()];
    this.send(problem.status, "application/problem+json", problem.body(), headers);
  }

  sendEmpty(status: number, headers: readonly string[]): void {
    if (this.over) return;
    this.observe(status);
    this.response.writeHead(status, this.withCommon(headers));
    this.response.end();
  }

  private sendText({ answer }: Route, text: string, fingerprint: string): void {
    const type = typeof answer === "string" ? answer : JSON_TYPE;
    this.send(200, type, text, ["cache-control", "no-store", "x-unknot-model", fingerprint]);
  }

  /** What depends on the model and the address alone changes only with the model, or with the program. */
  private sendLasting(bytes: Buffer, fingerprint: string): void {
    const etag = `"${fingerprint}-${this.service.version}"`;
    const headers = ["cache-control", "no-cache", "etag", etag, "x-unknot-model", fingerprint];
    if (this.request.headers["if-none-match"] === etag) this.sendEmpty(304, headers);
    else this.send(200, JSON_TYPE, bytes, headers);
  }

  send(status: number, type: string, body: string | Buffer, headers: readonly string[] = []): void {
    if (this.over) return;
    this.observe(status);
    const { request, response } = this;
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const head = ["content-type", type, "content-length", String(length), ...headers];
    // A body that is not read to its end stands between this answer and the next request.
    const stuck = !request.complete && announced(request) > this.service.limits.maxBody;
    if (stuck) head.push("connection", "close");
    response.writeHead(status, this.withCommon(head));
    if (stuck) this.linger(body);
    else response.end(body);
  }

  /** Whether the request was answered before all of it had come. */
  get cutShort(): boolean {
    return this.over && !this.request.complete;
  }

  private observe(status: number): void {
    this.over = true;
    const { method = "" } = this.request;
    const { metrics } = this.service;
    metrics.inFlight--;
    const seconds = (performance.now() - this.began) / 1000;
    metrics.observe(METHODS.has(method) ? method : "other", this.route, status, seconds);
  }

  /** Sends the answer at once, but closes the connection only when the rest of the body has come, or after a while. */
  private linger(body: string | Buffer): void {
    const { request, response } = this;
    response.write(body);
    const done = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(done, LINGER_MS);
    request.on("end", done).on("close", () => clearTimeout(timer)).resume();
  }

  private withCommon(headers: readonly string[]): string[] {
    const common = [...GUARDS, ...this.service.access.headersFor(this.request), ...headers];
    // Files bring a policy of their own.
    if (!headers.includes("content-security-policy")) common.push(...NOTHING_TO_LOAD);
    if (this.service.closing && !headers.includes("connection")) common.push("connection", "close");
    return common;
  }
}

function textOf({ answer, lists }: Route, value: unknown, model: ServedModel): string {
  if (typeof answer === "string") return value as string;
  return lists ? model.listWriter.write(value as Record<string, unknown>, lists) : JSON.stringify(value);
}

/** Bytes that the body has, by its head; a chunked one may have any number. */
function announced({ headers }: IncomingMessage): number {
  return headers["transfer-encoding"] !== undefined ? Infinity : Number(headers["content-length"] ?? 0);
}
