/**
 * A process that does a worker's jobs, one at a time. The computing is not done in the worker's own, so that BullMQ
 * keeps the lock of a job alive however long a step takes.
 */
import { fork, type ChildProcess } from "node:child_process";
import { UserError } from "../base/user-error.js";
import type { FromChild } from "../sweep/child-program.js";

/** Fingerprints of what a process has read, by name. */
export type Read = Readonly<Record<string, string>>;

/** A job that would fail again wherever it is tried. */
export class JobFault extends UserError {}

export class Child {
  /** Fingerprints of what it has read once it has, or why it could not. */
  readonly ready: Promise<{ readonly read: Read } | { readonly error: string }>;
  busy = true;
  private readonly process: ChildProcess;

  /** @param program its file; @param setup what it is told first: a process with the same does the same jobs. */
  constructor(readonly program: string, readonly setup: object) {
    this.process = fork(program, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.ready = new Promise((resolve) => {
      this.process.once("message", (message: FromChild<Read, unknown>) => {
        if ("ready" in message) resolve({ read: message });
        else resolve({ error: "error" in message ? message.error : "its process spoke out of turn" });
      });
      this.process.once("exit", () => { resolve({ error: "its process ended while it read the data" }); });
    });
    this.process.send({ setup });
  }

  does(program: string, setup: object): boolean {
    return this.program === program && JSON.stringify(this.setup) === JSON.stringify(setup);
  }

  /** @throws JobFault when the job failed by its own fault, an ordinary Error when the process died. */
  ask(job: object, onShare: (share: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.process.off("message", hear);
        this.process.off("exit", gone);
        this.busy = false;
        settle();
      };
      const hear = (message: FromChild<object, unknown>): void => {
        if ("share" in message) onShare(message.share);
        else if ("result" in message) end(() => { resolve(message.result); });
        else if ("error" in message) end(() => { reject(new JobFault(message.error)); });
      };
      const gone = (code: number | null, by: string | null): void => {
        const how = by ?? `code ${code}`;
        end(() => { reject(new Error(`its process ended with ${how}: was there too little memory?`)); });
      };
      this.process.on("message", hear);
      this.process.on("exit", gone);
      this.process.send({ job });
    });
  }

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }
}
