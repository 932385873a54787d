/** unknot serve: a model behind HTTP, with the desk at "/". */
import { Option, type Command } from "commander";
import { UserError } from "../base/user-error.js";
import { precisions, type Precision } from "../model-folder/web-model.js";
import { linksOf, type LinkOptions } from "../export/item-links.js";
import { openService } from "../serve/open-service.js";
import { Problem } from "../serve/problem.js";
import { startServer } from "../serve/server.js";
import { DEFAULT_LIMITS, report } from "../serve/service.js";
import { isWorker, OtherWorkers, tell, Workers } from "../serve/workers.js";
import type { Context } from "./context.js";
import { whole } from "../base/numbers.js";
import type { Residual } from "../config/sae.js";
import { residualOption } from "./open-model.js";
import { addDataOptions, collect, number, sourceOf, type DataOptions, type MachineOptions } from "./options.js";

/** More than any machine has cores. */
const MOST_WORKERS = 256;

interface ServeOptions extends DataOptions, MachineOptions, LinkOptions {
  port: number;
  host: string;
  maxBody: number;
  timeout: number;
  maxConnections: number;
  maxWork: number;
  drain: number;
  workers: number;
  allowHost?: string[];
  allowOrigin?: string[];
  precision: Precision;
  desk: boolean;
  residual?: Residual;
}

export function addServe(command: Command, context: Context): void {
  command
    .argument("<model>", "model folder, written by train")
    .option("--port <n>", "0 takes a free one", number(0), 8080)
    .option("--host <address>", "0.0.0.0 or :: answers every machine that can reach this one", "127.0.0.1")
    .option("--max-body <bytes>", "longest body of a request", number(1), DEFAULT_LIMITS.maxBody)
    .option("--timeout <seconds>", "for a whole request to arrive", number(), DEFAULT_LIMITS.timeout)
    .option("--max-connections <n>", "further ones are refused", number(1), DEFAULT_LIMITS.maxConnections)
    .option(
      "--max-work <millions>", "multiply–adds of one request, counted before it is done; others wait meanwhile",
      number(1), DEFAULT_LIMITS.maxWork,
    )
    .option("--drain <seconds>", "when stopped, go on for so long and say so at /health, for balancers", number(0), 0);
  command
    .option(
      "--allow-host <name>", "answer requests addressed by this name too (default: addresses, localhost)", collect,
    )
    .option("--allow-origin <origin>", "let web pages of this origin ask (CORS); repeatable", collect);
  addDataOptions(command);
  command
    .addOption(new Option("--precision <type>", "of the desk's weights; f32 is exactly what the service computes")
      .choices(precisions).default("f32"))
    .addOption(residualOption())
    .option("--item-link <template>", "the desk links items to this page: {id} and {title} are filled in")
    .option("--item-image <template>", "and shows this picture of an item, asked of its host by each visitor's browser")
    .option("--workers <n>", "processes that answer, each with a copy of the model", number(1), 1)
    .option("--no-desk", "only the API: saves a copy of the weights")
    .option("--threads <n>", "threads that compute; more help only with very large models", number(1), 1)
    .addOption(new Option("--kernels <kind>", "who computes").choices(["auto", "simd", "plain"]).default("auto"))
    .addOption(new Option("--numerics <kind>", "fused: fastest; portable: the same bits on every machine")
      .choices(["fused", "portable"]).default("fused"))
    .addHelpText("after", `
With UNKNOT_TOKEN in the environment every request but GET /health needs "authorization: Bearer TOKEN".
With --data the users of that data set are known by their ids; without it a person is a list of items.
SIGHUP or POST /admin/reload loads the model folder anew without dropping a request; SIGTERM ends gracefully.

Examples:
  unknot serve small-model
  unknot serve small-model --data ml-latest-small --port 9000
  unknot serve small-model --item-link 'https://movielens.org/movies/{id}'
  curl -H 'content-type: application/json' -d '{"items": ["1214", "541"], "n": 5}' localhost:8080/recommend`)
    .action((folder: string, options: ServeOptions) =>
      start(folder, options, command.parent?.version() ?? "", context));
}

