/**
 * Everybody's lists from whatever machines listen on a queue (work.ts): a source for pipeline/recommend-all.ts, which
 * brings them to the one file, byte for byte that of one machine.
 *
 * Jobs are ranges of users, named lists-KEY-FROM-TO by what their bytes depend on. As with sweeps, nothing that matters
 * is in this process: a range's lists stay in the queue until they are in the file, so a killed coordinator finds them
 * there. So that Redis need not hold everybody's lists, only some ranges are ahead of the file.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { UserError } from "../base/user-error.js";
import type { ListSource } from "../pipeline/recommend-all.js";
import { keyOf, type ListShape } from "../pipeline/user-lists.js";
import { Notes } from "./notes.js";
import { ATTEMPTS, openServer, QUEUE, type BullJob, type Queue, type QueueServer } from "./redis.js";
import type { ListsTask, TaskProgress } from "./task.js";

/** Where the queue is, what every job says, and who is told. */
export interface QueueListsOptions extends ListShape {
  readonly address: string;
  readonly task: Omit<ListsTask, "kind" | "job">;
  /** Of the data set. */
  readonly users: number;
  /** Users of a job. Default 4,096; a file that was begun with others is gone on with all the same. */
  readonly rangeUsers?: number;
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const RANGE_USERS = 4096;
/** Entries of a job's lists, at most: some 100 MB of text. */
const RANGE_ENTRIES = 2 ** 22;
/** Ranges ahead of the file: enough for as many processes at once. */
const AHEAD = 64;
const POLL_MS = 200;

/**
 * @param use what takes the lists, from the first that it wants to the last.
 * @throws what `use` throws, with the ranges that nobody has begun taken out of the queue.
 */
export async function withQueuedLists<T>(
  options: QueueListsOptions, use: (source: ListSource) => Promise<T>,
): Promise<T> {
  const server = await openServer(options.address);
  const queue = new server.bull.Queue<ListsTask, string>(QUEUE, { connection: server.redis }) as Queue;
  queue.on("error", () => undefined);
  const ranges = new QueuedRanges(server, queue, options);
  try {
    const used = await use(ranges).catch(async (error: unknown) => {
      await ranges.withdraw();
      throw error;
    });
    await ranges.drop();
    return used;
  } finally {
    await queue.close();
    server.close();
  }
}

class QueuedRanges implements ListSource {
  private readonly prefix: string;
  private readonly size: number;
  private readonly notes: Notes;
  /** Put there, or found, by this process. */
  private readonly queued = new Set<string>();
  /** The range whose lists were handed out last. */
  private last: string | null = null;
  private tidied = false;

  constructor(
    server: QueueServer, private readonly queue: Queue, private readonly options: QueueListsOptions,
  ) {
    const { n, rangeUsers = RANGE_USERS, onNote, task } = options;
    this.prefix = `lists-${keyOf(task.fingerprints, options).slice(0, 16)}-`;
    this.size = Math.max(1, Math.min(rangeUsers, Math.floor(RANGE_ENTRIES / n)));
    this.notes = new Notes(server, queue, onNote);
  }

  async next(from: number): Promise<{ readonly to: number; readonly text: string }> {
    await this.tidy(from);
    const [to, id] = [this.endOf(from), this.idOf(from)];
    for (;;) {
      this.options.signal?.throwIfAborted();
      await this.put(from);
      const job = await this.queue.getJob(id) as BullJob | undefined;
      const state = job ? await job.getState() : "gone";
      if (job && state === "completed") {
        this.last = id;
        return { to, text: await unpacked(job.returnvalue as string) };
      }
      if (job && state === "failed") {
        const { failedReason } = job;
        throw new UserError(`the lists of users ${from + 1} to ${to} failed with: ${failedReason}. ` +
          "The same command tries them again");
      }
      // Somebody emptied the queue: put there again.
      if (state === "gone") this.queued.delete(id);
      else await this.report();
      await sleep(POLL_MS, undefined, { signal: this.options.signal }).catch(() => undefined);
    }
  }

  /** What nobody has begun is not left behind; what is under way or done is found by the next start. */
  async withdraw(): Promise<void> {
    await this.remove(this.queued, (state) => state !== "active" && state !== "completed");
  }

  /** All lists are in the file. */
  async drop(): Promise<void> {
    await this.remove(this.queued, () => true);
  }

  /** Ranges before `from` are in the file; at first also what an earlier coordinator had put there otherwise. */
  private async tidy(from: number): Promise<void> {
    if (this.last !== null) await this.remove([this.last], () => true);
    if (this.tidied) return;
    this.tidied = true;
    const there = await this.queue.getJobs(["waiting", "delayed", "completed", "failed"]) as (BullJob | undefined)[];
    const ours = there.map((job) => job?.id ?? "").filter((id) => id.startsWith(this.prefix));
    const wanted = new Set<string>();
    for (let at = from; at < this.options.users; at += this.size) wanted.add(this.idOf(at));
    await this.remove(ours.filter((id) => !wanted.has(id)), () => true);
    // Failures are tried again.
    await this.remove(ours, (state) => state === "failed");
  }

  private async remove(ids: Iterable<string>, which: (state: string) => boolean): Promise<void> {
    for (const id of [...ids]) {
      const job = await this.queue.getJob(id) as BullJob | undefined;
      if (!job || !which(await job.getState())) continue;
      // Somebody works on it: its lock keeps it there, and its result is dropped with the next tidying.
      await job.remove().catch(() => undefined);
      this.queued.delete(id);
    }
  }

  private async put(from: number): Promise<void> {
    const { task, users, n, format } = this.options;
    for (let at = from, count = 0; at < users && count < AHEAD; at += this.size, count++) {
      const id = this.idOf(at);
      if (this.queued.has(id)) continue;
      this.queued.add(id);
      const job = { from: at, to: this.endOf(at), n, format };
      await this.queue.add("lists", { ...task, kind: "lists", job } satisfies ListsTask, {
        jobId: id, attempts: ATTEMPTS, backoff: { type: "fixed", delay: 1000 },
      });
    }
  }

  private async report(): Promise<void> {
    const active = await this.queue.getJobs(["active", "delayed"]) as (BullJob | undefined)[];
    let working = false;
    for (const job of active.filter((one) => one?.id?.startsWith(this.prefix))) {
      const { declined } = (typeof job!.progress === "object" ? job!.progress : {}) as TaskProgress;
      if (declined === undefined) working = true;
      else this.notes.tell(declined);
    }
    if (!working) await this.notes.tellIfAlone();
  }

  private endOf(from: number): number {
    return Math.min(this.options.users, from + this.size);
  }

  private idOf(from: number): string {
    return `${this.prefix}${from}-${this.endOf(from)}`;
  }
}

async function unpacked(text: string): Promise<string> {
  return (await promisify(gunzip)(Buffer.from(text, "base64"))).toString("utf8");
}
