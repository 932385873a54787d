/** What a stage of the scale bench took and found, kept in a file, so that a stopped run goes on where it was. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lines for people. */
export type Report = readonly string[];

export interface StageRecord {
  readonly settings: object;
  /** Seconds on the clock, and of the processor in all threads. */
  readonly wall: number;
  readonly processor: number;
  /** Peak of resident memory, GiB. */
  readonly peak: number;
  readonly report: Report;
}

/** The record of a stage that was done with these settings. */
export function finished(folder: string, name: string, settings: object): StageRecord | null {
  const file = fileOf(folder, name);
  if (!existsSync(file)) return null;
  const found = JSON.parse(readFileSync(file, "utf8")) as StageRecord;
  return JSON.stringify(found.settings) === JSON.stringify(settings) ? found : null;
}

/** Does a stage and writes its record. */
export async function record(
  folder: string, name: string, settings: object, work: () => Promise<Report>,
): Promise<void> {
  const began = performance.now();
  const report = await work();
  const { user, system } = process.cpuUsage();
  const kept: StageRecord = {
    settings, wall: (performance.now() - began) / 1000, processor: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 2 ** 20, report,
  };
  writeFileSync(fileOf(folder, name), JSON.stringify(kept, null, 1));
}

export function shown(name: string, { wall, processor, peak, report }: StageRecord): string {
  const took = `${wall.toFixed(1)} s, processor ${processor.toFixed(1)} s, peak ${peak.toFixed(2)} GiB`;
  return [`${name.padEnd(16)} ${took}`, ...report.map((line) => `  ${line}`)].join("\n");
}

/** Seconds on the clock and of the processor that some work took. */
export function timed<T>(work: () => T): { result: T; wall: number; processor: number } {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, wall: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

const fileOf = (folder: string, name: string): string => join(folder, `${name}.json`);