/** As one process, as the primary of several, or as one of those. */
async function start(folder: string, options: ServeOptions, version: string, context: Context): Promise<void> {
  checkOptions(options);
  // Being stopped is how a service ends well.
  context.endsBySignal = true;
  if (!isWorker) {
    await (options.workers > 1 ? serveTogether(folder, options.workers, context)
      : serve(folder, options, version, context));
    return;
  }
  try {
    await serve(folder, options, version, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    tell({ kind: "failed", message: error.message });
  }
  // The channel to the primary would keep it alive.
  process.disconnect();
}

/** Items from which on a desk is too much to load for most browsers: some 60 MB at 128 factors. */
const LARGE = 200_000;

function checkOptions({ port, timeout, workers }: ServeOptions): void {
  if (port > 65535) throw new UserError(`--port ${port}: expected 0 to 65535`);
  if (!(timeout > 0 && timeout <= 3600)) throw new UserError(`--timeout ${timeout}: expected up to 3600 seconds`);
  if (workers > MOST_WORKERS) throw new UserError(`--workers ${workers}: expected up to ${MOST_WORKERS}`);
}

/** The primary of several processes: it answers nothing itself (serve/workers.ts). */
async function serveTogether(folder: string, count: number, context: Context): Promise<void> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => { fail = reject; });
  const workers = new Workers(fail);
  const reload = (): void => {
    workers.ask("reload").then(
      ([fingerprint]) => context.print(`now serving ${folder} as of ${fingerprint}`),
      (error: unknown) => report(error instanceof UserError ? error.message : error),
    );
  };
  try {
    const { url, size } = await Promise.race([workers.start(count), failed]);
    context.print(`serving ${folder} (${size}) at ${url} by ${count} processes`);
    process.on("SIGHUP", reload);
    await Promise.race([stopped(context), failed]);
  } finally {
    process.off("SIGHUP", reload);
    await workers.stop();
  }
}

async function serve(folder: string, options: ServeOptions, version: string, context: Context): Promise<void> {
  const {
    port, host, maxBody, timeout, threads, kernels, numerics, precision, desk, drain, maxWork, workers,
  } = options;
  const { UNKNOT_TOKEN: token } = process.env;
  const maxConnections = Math.ceil(options.maxConnections / workers);
  const service = await openService(folder, {
    limits: { maxBody, timeout, maxConnections, maxWork },
    access: { hosts: options.allowHost, origins: options.allowOrigin, token },
    data: sourceOf(options, 0) ?? undefined, version,
    threads, kernels, numerics, residual: options.residual, desk: desk ? precision : undefined, links: linksOf(options),
  });
  let stop = (): void => {};
  const told = new Promise<void>((resolve) => { stop = resolve; });
  if (isWorker) service.colleagues = new OtherWorkers(service, stop);
  const server = await startServer(service, { host, port, drain });
  const { session, histories } = service.model;
  const { items, neurons } = session.summary();
  const known = histories ? `, ${whole(histories.users)} known users` : "";
  const size = `${whole(items)} items, ${whole(neurons)} neurons${known}`;
  if (isWorker) tell({ kind: "serving", url: server.url, size });
  else context.print(`serving ${folder} (${size}) at ${server.url}`);
  if (desk && !isWorker && items > LARGE) {
    context.print("the desk loads the whole model into a browser: for so many items --no-desk leaves it out");
  }
  const reload = (): void => {
    // Of several processes the primary is told, and tells all.
    if (isWorker) return;
    service.reload().then(
      () => context.print(`now serving ${folder} as of ${service.model.fingerprint}`),
      (error: unknown) => report(error instanceof Problem ? error.message : error),
    );
  };
  process.on("SIGHUP", reload);
  await Promise.race([stopped(context), told]);
  process.off("SIGHUP", reload);
  await server.stop();
  service.model.session.close();
}

/** Resolves when a signal has asked the program to end. */
function stopped({ signal }: Context): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
