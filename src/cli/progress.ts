/**
 * Progress on stderr: one line that is rewritten on a terminal, now and then a plain line elsewhere. Nothing here
 * reaches a result; the clock is only looked at to show rates.
 */
import type { Stage, TrainHooks } from "../pipeline/train-model.js";
import type { BaselineNeed, BaselineOptions } from "../measure/evaluate-baselines.js";
import { gib } from "../engine/heap.js";
import type { EpochReport, FitHooks } from "../train/fit.js";
import { percent } from "../base/numbers.js";
import type { SaeHealth } from "../train/sae-health.js";
import { printable, printableLine } from "../base/printable.js";
import { cut } from "./tables/table.js";

const REDRAW_MS = 100;
/** Plain lines: at most one in this time. */
const PLAIN_MS = 5000;
const BAR = 20;

export class Progress {
  private drawn = false;
  private last = 0;
  private readonly tty: boolean;

  constructor(private readonly quiet: boolean, private readonly stream: NodeJS.WriteStream = process.stderr) {
    this.tty = stream.isTTY;
  }

  /** A step forward: done of total, with a text before the bar and one behind it. */
  show(title: string, done: number, total: number, detail: string): void {
    const now = performance.now();
    if (this.quiet || now - this.last < (this.tty ? REDRAW_MS : PLAIN_MS)) return;
    this.last = now;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    if (this.tty) {
      const full = Math.round(share * BAR);
      const line = printableLine(`${title}  ${"█".repeat(full)}${"░".repeat(BAR - full)}  ${detail}`);
      this.stream.write(`\r\x1b[2K${cut(line, (this.stream.columns ?? 80) - 1)}`);
      this.drawn = true;
    } else {
      this.stream.write(`${printableLine(`${title}  ${Math.floor(100 * share)} %  ${detail}`)}\n`);
    }
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.quiet) return;
    this.clear();
    this.stream.write(`${printable(text)}\n`);
    this.last = 0;
  }

  /** A line that stays, and that --quiet does not hold back. */
  warn(text: string): void {
    this.clear();
    this.stream.write(`warning: ${text}\n`);
  }

  /** Removes the moving line. */
  clear(): void {
    if (this.drawn) this.stream.write("\r\x1b[2K");
    this.drawn = false;
  }

  /** For readers of files. */
  readonly reading = (bytes: number, total: number, file: string): void => {
    const name = file.replace(/^.*[\\/]/, "");
    if (this.tty) this.show(`reading ${name}`, bytes, total, `${megabytes(bytes)} of ${megabytes(total)}`);
  };

  /** Hooks that show one model's training; `close` leaves a line on how it went. */
  watch(title: string, signal?: AbortSignal): FitHooks & { close: () => void } {
    const began = performance.now();
    let report: EpochReport | null = null;
    return {
      signal,
      onStep: (step, all) => {
        const epoch = report ? `epoch ${report.epoch + 1}/${report.epochs}` : "epoch 1";
        const losses = report ? `  loss ${report.trainLoss.toFixed(4)} / ${report.validationLoss.toFixed(4)}` : "";
        const health = report?.health ? `  ${healthText(report.health)}` : "";
        const perMs = step / (performance.now() - began);
        const rest = `${(1000 * perMs).toFixed(1)} steps/s  at most ${duration((all - step) / perMs)} left`;
        this.show(`  ${title}`, step, all, `${epoch}${losses}${health}  ${rest}`);
      },
      onEpoch: (latest) => {
        report = latest;
      },
      close: () => {
        if (!report) return;
        const { epoch, bestEpoch, trainLoss, validationLoss, health } = report;
        this.note(
          `  ${epoch} epochs in ${duration(performance.now() - began)}, best was ${bestEpoch}; ` +
          `last losses ${trainLoss.toFixed(4)} (training), ${validationLoss.toFixed(4)} (validation)` +
          (health ? `; ${healthText(health)}` : ""),
        );
      },
    };
  }

  /**
   * Hooks that show how baselines are fitted: what each needs before it begins, how far it is.
   * @param rate multiply-adds a second of this machine.
   * @param minutes what needs more is left out; default: nothing is.
   */
  baselines(rate: number, minutes = Infinity): Pick<BaselineOptions, "onStart" | "onProgress" | "leaveOut"> {
    const ms = ({ multiplyAdds }: BaselineNeed): number => 1000 * multiplyAdds / rate;
    let began = 0;
    return {
      leaveOut: (_, need) => (ms(need) > 60_000 * minutes
        ? `it needs about ${duration(ms(need))}, --within says ${minutes} min` : null),
      onStart: (name, need) => {
        began = performance.now();
        const many = need.settings === 1 ? "" : `, ${need.settings} settings`;
        this.note(`fitting ${name}${many}: ${gib(need.bytes)} of engine memory, about ${duration(ms(need))}`);
      },
      onProgress: (name, share) => {
        const passed = performance.now() - began;
        const left = duration(passed / Math.max(share, 1e-3) - passed);
        this.show(`  ${name}`, share, 1, `${Math.floor(100 * share)} %  about ${left} left`);
      },
    };
  }

  /** Hooks that show a whole run of trainModel. */
  training(signal?: AbortSignal, recommender = "ELSA"): TrainHooks {
    let current: ReturnType<Progress["watch"]> | null = null;
    return {
      signal,
      onStage: (stage) => {
        current?.close();
        this.note(stage === "cfae" ? `training ${recommender}, the recommender` : STAGES[stage]);
        current = stage === "cfae" || stage === "sae" ? this.watch(stage === "cfae" ? recommender : "SAE") : null;
      },
      onStep: (_, step, all) => current?.onStep?.(step, all),
      onEpoch: (_, report) => current?.onEpoch?.(report),
      onWarning: (message) => this.warn(message),
    };
  }
}

/** Of training users: what the SAE rebuilds, and what of it is of no use. */
function healthText({ dead, neurons, explained }: SaeHealth): string {
  return `${percent(explained)} of variance explained, ${dead} of ${neurons} neurons silent`;
}

const STAGES: Record<Exclude<Stage, "cfae">, string> = {
  sae: "training the sparse autoencoder on its embeddings",
  evaluate: "evaluating on the test users",
  label: "encoding items and naming neurons",
  meaning: "measuring what the neurons mean",
};

/** "0.8 s", "1:23" */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "?";
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, String(seconds % 60).padStart(2, "0")];
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
