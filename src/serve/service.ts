/**
 * What the requests share: the model that is served now, how to get a newer one, the counters, and whether the service
 * is on its way out. No request leaves anything behind here, so any number of services answer alike.
 */
import { Access } from "./access.js";
import { Problem } from "./problem.js";
import { UserError } from "../base/user-error.js";
import { Metrics } from "./metrics.js";
import type { ServedModel } from "./served-model.js";

/** What a service may be asked for at most. Long profiles and lists cost time, and every request waits its turn. */
export interface Limits {
  /** Bytes of a body. */
  readonly maxBody: number;
  /** Seconds for a whole request to arrive. */
  readonly timeout: number;
  readonly maxConnections: number;
  /** Millions of multiply–adds of a request (request-cost.ts); the default is about half a second. */
  readonly maxWork: number;
}

export const DEFAULT_LIMITS: Limits = { maxBody: 256 * 1024, timeout: 10, maxConnections: 1024, maxWork: 1500 };

/** What all processes of a service may be asked for; each says a text. */
export type Question = "reload" | "metrics";

/** The way to the other processes that answer for the same service (workers.ts). */
export interface Colleagues {
  /** What each says, this one among them. @throws Problem when one of them cannot */
  ask(what: Question): Promise<readonly string[]>;
}

export class Service {
  readonly metrics = new Metrics();
  /** Set when the service has been told to stop: balancers should send new requests elsewhere. */
  draining = false;
  /** Set when nothing new is accepted: every answer then asks its client to leave. */
  closing = false;
  /** The other processes that answer for this service; null where it is alone. */
  colleagues: Colleagues | null = null;
  private loading: Promise<void> | null = null;

  /** @param load reads the model again; what it throws leaves the old one in place. */
  constructor(
    private served: ServedModel, private readonly load: () => Promise<ServedModel>, readonly version: string,
    readonly limits: Limits = DEFAULT_LIMITS, readonly access = new Access(),
  ) {}

  get model(): ServedModel {
    return this.served;
  }

  /**
   * Loads the model anew and switches to it between two requests. Called again meanwhile, it waits for the same one.
   * @throws Problem when it cannot be loaded; the old model goes on.
   */
  reload(): Promise<void> {
    this.loading ??= this.replace().finally(() => { this.loading = null; });
    return this.loading;
  }

  /** The counters of this process. */
  renderMetrics(): string {
    const { session: { model: { config, data } }, fingerprint } = this.served;
    return this.metrics.render({ fingerprint, kind: config.model, data: data.name, version: this.version });
  }

  private async replace(): Promise<void> {
    let fresh: ServedModel;
    try {
      fresh = await this.load();
    } catch (error) {
      this.metrics.failedReloads++;
      const why = error instanceof UserError ? error.message : "unexpected error, see the service's log";
      if (!(error instanceof UserError)) report(error);
      throw new Problem(500, `the model was not replaced: ${why}`);
    }
    // Requests are answered in one go, so none is using the old session now.
    const old = this.served;
    this.served = fresh;
    old.session.close();
    this.metrics.reloads++;
  }
}

/** For the operator: what should not have happened. Never the request, which may be personal. */
export function report(error: unknown): void {
  process.stderr.write(`unknot serve: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
}
