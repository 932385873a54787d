/**
 * A worker thread for tests: serves a board as src/engine/threads/worker.ts does, for as long as the test wants it. `fault` puts
 * a kernel in place of relu that breaks the thread in one way or another.
 */
import { workerData } from "node:worker_threads";
import serve, { type WorkerInit } from "../../src/engine/threads/worker.js";
import { plain } from "../../src/kernels/plain/index.js";

export interface TestWorkerData {
  init: WorkerInit;
  fault: "none" | "throws" | "exits";
}

const { init, fault } = workerData as TestWorkerData;
if (fault !== "none") {
  const relu = (): void => {
    if (fault === "throws") throw new Error("relu fell over");
    process.exit(3);
  };
  Object.assign(plain, { relu });
}
// Idle helpers stop serving; the test starts this one again until it is terminated.
do serve(init); while (fault === "none");
