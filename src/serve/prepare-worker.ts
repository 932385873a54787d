/** The thread that prepares a model while the service answers with the old one. */
import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../base/user-error.js";
import { prepare, type Outcome, type Task } from "./prepare.js";

const [folder, options] = workerData as Task;
let outcome: Outcome;
try {
  outcome = { prepared: await prepare(folder, options) };
} catch (error) {
  outcome = error instanceof UserError
    ? { message: error.message, user: true } : { message: String((error as Error).stack), user: false };
}
parentPort!.postMessage(outcome);
