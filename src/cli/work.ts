/** unknot work: a worker on a queue of runs and lists, for as long as it is wanted. */
import { totalmem } from "node:os";
import type { Command } from "commander";
import { whole } from "../base/numbers.js";
import { availableCores } from "../engine/available-cores.js";
import { work } from "../queue/work.js";
import type { Context } from "./context.js";
import { bytes } from "./tables/format.js";
import { addDataOptions, addOutputOptions, number, sourceOf, type CommonOptions } from "./options.js";

interface WorkCommandOptions extends CommonOptions {
  model?: string;
  processes?: number;
  threads?: number;
  memory?: number;
  seed: number;
  stalledAfter: number;
  leaveAfter?: number;
}

/** Share of this machine's memory that a worker may take when nothing is said. */
const SHARE = 0.75;

export function addWork(command: Command, context: Context): void {
  addDataOptions(command.argument("<redis>", "the server: redis://HOST:PORT"));
  command
    .option("--model <folder>", "of `recommend --all`, where it is on this machine (default: as the coordinator says)")
    .option("--seed <n>", "of the split, as the sweep was told", number(), 42)
    .option("--processes <n>", "jobs at once (default: one for every two cores)", number(1))
    .option("--threads <n>", "threads of each job (default: the cores shared out)", number(1))
    .option("--memory <GiB>", "for all jobs together (default: three quarters of this machine's)", number())
    .option("--stalled-after <seconds>", "a worker that is silent for so long counts as dead", number(1), 30)
    .option("--leave-after <seconds>", "leave when there was nothing to do for so long (default: stay)", number(1));
  addOutputOptions(command)
    .addHelpText("after", `
It takes the runs of \`unknot sweep --queue\` and the lists of \`unknot recommend --all --queue\`. Data and model are
where those say they are, or where --data and --model say they are on this machine; either way the contents are checked.
Ctrl-C or SIGTERM: the jobs under way are finished, then it leaves; at a second one it leaves at once, and others get
the jobs.

Examples:
  unknot work redis://10.0.0.5:6379
  unknot work redis://10.0.0.5:6379 --data /data/ml-25m --processes 2 --memory 24 --leave-after 60
  unknot work redis://10.0.0.5:6379 --data /data/ml-25m --model /models/ml-25m`)
    .action((address: string, options: WorkCommandOptions) => run(address, options, context));
}

async function run(address: string, options: WorkCommandOptions, context: Context): Promise<void> {
  const cores = availableCores();
  const processes = options.processes ?? Math.max(1, Math.floor(cores / 2));
  const threads = options.threads ?? Math.max(1, Math.floor(cores / processes));
  const memory = options.memory === undefined ? SHARE * totalmem() : options.memory * 2 ** 30;
  const source = sourceOf(options, options.seed) ?? undefined;
  const progress = context.progress(options);
  context.endsBySignal = true;
  progress.note(`working with ${processes} process${processes === 1 ? "" : "es"} of ${threads} threads and ` +
    `${bytes(memory)} of memory`);
  const { done } = await work(address, {
    processes, threads, memory, source, model: options.model,
    stalledAfter: options.stalledAfter, leaveAfter: options.leaveAfter,
    onNote: (text) => progress.note(text), signal: context.signal,
  });
  if (options.json) context.json({ done });
  else context.print(`${whole(done)} jobs done`);
}
