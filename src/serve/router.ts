/**
 * From a path to the routes that live there. Paths are compared segment by segment after decoding, so an encoded slash
 * stays inside its segment ("/tags/sci%2Ffi" is the tag "sci/fi"); dots mean nothing.
 */
import { Problem } from "./problem.js";
import type { Route } from "./route.js";

export interface Place {
  /** As in the table. */
  readonly path: string;
  /** By method. */
  readonly routes: ReadonlyMap<string, Route>;
  /** The segments that stand where the path has braces, in order, decoded. */
  readonly values: readonly string[];
}

interface Pattern {
  readonly path: string;
  readonly segments: readonly (string | null)[];
  readonly routes: Map<string, Route>;
}

const NO_VALUES: readonly string[] = [];

export class Router {
  private readonly fixed = new Map<string, Map<string, Route>>();
  private readonly patterns: Pattern[] = [];

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.routesAt(route.path).set(route.method, route);
  }

  /** @throws Problem 400 for a path that is not percent-encoded UTF-8. */
  find(path: string): Place | null {
    const fixed = this.fixed.get(path);
    if (fixed) return { path, routes: fixed, values: NO_VALUES };
    const segments = path.split("/");
    for (const pattern of this.patterns) {
      if (pattern.segments.length !== segments.length) continue;
      if (!pattern.segments.every((name, i) => name === null || name === segments[i])) continue;
      const values = segments.filter((_, i) => pattern.segments[i] === null);
      return { path: pattern.path, routes: pattern.routes, values: values.map(decoded) };
    }
    return null;
  }

  private routesAt(path: string): Map<string, Route> {
    if (!path.includes("{")) {
      const known = this.fixed.get(path) ?? new Map<string, Route>();
      this.fixed.set(path, known);
      return known;
    }
    const segments = path.split("/").map((segment) => (segment.startsWith("{") ? null : segment));
    const same = this.patterns.find((pattern) => pattern.segments.join("/") === segments.join("/"));
    if (same) return same.routes;
    const pattern = { path, segments, routes: new Map<string, Route>() };
    this.patterns.push(pattern);
    return pattern.routes;
  }
}

/** Names of the braces of a path, in order. */
export function parameterNames(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1]);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, "the path is not percent-encoded UTF-8");
  }
}
