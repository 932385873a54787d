/**
 * The finished rows of a table in a file of JSON lines, so that a run that was stopped does not do them again. A row is
 * named by what it was asked for: data, protocol, model, seed and settings.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Estimate } from "../../src/evaluate/metrics.js";

export interface Figures {
  readonly recall: Estimate;
  readonly ndcg: Estimate;
}

export interface Row {
  readonly model: string;
  /** What was asked for. */
  readonly asked: object;
  /** What was chosen or found beside it, on validation users. */
  readonly found?: object;
  readonly validation: Figures | null;
  readonly test: Figures;
  readonly seconds: number;
}

export class Rows {
  private readonly done = new Map<string, Row>();

  /** @param of data and protocol. @param file without it nothing is kept. */
  constructor(private readonly of: object, private readonly file?: string) {
    if (file === undefined || !existsSync(file)) return;
    // A last line that was cut off is a row that is not finished.
    for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
      const { of: its, ...row } = JSON.parse(line) as Row & { of?: object };
      if (JSON.stringify(its) === JSON.stringify(of)) this.done.set(keyOf(row.model, row.asked), row);
    }
  }

  /** Prints a row that is finished. */
  has(model: string, asked: object): boolean {
    const row = this.done.get(keyOf(model, asked));
    if (row) console.log(`${shown(row)}  (done before)`);
    return row !== undefined;
  }

  add({ validation, test, ...rest }: Row): void {
    const numbers = ({ recall, ndcg }: Figures): Figures => ({ recall, ndcg });
    const row = { ...rest, validation: validation && numbers(validation), test: numbers(test) };
    console.log(shown(row));
    this.done.set(keyOf(row.model, row.asked), row);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify({ of: this.of, ...row })}\n`);
  }
}

const keyOf = (model: string, asked: object): string => `${model} ${JSON.stringify(asked)}`;

function shown({ model, asked, found, validation, test, seconds }: Row): string {
  const estimate = ({ mean, se }: Estimate): string => `${mean.toFixed(4)} ± ${se.toFixed(4)}`;
  const said = Object.entries({ ...asked, ...found }).map(([name, value]) => `${name} ${String(value)}`).join(", ");
  return `${model.padEnd(22)} nDCG ${estimate(test.ndcg)}  recall ${estimate(test.recall)}` +
    `${validation ? `  validation ${validation.ndcg.mean.toFixed(4)}` : ""}  ${seconds.toFixed(0)} s  ${said}`;
}
