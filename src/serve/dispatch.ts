/**
 * From a request to an answer: find the route, check what was sent, let the route answer (exchange.ts writes it).
 *
 * Written with callbacks rather than promises: most requests are answered in the turn in which their body arrived.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerTogether } from "./together/answer-together.js";
import { Exchange } from "./exchange.js";
import { bodyProblem, parameterProblem, Problem } from "./problem.js";
import { readJson } from "./read-body.js";
import type { Route } from "./route.js";
import { parameterNames, Router, type Place } from "./router.js";
import { Turn } from "./together/turn.js";
import type { Checked, Fault, Fields, Schema } from "../base/schema.js";
import type { Service } from "./service.js";

export type Listener = (request: IncomingMessage, response: ServerResponse) => Exchange;

/** Answers requests by the routes and, where none fits, by the desk's files. */
export function dispatcher(service: Service, routes: readonly Route[]): Listener {
  const router = new Router(routes);
  const turn = new Turn(answerTogether);
  const names = new Map(routes.map((route) => [route.path, parameterNames(route.path)]));

  return (request, response) => {
    const exchange = new Exchange(service, request, response);
    try {
      const url = request.url ?? "";
      checkHead(request, url);
      const mark = url.indexOf("?");
      const path = mark < 0 ? url : url.slice(0, mark);
      if (!service.access.isPreflight(request)) service.access.check(request, path);
      const place = router.find(path);
      if (!place) {
        const { site } = service.model;
        if (!site || !reads(request) || !site.send(request, path, exchange)) {
          throw new Problem(404, "nothing lives here: GET /openapi.json lists what does");
        }
        return exchange;
      }
      exchange.route = place.path;
      const route = chosen(request, place);
      if (!route) {
        const [name, methods] = allowed(place);
        exchange.sendEmpty(204, [name, methods, ...service.access.preflight(request, methods)]);
        return exchange;
      }
      if (route.administrative) checkAdministrator(request);
      const params = checkedParams(route, names.get(route.path)!, place);
      const query = checkedQuery(route.query, mark < 0 ? "" : url.slice(mark + 1));
      if (!route.body) {
        exchange.answer(route, { params, query, body: undefined });
        return exchange;
      }
      const { body: schema } = route;
      readJson(request, service.limits.maxBody, (body) => {
        try {
          turn.add({ exchange, route, sent: { params, query, body: checkedBody(schema, body) } });
        } catch (error) {
          exchange.fail(error);
        }
      });
    } catch (error) {
      exchange.fail(error);
    }
    return exchange;
  };
}

function checkHead({ headers, httpVersion, method }: IncomingMessage, url: string): void {
  if (!url.startsWith("/")) throw new Problem(400, "the target of a request must be a path");
  if (headers.host === undefined && httpVersion === "1.1") throw new Problem(400, "the header host is missing");
  if (reads({ method }) && (headers["transfer-encoding"] ?? headers["content-length"] ?? "0") !== "0") {
    throw new Problem(
      400, `a ${method} request has no body: what comes after its head could be taken for another request`,
    );
  }
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    throw new Problem(417, "the only expectation that can be met is 100-continue");
  }
}

function reads({ method }: Pick<IncomingMessage, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

/** The route for the method; null for OPTIONS. HEAD is GET whose body Node leaves out. @throws Problem 405 */
function chosen({ method = "" }: IncomingMessage, place: Place): Route | null {
  const route = place.routes.get(method === "HEAD" ? "GET" : method);
  if (route) return route;
  if (method === "OPTIONS") return null;
  const [name, methods] = allowed(place);
  throw new Problem(405, `this path answers ${methods}`, { headers: { [name]: methods } });
}

function allowed({ routes }: Place): [name: string, methods: string] {
  const methods = [...routes.keys()].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return ["allow", [...methods, "OPTIONS"].join(", ")];
}

/**
 * Administration is for this machine. A proxy here is not "this machine": it forwards requests of others. Nor is a web
 * page that is open here: it would come with an Origin.
 */
function checkAdministrator({ socket, headers }: IncomingMessage): void {
  const address = socket.remoteAddress ?? "";
  const local = address === "::1" || /^(::ffff:)?127\./.test(address);
  const forwarded = ["x-forwarded-for", "x-real-ip", "forwarded", "via"].some((name) => headers[name] !== undefined);
  if (!local || forwarded || headers.origin !== undefined) {
    throw new Problem(403, "only for callers on this machine, not through a proxy or from a web page");
  }
}

function checkedParams({ params }: Route, names: readonly string[], { values }: Place): Checked<Fields> {
  const faults: Fault[] = [];
  const checked = Object.fromEntries(names.map((name, i) =>
    [name, params[name].check(fromText(params[name], values[i]), `/${name}`, faults)]));
  if (faults.length > 0) throw parameterProblem(faults);
  return checked;
}

function checkedQuery(fields: Fields, query: string): Checked<Fields> {
  const faults: Fault[] = [];
  const given = new Map<string, string>();
  for (const [name, value] of query === "" ? [] : new URLSearchParams(query)) {
    if (!Object.hasOwn(fields, name)) {
      const expected = Object.keys(fields).join(", ") || "none at all";
      faults.push({ at: `/${name.slice(0, 40)}`, detail: `unknown parameter, expected ${expected}` });
    } else if (given.has(name)) faults.push({ at: `/${name}`, detail: "is given twice" });
    given.set(name, value);
    if (faults.length >= 10) break;
  }
  const checked: Record<string, unknown> = {};
  for (const name in fields) {
    const field = fields[name];
    const value = given.get(name);
    if (value === undefined && !field.optional) faults.push({ at: `/${name}`, detail: "is missing" });
    else checked[name] = field.check(value === undefined ? undefined : fromText(field, value), `/${name}`, faults);
  }
  if (faults.length > 0) throw parameterProblem(faults);
  return checked;
}

/** Parameters are text; where a number is expected, a text that is one becomes it and another is refused as text. */
function fromText({ json }: Schema<unknown>, value: string): unknown {
  const numeric = json.type === "integer" || json.type === "number";
  return numeric && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function checkedBody(schema: Schema<unknown>, body: unknown): unknown {
  if (body instanceof Problem) throw body;
  const faults: Fault[] = [];
  const checked = schema.check(body, "", faults);
  if (faults.length > 0) throw bodyProblem(faults);
  return checked;
}
