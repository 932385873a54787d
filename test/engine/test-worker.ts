/**
 * A worker thread for tests: serves a call board as src/engine/threads/pool-worker.ts does, for as long as the test
 * wants it, and knows the toy family. `fault` puts a kernel in place of relu that breaks the thread in one way or
 * another.
 */
import { workerData } from "node:worker_threads";
import serve, { type WorkerInit } from "../../src/engine/threads/pool-worker.js";
import { families } from "../../src/kernels/families.js";
import { undivided, type KernelFamily } from "../../src/kernels/family.js";
import { toy } from "../kernels/toy-family.js";

export interface TestWorkerData {
  init: WorkerInit;
  fault: "none" | "throws" | "exits";
}

const { init, fault } = workerData as TestWorkerData;

function relu(): void {
  if (fault === "throws") throw new Error("relu fell over");
  process.exit(3);
}

const known: KernelFamily[] = [...families, toy];
if (fault !== "none") {
  // The same names in the same order, with another relu.
  const at = known.findIndex(({ plain }) => "relu" in plain);
  known[at] = { ...known[at], plain: { ...known[at].plain, relu: { run: relu, split: undivided } } };
}
// Idle helpers stop serving; the test starts this one again until it is terminated.
do serve(init, known); while (fault === "none");
