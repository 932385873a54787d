/** The OpenAPI 3.1 description, written from the route table that the service itself runs on. */
import { problem } from "./answer-schemas.js";
import type { Route } from "./route.js";
import type { Fields } from "../base/schema.js";

const PROBLEM = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };

export function describeApi(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: "3.1.0",
    info: {
      title: "unknot",
      version,
      description: "Recommendations with labelled knobs. Answers depend on the request and the model alone.",
    },
    paths,
    components: { schemas: { Problem: problem.json } },
  };
}

function operation({ path, method, summary, params, query, body, answer, problems = {} }: Route): unknown {
  const faulty = { description: "What was sent is not valid; errors name the fields.", content: PROBLEM };
  const checked = body !== null || Object.keys(params).length + Object.keys(query).length > 0;
  const media = typeof answer === "string"
    ? { [answer]: { schema: { type: "string" } } }
    : { "application/json": { schema: answer.json } };
  return {
    operationId: nameOf(method, path),
    summary,
    parameters: [...parameters(params, "path"), ...parameters(query, "query")],
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: body.json } } } } : {}),
    responses: {
      200: { description: "Done.", content: media },
      ...(body ? { 400: { description: "The body is not JSON.", content: PROBLEM } } : {}),
      ...(body ? { 413: { description: "The body is too long.", content: PROBLEM } } : {}),
      ...(body ? { 415: { description: "The body's content-type is not application/json.", content: PROBLEM } } : {}),
      ...(checked ? { 422: faulty } : {}),
      ...Object.fromEntries(Object.entries(problems)
        .map(([status, description]) => [status, { description, content: PROBLEM }])),
    },
  };
}

function parameters(fields: Fields, place: "path" | "query"): unknown[] {
  return Object.entries(fields).map(([name, { json, optional }]) =>
    ({ name, in: place, required: !optional, schema: json }));
}

/** "getNeuronsNeuron" */
function nameOf(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
}
