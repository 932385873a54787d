/** What every command is given beside its own options: where to print, and when to stop. */
import { UserError } from "../base/user-error.js";
import { printable } from "../base/printable.js";
import { Progress } from "./progress.js";
import { formatTable, type Column } from "./tables/table.js";
import { wrapProse } from "./tables/wrap.js";

export interface OutputOptions {
  /** One JSON document on stdout instead of text. */
  json?: boolean;
  /** No progress on stderr. */
  quiet?: boolean;
}

export class Context {
  readonly signal: AbortSignal;
  /** Set by a command that runs until it is stopped: that is then its success. */
  endsBySignal = false;
  private readonly stop = new AbortController();

  constructor() {
    this.signal = this.stop.signal;
  }

  /** Ctrl-C or kill: the running command stops at its next step, with everything it had begun to write removed. */
  interrupt(by: StopSignal): void {
    this.stop.abort(new Interrupted(by));
  }

  progress(options: OutputOptions): Progress {
    return new Progress(options.quiet ?? false);
  }

  /** Paragraphs for a person. */
  print(...paragraphs: string[]): void {
    const text = printable(paragraphs.join("\n\n"));
    // A pipe gets the lines whole.
    process.stdout.write(`${process.stdout.columns ? wrapProse(text, process.stdout.columns) : text}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
    return formatTable(columns, rows, process.stdout.columns ?? 100);
  }

  json(value: unknown): void {
    const text = JSON.stringify(value, plainArrays, 2);
    // What JSON itself leaves as it is, a terminal might obey.
    const safe = text.replace(/[\u007f-\u009f]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
    process.stdout.write(`${safe}\n`);
  }
}

export type StopSignal = "SIGINT" | "SIGTERM";

/** Thrown by a command that a signal stopped. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  /** @param hint how to go on, if there is a way. */
  constructor(readonly by: StopSignal, readonly hint = "") {
    super(`stopped by ${by}`);
  }
}

/** A combination of options that makes no sense: exit code 2. */
export class UsageError extends UserError {}

function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value;
}
