/**
 * `unknot/sweep`: a grid of recommenders and SAEs trained and measured, on several processes, so that a killed sweep
 * goes on where it was.
 *
 *   const jobs = jobsOf(await readGrid("grid.json"), { data: fingerprint(split), numerics: engine.numerics });
 *   const failed = await runSweep(jobs, await ResultFile.open("results.jsonl"), options);
 *   const table = summarise(await readResults("results.jsonl"));
 *
 * @module sweep
 */
export { parseGrid, readGrid, type Grid, type GridSae } from "../sweep/grid.js";
export {
  fingerprint, jobsOf, type BaselineJob, type CfaeJob, type Job, type SaeJob, type Setting,
} from "../sweep/jobs.js";
export {
  readResults, ResultFile, type BaselineResult, type CfaeResult, type FailedRun, type SaeResult, type SweepResult,
} from "../sweep/results.js";
export type { MeaningLine } from "../sweep/results.js";
export { runSweep, type SweepOptions, type SweepState } from "../sweep/run-sweep.js";
export { estimateSweep, type SweepEstimate } from "../sweep/estimate.js";
export { summarise, type Figure, type Summary } from "../sweep/summary.js";
export { findings, type Finding, type Verdict } from "../sweep/findings.js";
