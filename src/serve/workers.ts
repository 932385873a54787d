/**
 * One service in several processes (`serve --workers N`): each has a copy of the model and answers on its own, so any
 * of them gives the same bytes. The process that was started, the primary, answers nothing: it hands connections round,
 * passes on what concerns all (a reload, the metrics, the end), and starts another worker for one that died.
 *
 * Connections are handed round, not requests: fewer connections than workers leave some idle. While a reload goes on,
 * workers switch one after the other; each answer names the model it is from.
 */
import cluster, { type Worker } from "node:cluster";
import { UserError } from "../base/user-error.js";
import { Problem } from "./problem.js";
import { report, type Colleagues, type Question, type Service } from "./service.js";

type FromWorker =
  | { readonly kind: "serving"; readonly url: string; readonly size: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ask"; readonly id: number; readonly what: Question }
  | ({ readonly kind: "said"; readonly id: number } & Said);
type ToWorker =
  | { readonly kind: "stop" }
  | { readonly kind: "do"; readonly id: number; readonly what: Question }
  | ({ readonly kind: "all"; readonly id: number } & Outcome);
type Said = { readonly text: string } | { readonly error: string };
type Outcome = { readonly texts: readonly string[] } | { readonly error: string };

/** Whether this process is one of the workers. */
export const isWorker = cluster.isWorker;

/** A worker's way to the others. */
export class OtherWorkers implements Colleagues {
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  private asked = 0;

  /** @param stop called when the primary says so */
  constructor(service: Service, stop: () => void) {
    process.on("message", (message: ToWorker) => {
      if (message.kind === "stop") stop();
      else if (message.kind === "do") void this.say(message.id, message.what, service);
      else {
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      }
    });
  }

  async ask(what: Question): Promise<readonly string[]> {
    const id = this.asked++;
    const outcome = await new Promise<Outcome>((resolve) => {
      this.waiting.set(id, resolve);
      tell({ kind: "ask", id, what });
    });
    if ("error" in outcome) throw new Problem(500, outcome.error);
    return outcome.texts;
  }

  private async say(id: number, what: Question, service: Service): Promise<void> {
    try {
      if (what === "reload") await service.reload();
      tell({ kind: "said", id, text: what === "reload" ? service.model.fingerprint : service.renderMetrics() });
    } catch (error) {
      if (!(error instanceof Problem)) report(error);
      tell({ kind: "said", id, error: error instanceof Problem ? error.message : "an error in a worker" });
    }
  }
}

/** Says to the primary that this worker answers, or why it cannot. */
export function tell(message: FromWorker): void {
  process.send?.(message);
}

/** The primary's view of its workers. */
export class Workers {
  private readonly serving = new Set<Worker>();
  private readonly rounds = new Map<number, Round>();
  private round = 0;
  private stopping = false;
  private readonly ends: Promise<void>[] = [];

  /** @param died called for what cannot be mended: a worker in place of one that died does not start. */
  constructor(private readonly died: (error: unknown) => void) {}

  /** Starts so many, the first before the others. @throws UserError when one cannot serve. */
  async start(count: number): Promise<{ readonly url: string; readonly size: string }> {
    const first = await this.fork();
    await Promise.all(Array.from({ length: count - 1 }, () => this.fork()));
    return first;
  }

  /** What each worker says. @throws UserError when one of them cannot */
  async ask(what: Question): Promise<readonly string[]> {
    const outcome = await new Promise<Outcome>((resolve) => {
      const id = this.round++;
      const round = new Round(new Set(this.serving), (all) => {
        this.rounds.delete(id);
        resolve(all);
      });
      this.rounds.set(id, round);
      for (const worker of this.serving) send(worker, { kind: "do", id, what });
      round.check();
    });
    if ("error" in outcome) throw new UserError(outcome.error);
    return outcome.texts;
  }

  /** Resolves when every worker has answered what was sent to it and ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) if (worker) send(worker, { kind: "stop" });
    await Promise.all(this.ends);
  }

  private fork(): Promise<{ readonly url: string; readonly size: string }> {
    const worker = cluster.fork();
    return new Promise((resolve, reject) => {
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "serving") {
          this.serving.add(worker);
          resolve(message);
        } else if (message.kind === "failed") reject(new UserError(message.message));
        else if (message.kind === "said") this.rounds.get(message.id)?.said(worker, message);
        else void this.answer(worker, message.id, message.what);
      });
      this.ends.push(new Promise((ended) => {
        worker.on("exit", (code, signal) => {
          ended();
          const how = signal ? `by ${signal}` : `with code ${code}`;
          reject(new UserError(`a worker ended ${how} before it served`));
          for (const round of this.rounds.values()) round.said(worker, { error: `a worker ended ${how}` });
          if (!this.serving.delete(worker) || this.stopping) return;
          report(`a worker ended ${how}: another takes its place`);
          this.fork().catch(this.died);
        });
      }));
    });
  }

  private async answer(worker: Worker, id: number, what: Question): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = { texts: await this.ask(what) };
    } catch (error) {
      outcome = { error: (error as Error).message };
    }
    send(worker, { kind: "all", id, ...outcome });
  }
}

/** One question to all: over when each has answered or ended. */
class Round {
  private readonly texts: string[] = [];
  private error: string | null = null;

  constructor(private readonly missing: Set<Worker>, private readonly over: (outcome: Outcome) => void) {}

  said(worker: Worker, said: Said): void {
    if (!this.missing.delete(worker)) return;
    if ("error" in said) this.error ??= said.error;
    else this.texts.push(said.text);
    this.check();
  }

  check(): void {
    if (this.missing.size > 0) return;
    this.over(this.error === null ? { texts: this.texts } : { error: this.error });
  }
}

function send(worker: Worker, message: ToWorker): void {
  // One that is on its way out hears no more; its exit is what counts.
  if (worker.isConnected()) worker.send(message, () => {});
}
