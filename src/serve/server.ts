/**
 * The HTTP server under the service: limits on connections and time, answers to what is no HTTP, and an end that drops
 * no request. It listens on the loopback interface unless told otherwise.
 */
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as NetServer, type AddressInfo, type Socket } from "node:net";
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import { UserError } from "../base/user-error.js";
import { dispatcher } from "./dispatch.js";
import type { Exchange } from "./exchange.js";
import { Problem } from "./problem.js";
import { refusal } from "./read-body.js";
import { routes } from "./routes.js";
import { report, type Service } from "./service.js";

export interface ServerOptions {
  /** Default "127.0.0.1": only this machine. */
  readonly host?: string;
  /** 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Seconds for which it still accepts connections when it is told to stop, and says so at /health. Default 0. */
  readonly drain?: number;
}

export interface RunningServer {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  /** Ends it: see `stop`. Resolves when the last connection has closed. */
  stop(): Promise<void>;
}

/** Bytes of all headers of a request; longer ones get 431. */
const MAX_HEADER = 16 * 1024;
/**
 * Balancers keep idle connections for 60 s, most of them. The balancer must be the one that closes, or a request meets
 * a closed connection.
 */
const KEEP_ALIVE_MS = 65_000;
/** While stopping: how long connections are accepted that wait for it already. */
const ACCEPT_MS = 1000;
/** While stopping: how long an idle connection may still send a request that was on its way. */
const IDLE_GRACE_MS = 2000;

export async function startServer(service: Service, options: ServerOptions = {}): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 8080, drain = 0 } = options;
  const { timeout, maxConnections, maxBody } = service.limits;
  const patience = 1000 * timeout;
  const server = createServer({
    headersTimeout: patience, requestTimeout: patience, keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, patience / 4)), noDelay: true,
    maxHeaderSize: MAX_HEADER,
    // Node would refuse requests without a host itself, but without saying why.
    requireHostHeader: false,
  });
  server.maxConnections = maxConnections;
  // A client that does not read its answer.
  server.timeout = Math.max(1000, 2 * patience);

  let accepted = 0;
  const exchanges = new WeakMap<Socket, Exchange>();
  const dispatch = dispatcher(service, routes);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    exchanges.set(request.socket, dispatch(request, response));
  };
  server.on("request", listener);
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (refusal(request, maxBody)) response.shouldKeepAlive = false;
    else response.writeContinue();
    listener(request, response);
  });
  // A sender who has not been asked for the body may send it or go on without: what comes next could be either, so the
  // connection ends with the answer.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false;
    listener(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    service.metrics.malformed++;
    // Nothing may follow an answer that has been given already.
    if (!socket.writable || error.code === "ECONNRESET" || exchanges.get(socket)?.cutShort) socket.destroy();
    else socket.end(rawAnswer(problemOf(error, timeout)));
  });
  server.on("connection", (socket: Socket) => {
    service.metrics.connections++;
    accepted++;
    socket.on("close", () => { service.metrics.connections--; });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  // From here on: a connection that could not be accepted, for want of file handles for example. The others go on.
  server.removeAllListeners("error").on("error", report);
  const { address, family, port: actual } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;

  let stopped: Promise<void> | null = null;
  return {
    url,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };

  /**
   * First as before, but /health says that it is over; connections are kept, so that clients do not open new ones. Then
   * no new connections; requests under way are answered, and so is what existing connections still send, with
   * "connection: close". Idle ones are closed after a moment, because a request may be on its way, and everything when
   * the time that a request may take is over.
   */
  async function stop(): Promise<void> {
    service.draining = true;
    await wait(1000 * drain);
    await acceptAll();
    service.closing = true;
    const idle = setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS);
    const all = setTimeout(() => server.closeAllConnections(), patience + IDLE_GRACE_MS);
    // http's own close would cut idle connections at once.
    await new Promise<void>((resolve) => { NetServer.prototype.close.call(server, () => resolve()); });
    clearTimeout(idle);
    clearTimeout(all);
    server.close();
    service.metrics.close();
  }

  /** The system resets connections that are established but not accepted, and Node accepts one in a turn. */
  async function acceptAll(): Promise<void> {
    const until = performance.now() + ACCEPT_MS;
    for (let before = -1; accepted !== before && performance.now() < until;) {
      before = accepted;
      await setImmediate();
      await setImmediate();
    }
  }
}

function problemOf({ code }: NodeJS.ErrnoException, timeout: number): Problem {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Problem(408, `the request did not arrive within ${timeout} s`);
  if (code === "HPE_HEADER_OVERFLOW") return new Problem(431, "the headers are too long");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return new Problem(413, "the chunk extensions are too long");
  return new Problem(400, `this is no HTTP request${code?.startsWith("HPE_") ? ` (${code})` : ""}`);
}

function rawAnswer(problem: Problem): string {
  const body = problem.body();
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`, "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`, "connection: close", "", body,
  ].join("\r\n");
}

function cannotListen({ code, message }: NodeJS.ErrnoException, host: string, port: number): UserError {
  const why = {
    EADDRINUSE: "another program listens there: stop it, or give another --port",
    EACCES: "not allowed: ports below 1024 need rights, give a higher --port",
    EADDRNOTAVAIL: "this machine has no such address: give another --host",
    ENOTFOUND: "no such host name: give another --host",
  }[code ?? ""] ?? message;
  return new UserError(`cannot listen on ${host} port ${port}: ${why}`);
}
