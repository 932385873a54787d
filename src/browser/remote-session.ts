/**
 * A session in a worker, so that the page never stutters: every method of `Session` as a promise. Errors arrive with
 * their message, a UserError as a UserError.
 *
 * Questions are answered in the order they were asked. Of steer questions only one is under way: while it is, a newer
 * one takes the place of the one that waits, which is refused with `Superseded`. So a knob that is dragged never piles
 * up work, and an old list never overtakes a newer one.
 */
import { UserError } from "../base/user-error.js";
import type { ListRequest } from "../session/list-request.js";
import type { Profile } from "../session/profile.js";
import type { KnobRequest } from "../session/session-types.js";
import type { Wish } from "../session/read-wish.js";
import type { LoadOptions, WebModelBytes } from "./load-web-model.js";
import {
  remoteMethods, type Answer, type Arguments, type AskedMethods, type Failure, type Opened, type Port, type Question,
  type RemoteMethod, type Reply,
} from "./protocol.js";

/** A newer steer question was asked before this one was begun. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts a worker on a model.
 * @param worker URL of the bundled worker.js, or a worker that runs it.
 * @param model URL of the web model's folder, relative to the page, or its files' contents (the buffer is transferred).
 * @throws UserError when the model cannot be loaded.
 */
export async function openRemoteSession(
  worker: string | URL | Worker, model: string | URL | WebModelBytes, options: Pick<LoadOptions, "onProgress"> = {},
): Promise<RemoteSession> {
  const started = typeof worker === "object" && "postMessage" in worker ? worker : new Worker(worker);
  const source = typeof model === "object" && "description" in model
    ? model : new URL(model, globalThis.document?.baseURI).href;
  try {
    return await connect(started, source, () => started.terminate(), options);
  } catch (error) {
    started.terminate();
    throw error;
  }
}

/** As openRemoteSession, on a port behind which `hostSession` runs. */
export function connect(
  port: Port, model: string | WebModelBytes, end: () => void, { onProgress }: Pick<LoadOptions, "onProgress"> = {},
): Promise<RemoteSession> {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("progress" in data) onProgress?.(data.progress);
      else if ("opened" in data) resolve(new WorkerSession(port, data.opened, end) as RemoteSession);
      else if ("failed" in data) reject(errorOf(data.failed));
    };
    watchForCrash(port, reject);
    const question: Question = { open: model };
    port.postMessage(question, typeof model === "object" ? [model.tensors] : []);
  });
}

/** A session in a worker: the questions of `Session` by the same names, answered by promises. */
export type RemoteSession = WorkerSession & AskedMethods;

/**
 * What a remote session does by itself; the methods that are simply asked join it by their names. A newer steer
 * question supersedes an older one, whose promise rejects with `Superseded`.
 */
export class WorkerSession {
  private readonly pending = new Map<number, Pending>();
  private last = 0;
  private steering = false;
  private nextSteer: (Pending & { readonly args: Arguments<"steer"> }) | null = null;

  /** Made by `openRemoteSession`. @param opened facts about the model. */
  constructor(private readonly port: Port, readonly opened: Opened, private readonly end: () => void) {
    port.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    watchForCrash(port, (error) => this.abandon(error));
  }

  static {
    // A method for each name of the list, but for those that are written out below.
    for (const method of remoteMethods) {
      if (method in WorkerSession.prototype) continue;
      Object.defineProperty(WorkerSession.prototype, method, {
        value(this: WorkerSession, ...args: Arguments<typeof method>) {
          return this.ask(method, args);
        },
      });
    }
  }

  /** @throws Superseded when a newer question came before this one was begun. */
  steer(profile: Profile, requests: readonly KnobRequest[], n?: number | ListRequest): Promise<Answer<"steer">> {
    return new Promise((resolve, reject) => {
      this.nextSteer?.reject(new Superseded("a newer steer question took this one's place"));
      this.nextSteer = { args: [profile, requests, n], resolve: resolve, reject };
      this.steerOn();
    });
  }

  /** As `Session.wish`, with the session's own reader. */
  wish(text: string): Promise<Wish> {
    return this.ask("wish", [text] as unknown as Arguments<"wish">) as Promise<Wish>;
  }

  /** Ends the worker; what has not been answered is refused. */
  close(): void {
    this.abandon(new Error("the session has been closed"));
    this.port.onmessage = null;
    this.end();
  }

  private ask<M extends RemoteMethod>(method: M, args: Arguments<M>): Promise<Answer<M>> {
    return new Promise((resolve, reject) => {
      const id = ++this.last;
      this.pending.set(id, { resolve: resolve, reject });
      const question: Question = { id, method, args };
      this.port.postMessage(question);
    });
  }

  private steerOn(): void {
    if (this.steering || !this.nextSteer) return;
    const { args, resolve, reject } = this.nextSteer;
    this.nextSteer = null;
    this.steering = true;
    this.ask("steer", args).then(resolve, reject).finally(() => {
      this.steering = false;
      this.steerOn();
    });
  }

  private receive(reply: Reply): void {
    if (!("id" in reply)) return;
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if ("error" in reply) pending?.reject(errorOf(reply.error));
    else pending?.resolve(reply.value);
  }

  private abandon(error: Error): void {
    for (const { reject } of [...this.pending.values(), ...this.nextSteer ? [this.nextSteer] : []]) reject(error);
    this.pending.clear();
    this.nextSteer = null;
  }
}

/** A worker that cannot be loaded, or dies, says so by an event and answers nothing any more. */
function watchForCrash(port: Port, crashed: (error: Error) => void): void {
  if (!("onerror" in port)) return;
  (port as Worker).onerror = (event) => {
    crashed(new Error(`the worker failed: ${event.message || "its script cannot be loaded"}`));
  };
}

function errorOf({ message, user }: Failure): Error {
  return user ? new UserError(message) : new Error(message);
}
