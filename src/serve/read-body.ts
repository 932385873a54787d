/**
 * A request's body as JSON, within limits. How long it may take is the server's business (server.ts sets Node's
 * requestTimeout); how long it may be is checked here, by what is announced and by what comes.
 */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.js";

/**
 * Calls `done` once with the parsed body or a Problem; never when the sender leaves first. Bytes over the limit are not
 * kept.
 */
export function readJson(request: IncomingMessage, limit: number, done: (body: unknown) => void): void {
  const refused = refusal(request, limit);
  if (refused) {
    done(refused);
    return;
  }
  let length = 0;
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer): void => {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
      return;
    }
    request.off("data", collect).off("end", finish);
    chunks.length = 0;
    done(tooLarge(limit));
  };
  const finish = (): void => done(parse(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  request.on("data", collect).on("end", finish);
}

/** What the head already says. */
export function refusal({ headers }: IncomingMessage, limit: number): Problem | null {
  const type = headers["content-type"]?.split(";", 1)[0].trim().toLowerCase();
  if (type !== "application/json") {
    const got = type === undefined ? "none" : `"${type.slice(0, 60)}"`;
    return new Problem(415, `the body must have the content-type application/json, got ${got}`);
  }
  const coding = headers["content-encoding"];
  if (coding !== undefined && coding !== "identity") {
    return new Problem(415, "the body must not be compressed", { headers: { "accept-encoding": "identity" } });
  }
  return Number(headers["content-length"] ?? 0) > limit ? tooLarge(limit) : null;
}

function tooLarge(limit: number): Problem {
  return new Problem(413, `the body is longer than ${limit} bytes`);
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return new Problem(400, "the body is not UTF-8");
  if (bytes.length === 0) return new Problem(400, "the body is empty, expected JSON");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    return new Problem(400, `the body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}
