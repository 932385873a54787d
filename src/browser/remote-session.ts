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
import type { Answer, Arguments, Failure, Opened, Port, Question, RemoteMethod, Reply } from "./protocol.js";

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
      else if ("opened" in data) resolve(new RemoteSession(port, data.opened, end));
      else if ("failed" in data) reject(errorOf(data.failed));
    };
    watchForCrash(port, reject);
    const question: Question = { open: model };
    port.postMessage(question, typeof model === "object" ? [model.tensors] : []);
  });
}

/**
 * A session in a worker: the questions of `Session`, answered by promises. A newer question of a kind supersedes an
 * older one, whose promise rejects with `Superseded`.
 */
export class RemoteSession {
  private readonly pending = new Map<number, Pending>();
  private last = 0;
  private steering = false;
  private nextSteer: (Pending & { readonly args: Arguments<"steer"> }) | null = null;

  /** Made by `openRemoteSession`. @param opened facts about the model. */
  constructor(private readonly port: Port, readonly opened: Opened, private readonly end: () => void) {
    port.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    watchForCrash(port, (error) => this.abandon(error));
  }

  /** As `Session.recommend`, from the worker. */
  recommend(...args: Arguments<"recommend">): Promise<Answer<"recommend">> {
    return this.ask("recommend", args);
  }

  /** As `Session.recommendAll`, from the worker. */
  recommendAll(...args: Arguments<"recommendAll">): Promise<Answer<"recommendAll">> {
    return this.ask("recommendAll", args);
  }

  /** As `Session.idsByTitle`, from the worker. */
  idsByTitle(...args: Arguments<"idsByTitle">): Promise<Answer<"idsByTitle">> {
    return this.ask("idsByTitle", args);
  }

  /** @throws Superseded when a newer question came before this one was begun. */
  steer(profile: Profile, requests: readonly KnobRequest[], n?: number | ListRequest): Promise<Answer<"steer">> {
    return new Promise((resolve, reject) => {
      this.nextSteer?.reject(new Superseded("a newer steer question took this one's place"));
      this.nextSteer = { args: [profile, requests, n], resolve: resolve, reject };
      this.steerOn();
    });
  }

  /** As `Session.explain`, from the worker. */
  explain(...args: Arguments<"explain">): Promise<Answer<"explain">> {
    return this.ask("explain", args);
  }

  /** As `Session.inspectTag`, from the worker. */
  inspectTag(...args: Arguments<"inspectTag">): Promise<Answer<"inspectTag">> {
    return this.ask("inspectTag", args);
  }

  /** As `Session.inspectNeuron`, from the worker. */
  inspectNeuron(...args: Arguments<"inspectNeuron">): Promise<Answer<"inspectNeuron">> {
    return this.ask("inspectNeuron", args);
  }

  /** As `Session.inspectSelectivity`, from the worker. */
  inspectSelectivity(): Promise<Answer<"inspectSelectivity">> {
    return this.ask("inspectSelectivity", []);
  }

  /** As `Session.segments`, from the worker. */
  segments(...args: Arguments<"segments">): Promise<Answer<"segments">> {
    return this.ask("segments", args);
  }

  /** As `Session.inspectUser`, from the worker. */
  inspectUser(...args: Arguments<"inspectUser">): Promise<Answer<"inspectUser">> {
    return this.ask("inspectUser", args);
  }

  /** As `Session.knob`, from the worker. */
  knob(...args: Arguments<"knob">): Promise<Answer<"knob">> {
    return this.ask("knob", args);
  }

  /** As `Session.searchItems`, from the worker. */
  searchItems(...args: Arguments<"searchItems">): Promise<Answer<"searchItems">> {
    return this.ask("searchItems", args);
  }

  /** As `Session.searchTags`, from the worker. */
  searchTags(...args: Arguments<"searchTags">): Promise<Answer<"searchTags">> {
    return this.ask("searchTags", args);
  }

  /** As `Session.findItem`, from the worker. */
  findItem(...args: Arguments<"findItem">): Promise<Answer<"findItem">> {
    return this.ask("findItem", args);
  }

  /** As `Session.findTag`, from the worker. */
  findTag(...args: Arguments<"findTag">): Promise<Answer<"findTag">> {
    return this.ask("findTag", args);
  }

  /** As `Session.wish`, from the worker. */
  wish(text: string): Promise<Wish> {
    return this.ask("wish", [text] as unknown as Arguments<"wish">) as Promise<Wish>;
  }

  /** As `Session.concepts`, from the worker. */
  concepts(): Promise<Answer<"concepts">> {
    return this.ask("concepts", []);
  }

  /** As `Session.inspectConcept`, from the worker. */
  inspectConcept(...args: Arguments<"inspectConcept">): Promise<Answer<"inspectConcept">> {
    return this.ask("inspectConcept", args);
  }

  /** As `Session.findConcept`, from the worker. */
  findConcept(...args: Arguments<"findConcept">): Promise<Answer<"findConcept">> {
    return this.ask("findConcept", args);
  }

  /** As `Session.atlas`, from the worker. */
  atlas(): Promise<Answer<"atlas">> {
    return this.ask("atlas", []);
  }

  /** As `Session.samples`, from the worker. */
  samples(...args: Arguments<"samples">): Promise<Answer<"samples">> {
    return this.ask("samples", args);
  }

  /** As `Session.summary`, from the worker. */
  summary(): Promise<Answer<"summary">> {
    return this.ask("summary", []);
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
