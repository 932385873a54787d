/**
 * BullMQ on a Redis server: which packages that takes, how they are connected, and what is said when the server is not
 * there. The packages are optional, as few need more than one machine; jobs, retries, locks and the recovery of jobs
 * whose worker died are BullMQ's.
 */
import type * as Bull from "bullmq";
import type { Job as BullJob, Queue, Worker } from "bullmq";
import type * as IoRedis from "ioredis";
import type { Redis } from "ioredis";
import { UserError } from "../base/user-error.js";
import { optionalPackage } from "../files/optional-package.js";

export type { BullJob, Queue, Redis, Worker };

/** The one queue that workers listen on. */
export const QUEUE = "unknot";
/** Tries of a job whose process died; a job that fails by its own fault is not tried again. */
export const ATTEMPTS = 3;
/** Workers may be killed as often as they like. */
export const MAX_STALLED = 1000;
const CONNECT_MS = 5000;

/** BullMQ with a connection of its own. */
export interface QueueServer {
  readonly bull: typeof Bull;
  readonly redis: Redis;
  /** For messages: without a password. */
  readonly name: string;
  /** Another connection: workers block theirs. */
  connect(): Promise<Redis>;
  close(): void;
}

/** @throws UserError for an address that is none, for missing packages, and when nobody answers there. */
export async function openServer(address: string): Promise<QueueServer> {
  if (!/^rediss?:\/\//.test(address) || !URL.canParse(address)) {
    throw new UserError(
      `"${address}" is no address of a Redis server, expected redis://HOST:PORT or redis://HOST:PORT/DB`,
    );
  }
  const url = new URL(address);
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  const bull = await optionalPackage<typeof Bull>("bullmq", "a queue on Redis");
  const { Redis: Client } = await optionalPackage<typeof IoRedis>("ioredis", "a queue on Redis");
  const open: Redis[] = [];
  const connect = async (): Promise<Redis> => {
    // Once connected it waits for a server that restarts; the first time it does not.
    let connected = false;
    const client = new Client(address, {
      maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: CONNECT_MS,
      retryStrategy: (times) => (connected ? Math.min(200 * times, 5000) : null),
    });
    let why = "";
    client.on("error", (error: Error) => { why = error.message; });
    await client.connect().catch((error: unknown) => {
      client.disconnect();
      const reason = why || (error as Error).message;
      throw new UserError(`${name} cannot be reached: ${reason}: is a Redis server running there?`);
    });
    connected = true;
    open.push(client);
    return client;
  };
  return { bull, redis: await connect(), name, connect, close: () => { for (const one of open) one.disconnect(); } };
}
